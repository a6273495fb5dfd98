import type { ReactNode } from "react";
import { t } from "../../../shared/i18n";
import { Callout } from "../../../shared/ui";
import { domainOf } from "./signing";

/** The signature will not count for the address that people see. */
export function Misaligned({ from, signed }: { from: string; signed: string }): ReactNode {
  return (
    <Callout tone="warn" role="status">
      {t(
        "Mail comes from {sender} but is signed by {signed}. Receivers that check this (DMARC) do not count the signature. Sign with {sender}, or send from an address of {signed}.",
        { sender: domainOf(from), signed },
      )}
    </Callout>
  );
}
