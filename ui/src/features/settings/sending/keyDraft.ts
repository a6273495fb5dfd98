import type { NewSigning } from "../../../gen";
import { domainOf, freshSelector } from "./signing";

export type KeyKind = "rsa" | "ed25519" | "own";

/** A key to sign with, as it is filled in. */
export interface KeyDraft {
  domain: string;
  selector: string;
  kind: KeyKind;
  privateKey: string;
}

/** A new key for the domain of a sender address, under a selector that was not used before. */
export const draftFor = (from: string, used?: { domain: string; selector: string }): KeyDraft => ({
  domain: used?.domain ?? domainOf(from),
  selector: freshSelector(new Date(), used?.selector),
  kind: "rsa",
  privateKey: "",
});

/** Whether the key is made here, so that none has to be pasted. */
export const needsNoKey = (draft: KeyDraft): boolean => draft.kind !== "own";

/** As the server wants it. */
export function newSigning({ domain, selector, kind, privateKey }: KeyDraft): NewSigning {
  return kind === "own" ? { domain, selector, privateKey } : { domain, selector, algorithm: kind };
}

/** What is wrong with the key, out of what is wrong with the whole relay: `signing.domain` becomes `domain`. */
export function keyErrors(errors: Record<string, string>): Record<string, string> {
  const part = "signing.";
  return Object.fromEntries(
    Object.entries(errors)
      .filter(([path]) => path.startsWith(part))
      .map(([path, text]) => [path.slice(part.length), text]),
  );
}
