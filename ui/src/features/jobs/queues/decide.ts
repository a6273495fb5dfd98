import type { DeadLetterGroup, RequeuedView, WaitingGroup } from "../../../gen";
import { post, useSend } from "../../../shared/api";
import { confirmAction, say } from "../../../shared/feedback";
import { t, tn } from "../../../shared/i18n";
import { LETTERS, STALE, WAITING } from "./useQueues";

/** Whole groups, or some messages of one. */
export interface Chosen<G> {
  groups: G[];
  /** Only these of the one group. */
  seqs?: number[];
}

const count = (chosen: Chosen<{ messages: number }>): number =>
  chosen.seqs?.length ?? chosen.groups.reduce((sum, group) => sum + group.messages, 0);

const pick = (group: { runId: number; cause: string }, seqs?: number[]) => ({
  runId: group.runId,
  cause: group.cause,
  ...(seqs ? { seqs } : {}),
});

/** What happens to the campaign, as the last sentence of a question. */
function campaignWord(groups: DeadLetterGroup[]): string {
  if (groups.some((group) => group.campaignStatus === "paused")) {
    return t("A paused campaign sends them once it is resumed.");
  }
  const over = groups.filter((group) => ["completed", "failed"].includes(group.campaignStatus));
  return over.length > 0 ? t("A finished campaign runs again until they are sent.") : "";
}

/** Asks, and then sends messages again, leaves them, or makes waiting ones due. */
export function useDecide(onDone: () => void) {
  const requeue = useSend(async (chosen: Chosen<DeadLetterGroup>) => {
    let messages = 0;
    for (const group of chosen.groups) {
      const body = { ...pick(group, chosen.seqs), mayArriveTwice: group.isUnknown };
      messages += (await post<RequeuedView>(`${LETTERS}/requeue`, body)).messages;
    }
    return messages;
  }, STALE);
  const discard = useSend(async (chosen: Chosen<DeadLetterGroup>) => {
    for (const group of chosen.groups) await post(`${LETTERS}/discard`, pick(group, chosen.seqs));
  }, STALE);
  const hurry = useSend(async (chosen: Chosen<WaitingGroup>) => {
    for (const group of chosen.groups) await post(`${WAITING}/send-now`, pick(group, chosen.seqs));
  }, STALE);

  const sendAgain = (chosen: Chosen<DeadLetterGroup>) => {
    const n = count(chosen);
    const doubtful = chosen.groups.some((group) => group.isUnknown);
    confirmAction({
      title: tn(n, "Send {n} message again?", "Send {n} messages again?"),
      text: [
        doubtful
          ? t("They may have arrived already: whoever got one gets it twice.")
          : t("They go out at once, with all their tries."),
        t("Consent, suppression, quiet hours and limits are kept."),
        campaignWord(chosen.groups),
      ]
        .filter(Boolean)
        .join(" "),
      action: tn(n, "Send {n} message again", "Send {n} messages again"),
      danger: doubtful,
      run: async () => {
        const sent = await requeue.mutateAsync(chosen);
        say(tn(sent, "{n} message is sent again", "{n} messages are sent again"));
        onDone();
      },
    });
  };

  const leave = (chosen: Chosen<DeadLetterGroup>) => {
    const n = count(chosen);
    const doubtful = chosen.groups.every((group) => group.isUnknown);
    confirmAction({
      title: doubtful
        ? tn(n, "Leave {n} message unknown?", "Leave {n} messages unknown?")
        : tn(n, "Discard {n} message?", "Discard {n} messages?"),
      text: t(
        "They go from this list and cannot be sent again from here. The campaign’s numbers stay as they are.",
      ),
      action: doubtful
        ? tn(n, "Leave {n} message", "Leave {n} messages")
        : tn(n, "Discard {n} message", "Discard {n} messages"),
      danger: true,
      run: async () => {
        await discard.mutateAsync(chosen);
        onDone();
      },
    });
  };

  const sendNow = (chosen: Chosen<WaitingGroup>) => {
    const n = count(chosen);
    confirmAction({
      title: tn(n, "Try {n} message again now?", "Try {n} messages again now?"),
      text: t(
        "The receivers asked to wait: tried too soon, they may put the messages off once more. Each message is tried at most three times.",
      ),
      action: tn(n, "Try {n} message now", "Try {n} messages now"),
      run: async () => {
        await hurry.mutateAsync(chosen);
        onDone();
      },
    });
  };

  return { sendAgain, leave, sendNow };
}
