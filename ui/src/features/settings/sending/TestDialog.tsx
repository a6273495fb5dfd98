import { Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProviderView, TestResult } from "../../../gen";
import { post, useSend, useSession } from "../../../shared/api";
import { duration } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout, DialogActions, InlineError } from "../../../shared/ui";
import classes from "../settings.module.css";
import { Dialogue } from "./Dialogue";

const words: Record<string, { tone: "good" | "warn" | "bad"; text: () => string }> = {
  accepted: { tone: "good", text: () => t("Accepted. Look whether it arrived.") },
  retry: { tone: "warn", text: () => t("Not now: the provider could not take it.") },
  rejected: { tone: "bad", text: () => t("Refused.") },
  unknown: { tone: "warn", text: () => t("No clear answer: it may or may not have been sent.") },
};

/** Sends one real message and shows what the server answered. */
export function TestDialog(props: { provider: ProviderView; onClose: () => void }): ReactNode {
  const { provider, onClose } = props;
  const own = useSession()?.user.email ?? "";
  const isMail = provider.channel === "email";
  const [to, setTo] = useState(isMail ? own : "");
  const test = useSend((receiver: string) =>
    post<TestResult>(`/providers/${provider.id}/test`, { to: receiver }),
  );
  const result = test.data;
  const word = words[result?.outcome ?? ""];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("Send a test through {name}", { name: provider.name })}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate(to);
        }}
      >
        <TextInput
          data-autofocus
          label={
            isMail
              ? t("Email address")
              : provider.channel === "push"
                ? t("Device token")
                : t("Phone number")
          }
          placeholder={isMail ? "you@example.com" : "+254711000001"}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        {test.error && <InlineError error={test.error} />}
        {result && word && (
          <Callout tone={word.tone} role="status">
            {word.text()} <span className={classes.quiet}>{duration(result.tookMs)}</span>
            <div className={classes.answer}>{result.answer}</div>
          </Callout>
        )}
        {result && <Dialogue lines={result.dialogue} open={result.outcome !== "accepted"} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close")}</Button>
          <Button variant="filled" type="submit" disabled={!to.trim()} loading={test.isPending}>
            {result ? t("Send another test") : t("Send test")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
