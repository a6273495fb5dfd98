import { Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useSend, useSession } from "../../shared/api";
import { t } from "../../shared/i18n";
import { PreviewAs } from "../../shared/message";
import { Callout, DialogActions, InlineError } from "../../shared/ui";
import type { Campaign } from "./types";

interface TestResult {
  outcome: "accepted" | "retry" | "rejected" | "unknown";
  answer: string;
  tookMs: number;
}

interface TestSendProps {
  campaign: Campaign;
  opened: boolean;
  onClose: () => void;
}

/** One message of the campaign to oneself, with the values of a real customer. */
export function TestSend({ campaign, opened, onClose }: TestSendProps): ReactNode {
  const email = useSession()?.user.email ?? "";
  const [customer, setCustomer] = useState<number | null>(null);
  const [to, setTo] = useState("");
  const byMail = campaign.channel === "email";
  const send = useSend(() =>
    post<TestResult>(`/campaigns/${campaign.id}/test-send`, {
      contactId: customer,
      to: to.trim() || null,
    }),
  );
  const close = () => {
    send.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("Send me a test")}>
      <div style={{ display: "grid", gap: 12 }}>
        <p style={{ color: "var(--m-text2)" }}>
          {byMail
            ? t("Goes to {email}, through the provider that would carry the campaign.", { email })
            : t("Goes to your own number, through the provider that would carry the campaign.")}
        </p>
        {!byMail && (
          <TextInput
            label={t("Your number or device")}
            placeholder="+254711000001"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
        <PreviewAs value={customer} onChange={setCustomer} />
        {send.error && <InlineError error={send.error} />}
        {send.data && (
          <Callout tone={send.data.outcome === "accepted" ? "good" : "bad"} role="status">
            {send.data.outcome === "accepted"
              ? t("Accepted: {answer}", { answer: send.data.answer })
              : t("Not accepted: {answer}", { answer: send.data.answer })}
          </Callout>
        )}
        <DialogActions>
          <Button onClick={close}>{t("Close")}</Button>
          <Button
            variant="filled"
            loading={send.isPending}
            disabled={!byMail && to.trim() === ""}
            onClick={() => send.mutate(undefined)}
          >
            {t("Send test message")}
          </Button>
        </DialogActions>
      </div>
    </Modal>
  );
}
