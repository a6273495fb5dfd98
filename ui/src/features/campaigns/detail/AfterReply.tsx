import { ActionIcon, Group, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ResponseView, RetryDropped } from "../../../gen";
import { remove, useSend } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { DayTime, None } from "../../../shared/ui";

const WHY: Record<RetryDropped, () => string> = {
  answered: () => t("Not sent again: they answered"),
  stopped: () => t("Not sent again"),
  corrected: () => t("Not sent again: not away"),
  campaign_over: () => t("Not sent again: the campaign is over"),
  erased: () => t("Not sent again: erased"),
};

/** What a reply leads to: a card, or the same message once more when its reader is back. */
export function AfterReply({ row }: { row: ResponseView }): ReactNode {
  if (row.cardId) return <span>{t("Card on the board")}</span>;
  if (!row.retry) return <None />;
  const { status, at, dropped } = row.retry;
  if (status === "dropped") {
    const why = dropped ? WHY[dropped]() : t("Not sent again");
    return (
      <Text className="ellipsis" c="dimmed" inherit title={why}>
        {why}
      </Text>
    );
  }
  return (
    <Group gap={4} wrap="nowrap">
      <span className="ellipsis">
        {status === "sent" ? t("Queued again") : t("Goes again")} <DayTime at={at} />
      </span>
      {status === "waiting" && <Stop row={row} />}
    </Group>
  );
}

function Stop({ row }: { row: ResponseView }): ReactNode {
  const stop = useSend(() => remove(`/responses/${row.id}/retry`), {
    stale: ["campaigns", "responses"],
    onSuccess: () => say(t("{name} is not written to again", { name: row.contactName })),
  });
  const ask = () =>
    confirmAction({
      title: t("Do not write to {name} again?", { name: row.contactName }),
      text: t("The message will not be sent once more when they are back."),
      action: t("Do not send again"),
      run: () => stop.mutateAsync(undefined).catch(sayError),
    });
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      aria-label={t("Do not send again to {name}", { name: row.contactName })}
      onClick={(event) => {
        event.stopPropagation();
        ask();
      }}
    >
      <IconX size={13} stroke={1.6} />
    </ActionIcon>
  );
}
