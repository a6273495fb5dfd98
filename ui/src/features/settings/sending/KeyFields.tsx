import { Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ChoiceCards, Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { type KeyDraft, type KeyKind, needsNoKey } from "./keyDraft";
import { Misaligned } from "./Misaligned";
import { isAligned } from "./signing";

interface KeyFieldsProps {
  draft: KeyDraft;
  /** Sender address, with which the domain should agree. */
  from: string;
  /** What is wrong, by the names of the fields. */
  errors: Record<string, string>;
  onChange: (change: Partial<KeyDraft>) => void;
}

/** What a key is called and where it comes from. */
export function KeyFields({ draft, from, errors, onChange }: KeyFieldsProps): ReactNode {
  const { domain, selector, kind, privateKey } = draft;
  return (
    <>
      <Fields>
        <TextInput
          label={t("Domain")}
          description={t("That of the sender address.")}
          placeholder="example.com"
          value={domain}
          error={errors.domain}
          onChange={(event) => onChange({ domain: event.currentTarget.value })}
        />
        <TextInput
          label={t("Selector")}
          description={t("The key’s name in the DNS.")}
          value={selector}
          error={errors.selector}
          onChange={(event) => onChange({ selector: event.currentTarget.value })}
        />
      </Fields>
      {from && domain.includes(".") && !isAligned(from, domain.trim().toLowerCase()) && (
        <Misaligned from={from} signed={domain} />
      )}
      <ChoiceCards<KeyKind>
        label={t("Key")}
        value={kind}
        onChange={(kind) => onChange({ kind })}
        choices={[
          {
            value: "rsa",
            label: t("New RSA key"),
            text: t("2048 bits. Understood everywhere; the right choice in doubt."),
          },
          {
            value: "ed25519",
            label: t("New Ed25519 key"),
            text: t("Short and modern. Some receivers do not check it yet."),
          },
          {
            value: "own",
            label: t("A key of your own"),
            text: t("Paste one that is already published."),
          },
        ]}
      />
      {!needsNoKey(draft) && (
        <Textarea
          label={t("Private key")}
          description={t("PEM text. It is sealed at once and never shown again.")}
          placeholder="-----BEGIN PRIVATE KEY-----"
          autosize
          minRows={3}
          maxRows={6}
          spellCheck={false}
          autoComplete="off"
          value={privateKey}
          error={errors.privateKey}
          onChange={(event) => onChange({ privateKey: event.currentTarget.value })}
        />
      )}
    </>
  );
}
