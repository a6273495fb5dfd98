import { Button, Menu } from "@mantine/core";
import {
  IconArchive,
  IconCopy,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { post, remove, useMay, useSend } from "../api";
import { confirmAction, sayError, sayUndo } from "../feedback";
import { ActionButton } from "../form";
import { number } from "../format";
import { t, tn } from "../i18n";
import { useGo } from "../link";
import { ScheduleDialog, StartButtons } from "./Start";
import { type Campaign, STALE } from "./types";

interface ActionsProps {
  campaign: Campaign;
  /** Messages that can still be sent; of a plan, people who are on the way. */
  pending: number;
}

/** Where it is written and, once it is, looked at. */
const placeOf = ({ id, type }: Campaign): string =>
  type === "plan" ? `/plans/${id}` : `/campaigns/${id}`;

/** What can be done with a campaign now; what sends or stops is confirmed with its count. */
export function Actions({ campaign, pending }: ActionsProps): ReactNode {
  const may = useMay();
  const run = may("runCampaigns");
  const path = `/campaigns/${campaign.id}`;
  const act = useSend((action: string) => post(`${path}/${action}`), STALE);
  const [scheduling, setScheduling] = useState(false);
  const quick = (action: string) => () => void act.mutateAsync(action).catch(sayError);
  const { status, approvalStatus } = campaign;
  const reason = run ? undefined : t("Managers run campaigns");
  const isPlan = campaign.type === "plan";
  const cancel = () =>
    confirmAction({
      title: t("Cancel “{name}”?", { name: campaign.name }),
      text:
        isPlan && pending > 0
          ? tn(
              pending,
              "{n} person leaves the plan. What was sent stays sent.",
              "{n} people leave the plan. What was sent stays sent.",
            )
          : pending > 0
            ? t("{n} messages that are not sent yet are cancelled. What was sent stays sent.", {
                n: number(pending),
              })
            : t("It will not be sent. This cannot be undone; a copy can be made."),
      action: isPlan
        ? t("Cancel plan")
        : pending > 0
          ? t("Cancel {n} messages", { n: number(pending) })
          : t("Cancel campaign"),
      keep: t("Keep it"),
      danger: true,
      run: () => act.mutateAsync("cancel"),
    });
  return (
    <>
      {status === "running" && (
        <ActionButton
          keys="p"
          reason={reason}
          loading={act.isPending}
          leftSection={<IconPlayerPause size={15} stroke={1.6} />}
          onClick={quick("pause")}
        >
          {t("Pause")}
        </ActionButton>
      )}
      {(status === "running" || status === "paused" || status === "scheduled") && run && (
        <Button color="red" variant="outline" onClick={cancel}>
          {t("Cancel…")}
        </Button>
      )}
      {status === "paused" && (
        <ActionButton
          variant="filled"
          keys="p"
          reason={reason}
          loading={act.isPending}
          leftSection={<IconPlayerPlay size={15} stroke={1.6} />}
          onClick={quick("resume")}
        >
          {t("Resume")}
        </ActionButton>
      )}
      {status === "draft" && approvalStatus === "pending" && run && (
        <Button onClick={quick("withdraw")}>{t("Withdraw from approval")}</Button>
      )}
      {(status === "draft" || status === "scheduled") && <Edit campaign={campaign} />}
      {status === "scheduled" && run && (
        <Button onClick={quick("unschedule")}>{t("Take off the schedule")}</Button>
      )}
      {(status === "draft" || status === "scheduled") && (
        <StartButtons
          campaign={campaign}
          reason={reason}
          onSchedule={() => setScheduling(true)}
          onStart={() => act.mutateAsync("start")}
        />
      )}
      <More campaign={campaign} />
      <ScheduleDialog
        campaign={campaign}
        opened={scheduling}
        onClose={() => setScheduling(false)}
      />
    </>
  );
}

function Edit({ campaign }: { campaign: Campaign }): ReactNode {
  const go = useGo();
  if (!useMay()("editContent")) return null;
  return (
    <Button onClick={() => go(`${placeOf(campaign)}/edit`)}>
      {campaign.type === "plan" ? t("Edit plan") : t("Edit campaign")}
    </Button>
  );
}

function More({ campaign }: { campaign: Campaign }): ReactNode {
  const go = useGo();
  const may = useMay();
  const path = `/campaigns/${campaign.id}`;
  const copy = useSend(() => post<Campaign>(`${path}/duplicate`), {
    ...STALE,
    onSuccess: (made) => go(`${placeOf(made)}/edit`),
  });
  const archive = useSend((action: string) => post(`${path}/${action}`), STALE);
  const idle = !["scheduled", "running", "paused"].includes(campaign.status);
  if (!may("editContent")) return null;
  const putAway = async () => {
    try {
      await archive.mutateAsync(campaign.archivedAt ? "unarchive" : "archive");
      if (!campaign.archivedAt) {
        sayUndo(t("“{name}” archived", { name: campaign.name }), () =>
          archive.mutateAsync("unarchive"),
        );
      }
    } catch (cause) {
      sayError(cause);
    }
  };
  const erase = () =>
    confirmAction({
      title: t("Delete “{name}”?", { name: campaign.name }),
      text: t("It goes from every list. What it sent stays in the customers’ timelines."),
      action: t("Delete campaign"),
      danger: true,
      run: async () => {
        await remove(path);
        go(campaign.type === "plan" ? "/plans" : "/campaigns");
      },
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" px={6} aria-label={t("More actions")}>
          <IconDots size={16} stroke={1.6} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopy size={15} stroke={1.6} />}
          onClick={() => void copy.mutateAsync(undefined).catch(sayError)}
        >
          {t("Duplicate campaign")}
        </Menu.Item>
        {idle && (
          <Menu.Item
            leftSection={<IconArchive size={15} stroke={1.6} />}
            onClick={() => void putAway()}
          >
            {campaign.archivedAt ? t("Take out of the archive") : t("Archive campaign")}
          </Menu.Item>
        )}
        {idle && (
          <Menu.Item color="red" leftSection={<IconTrash size={15} stroke={1.6} />} onClick={erase}>
            {t("Delete campaign…")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
