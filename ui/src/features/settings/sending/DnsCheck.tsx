import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { DnsFinding, DnsView, ProviderView, Published } from "../../../gen";
import { get, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { InlineError, type Status, StatusShape } from "../../../shared/ui";
import classes from "./sending.module.css";

/** What receivers find in the DNS for a relay’s mail, looked up when somebody asks. */
export function DnsCheck({ provider }: { provider: ProviderView }): ReactNode {
  const look = useSend(() => get<DnsView>(`/providers/${provider.id}/dns`));
  return (
    <section className={classes.pane} aria-label={t("What the DNS says")}>
      <h3 className={classes.heading}>{t("What the DNS says")}</h3>
      <p className={classes.hint}>
        {t(
          "Receivers look there before they believe that a message is yours. A new record can take an hour to be seen.",
        )}
      </p>
      {look.data && (
        <ul className={classes.findings} aria-live="polite">
          {look.data.findings.map((one) => (
            <Finding key={one.check} one={one} />
          ))}
        </ul>
      )}
      {look.data?.findings.length === 0 && (
        <p className={classes.lead}>{t("Give the relay a sender address first.")}</p>
      )}
      {look.error && <InlineError error={look.error} />}
      <div className={classes.row}>
        <Button loading={look.isPending} onClick={() => look.mutate(undefined)}>
          {look.data ? t("Look again") : t("Look it up now")}
        </Button>
      </div>
    </section>
  );
}

const shapes: Record<Published, Status> = {
  ok: "passed",
  missing: "failed",
  different: "failed",
  several: "warning",
  no_answer: "waiting",
};

function Finding({ one }: { one: DnsFinding }): ReactNode {
  const tells = one.state === "different" || one.state === "several";
  return (
    <li>
      <StatusShape status={statusOf(one)} />
      <div>
        <strong>{label(one.check)}</strong>{" "}
        <span className={classes.quiet}>
          {one.recordType} {one.name}
        </span>
        <p>{words(one)}</p>
        {tells && [...new Set(one.found)].map((text) => <code key={text}>{text}</code>)}
      </div>
    </li>
  );
}

/** Without its key mail counts as unsigned; without the other records it is only believed less. */
const statusOf = ({ check, state }: DnsFinding): Status =>
  state === "missing" && check !== "dkim" ? "warning" : shapes[state];

function label(check: string): string {
  if (check === "dkim") return t("Key");
  if (check === "spf") return t("Who may send");
  if (check === "bounces") return t("Where bounces go");
  return t("Rules for receivers");
}

function words(one: DnsFinding): string {
  if (one.state === "no_answer") return t("The DNS gave no answer. Try again in a minute.");
  if (one.check === "dkim") return keyWords(one.state);
  if (one.check === "bounces") {
    return one.state === "ok"
      ? t("{server} takes what comes back.", { server: one.found.join(", ") })
      : t(
          "No server takes mail for this domain: bounces are lost, and some receivers refuse the message.",
        );
  }
  if (one.state === "several")
    return t("There are several, so receivers follow none. Leave only one.");
  return one.check === "spf" ? sendersWords(one.state) : rulesWords(one.state);
}

function keyWords(state: Published): string {
  if (state === "ok") return t("The key is there: receivers can check the signature.");
  if (state === "missing") return t("The key is not there. Publish the record above.");
  if (state === "several") return t("There are several keys. Leave only the one above.");
  return t("Another key is there. Publish the one above in its place.");
}

function sendersWords(state: Published): string {
  if (state === "ok")
    return t(
      "The domain says who may send for it. Ask your relay’s operator whether that includes the relay.",
    );
  if (state === "missing")
    return t(
      "The domain does not say who may send for it. Add the text that your relay’s operator gives you; it begins with v=spf1.",
    );
  return t("The record lets everybody send, so receivers give nothing on it.");
}

function rulesWords(state: Published): string {
  if (state === "ok") return t("The domain asks receivers to check its mail.");
  if (state === "missing")
    return t(
      "The domain asks nothing of receivers, and large mail providers expect that it does. Begin with the text v=DMARC1; p=none.",
    );
  return t("The record names no policy, so receivers do not follow it.");
}
