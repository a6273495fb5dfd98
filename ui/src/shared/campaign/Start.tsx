import { Button, Modal, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Readiness } from "../../gen";
import { post, useGet, useSend } from "../api";
import { confirmAction } from "../feedback";
import { ActionButton } from "../form";
import { dayTime, number } from "../format";
import { fromLocal, toLocal } from "../format/zone";
import { t, tn } from "../i18n";
import { DialogActions, InlineError } from "../ui";
import { type Campaign, STALE } from "./types";

interface StartButtonsProps {
  campaign: Campaign;
  reason: string | undefined;
  onSchedule: () => void;
  onStart: () => Promise<unknown>;
}

/** To schedule it, and to start it now; what begins is confirmed with its count. */
export function StartButtons({
  campaign,
  reason,
  onSchedule,
  onStart,
}: StartButtonsProps): ReactNode {
  const readiness = useGet<Readiness>(`/campaigns/${campaign.id}/readiness`).data;
  const agreed = campaign.approvalStatus === "approved" || readiness?.approvalRequired === false;
  const stop =
    reason ??
    (agreed
      ? undefined
      : campaign.approvalStatus === "pending"
        ? t("Waits for approval")
        : t("Not approved yet"));
  const messages = readiness?.audience.messages;
  const isPlan = campaign.type === "plan";
  const start = () =>
    confirmAction({
      title: t("Start “{name}” now?", { name: campaign.name }),
      text: isPlan
        ? tn(
            readiness?.audience.people ?? 0,
            "{n} person begins now. The plan can be paused; what was sent cannot be taken back.",
            "{n} people begin now. The plan can be paused; what was sent cannot be taken back.",
          )
        : messages === undefined
          ? t("Sending begins at once.")
          : t("{n} messages begin to go out at once. They can be paused, not taken back.", {
              n: number(messages),
            }),
      action: isPlan
        ? t("Start plan")
        : messages === undefined
          ? t("Start campaign")
          : t("Send {n} messages", { n: number(messages) }),
      run: onStart,
    });
  return (
    <>
      {!stop && <Button onClick={onSchedule}>{t("Schedule…")}</Button>}
      <ActionButton
        variant="filled"
        reason={stop}
        leftSection={<IconPlayerPlay size={15} stroke={1.6} />}
        onClick={start}
      >
        {t("Start now…")}
      </ActionButton>
    </>
  );
}

interface ScheduleDialogProps {
  campaign: Campaign;
  opened: boolean;
  onClose: () => void;
}

export function ScheduleDialog({ campaign, opened, onClose }: ScheduleDialogProps): ReactNode {
  const recurs = campaign.type === "recurring";
  // One that recurs may begin with its next time.
  const [local, setLocal] = useState(() =>
    toLocal(
      campaign.scheduledAt ?? (recurs ? new Date(Date.now() + 60_000).toISOString() : null),
      campaign.timezone,
    ).slice(0, 16),
  );
  const at = fromLocal(local, campaign.timezone);
  const send = useSend(
    () =>
      post(`/campaigns/${campaign.id}/schedule`, { scheduledAt: at, timezone: campaign.timezone }),
    { ...STALE, onSuccess: onClose },
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={recurs ? t("When may it begin?") : t("When does it start?")}
    >
      <div style={{ display: "grid", gap: 12 }}>
        <TextInput
          type="datetime-local"
          label={
            recurs
              ? t("Not before, {zone}", { zone: campaign.timezone })
              : t("Start, {zone}", { zone: campaign.timezone })
          }
          description={recurs ? t("It runs at the first of its times after that.") : undefined}
          value={local}
          onChange={(event) => setLocal(event.currentTarget.value)}
        />
        {send.error && <InlineError error={send.error} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close")}</Button>
          <Button
            variant="filled"
            disabled={!at}
            loading={send.isPending}
            onClick={() => send.mutate(undefined)}
          >
            {at && !recurs ? t("Schedule for {at}", { at: dayTime(at) }) : t("Schedule campaign")}
          </Button>
        </DialogActions>
      </div>
    </Modal>
  );
}
