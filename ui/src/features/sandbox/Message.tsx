import { SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SandboxMessage } from "../../gen";
import { fullTime } from "../../shared/format";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { KeyValue } from "../../shared/ui";
import classes from "./inbox.module.css";
import { hasSubject } from "./MessageList";
import { Reply } from "./Reply";

/** The right pane: one message as its receiver would see it. */
export function Message({ message }: { message: SandboxMessage }): ReactNode {
  return (
    <article className={classes.message} aria-label={message.subject || message.textBody}>
      <header className={classes.facts}>
        <KeyValue
          rows={[
            { label: t("To"), value: <Receiver message={message} /> },
            { label: t("From"), value: message.from || "–" },
            ...(hasSubject(message) ? [{ label: t("Subject"), value: message.subject }] : []),
            { label: t("Received"), value: fullTime(message.receivedAt) },
          ]}
        />
      </header>
      {message.channel === "email" ? <Mail message={message} /> : <Phone message={message} />}
      {message.channel !== "push" && <Reply message={message} />}
    </article>
  );
}

function Receiver({ message }: { message: SandboxMessage }): ReactNode {
  if (!message.customerId) return message.to;
  return <AppLink href={`/customers/${message.customerId}`}>{message.to}</AppLink>;
}

type Look = "html" | "text" | "headers";

function Mail({ message }: { message: SandboxMessage }): ReactNode {
  const [look, setLook] = useState<Look>(message.htmlBody ? "html" : "text");
  const headers = message.headers as unknown as [string, string][];
  return (
    <>
      <div className={classes.looks}>
        <SegmentedControl
          size="xs"
          value={look}
          onChange={(value) => setLook(value as Look)}
          data={[
            ...(message.htmlBody ? [{ value: "html", label: t("As seen") }] : []),
            { value: "text", label: t("Text") },
            { value: "headers", label: t("Headers") },
          ]}
        />
      </div>
      {look === "html" && (
        // No scripts, no forms, no way out: what campaigns contain is not trusted here either.
        <iframe
          className={classes.mail}
          sandbox=""
          referrerPolicy="no-referrer"
          title={t("The mail as seen")}
          srcDoc={message.htmlBody}
        />
      )}
      {look === "text" && (
        <pre className={classes.plain}>{message.textBody || t("No text part")}</pre>
      )}
      {look === "headers" && (
        <pre className={classes.plain}>
          {[["Message-ID", `<${message.messageId ?? ""}>`], ...headers]
            .map(([name, value]) => `${name}: ${value}`)
            .join("\n")}
        </pre>
      )}
    </>
  );
}

/** A text message, chat message or notification on a phone. */
function Phone({ message }: { message: SandboxMessage }): ReactNode {
  return (
    <div className={classes.phone} data-channel={message.channel}>
      <div className={classes.phoneTop}>{message.from || message.to}</div>
      <div className={classes.bubble}>
        {message.channel === "push" && <b>{message.subject}</b>}
        {message.textBody}
      </div>
    </div>
  );
}
