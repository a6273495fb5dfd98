import { Button, CopyButton } from "@mantine/core";
import type { ReactNode } from "react";
import type { SigningView } from "../../../gen";
import { t } from "../../../shared/i18n";
import classes from "./sending.module.css";
import { zoneLine } from "./signing";

/** The record that has to stand in the DNS, ready to be copied. */
export function DnsRecord({ signing }: { signing: SigningView }): ReactNode {
  return (
    <div className={classes.record}>
      <dl className={classes.recordParts}>
        <Part label={t("Kind")} value="TXT" />
        <Part label={t("Name")} value={signing.recordName} copies />
        <Part label={t("Value")} value={signing.recordValue} copies />
      </dl>
      <details>
        <summary>{t("As a line of a zone file")}</summary>
        <p className={classes.hint}>
          {signing.recordStrings.length > 1
            ? t("A text in the DNS has at most 255 characters: this one stands in {n} parts.", {
                n: signing.recordStrings.length,
              })
            : t("It fits into one text.")}
        </p>
        <dl className={classes.recordParts}>
          <Part
            label={t("Line")}
            value={zoneLine(signing.recordName, signing.recordStrings)}
            copies
          />
        </dl>
      </details>
    </div>
  );
}

function Part({ label, value, copies }: { label: string; value: string; copies?: boolean }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <code>{value}</code>
        {copies && (
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy} aria-label={t("Copy {what}", { what: label })}>
                {copied ? t("Copied") : t("Copy")}
              </Button>
            )}
          </CopyButton>
        )}
      </dd>
    </>
  );
}
