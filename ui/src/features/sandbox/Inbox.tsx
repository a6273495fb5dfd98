import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SandboxCounts, SandboxMessage } from "../../gen";
import { remove, useGet, useList, useMay, useSend } from "../../shared/api";
import { confirmAction, say } from "../../shared/feedback";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { Toolbar } from "../../shared/table";
import { channelLabel, EmptyState, InlineError, Page, PageHeader } from "../../shared/ui";
import classes from "./inbox.module.css";
import { Message } from "./Message";
import { MessageList } from "./MessageList";

const channels = ["email", "sms", "whatsapp", "push"] as const;
type Channel = (typeof channels)[number];

/** What would have been sent, kept on this machine. */
export function Inbox(): ReactNode {
  const [channel, setChannel] = useState<Channel>();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<number>();
  const counts = useGet<SandboxCounts>("/sandbox/counts");
  const list = useList<SandboxMessage>("/sandbox/messages", { channel, search });
  const message = list.rows?.find((row) => row.id === chosen) ?? list.rows?.[0];
  const total = channels.reduce((sum, name) => sum + (counts.data?.[name] ?? 0), 0);
  return (
    <Page
      title={t("Test inbox")}
      fill
      head={
        <>
          <PageHeader
            title={t("Test inbox")}
            aside={tn(total, "{n} message", "{n} messages")}
            text={t(
              "Channels without a provider deliver here. Nothing on this screen left the machine.",
            )}
            actions={<Clear channel={channel} count={list.total ?? 0} />}
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Search receiver or text")}>
            <div className={classes.tabs} role="tablist" aria-label={t("Channel")}>
              <Tab
                on={!channel}
                label={t("All")}
                count={total}
                onPick={() => setChannel(undefined)}
              />
              {channels.map((name) => (
                <Tab
                  key={name}
                  on={channel === name}
                  label={channelLabel(name)}
                  count={counts.data?.[name] ?? 0}
                  onPick={() => setChannel(name)}
                />
              ))}
            </div>
          </Toolbar>
        </>
      }
    >
      {list.error && !list.rows ? (
        <div className={classes.state}>
          <InlineError error={list.error} onRetry={() => void list.refetch()} />
        </div>
      ) : list.rows?.length === 0 ? (
        <Nothing filtered={Boolean(search || channel)} />
      ) : (
        <div className={classes.panes}>
          <MessageList list={list} chosen={message?.id} onChoose={setChosen} />
          {message && <Message key={message.id} message={message} />}
        </div>
      )}
    </Page>
  );
}

interface TabProps {
  on: boolean;
  label: string;
  count: number;
  onPick: () => void;
}

function Tab({ on, label, count, onPick }: TabProps): ReactNode {
  return (
    <button type="button" role="tab" aria-selected={on} className={classes.tab} onClick={onPick}>
      {label} <span className={classes.count}>{number(count)}</span>
    </button>
  );
}

function Clear({ channel, count }: { channel?: Channel; count: number }): ReactNode {
  const may = useMay()("runCampaigns");
  const clear = useSend(
    () => remove<number>(channel ? `/sandbox/messages?channel=${channel}` : "/sandbox/messages"),
    { stale: ["sandbox"], onSuccess: () => say(t("Test inbox emptied")) },
  );
  if (!may || count === 0) return null;
  const ask = () =>
    confirmAction({
      title: channel
        ? t("Empty {channel}?", { channel: channelLabel(channel) })
        : t("Empty the test inbox?"),
      text: t("Campaigns and their numbers stay as they are; only the kept messages go."),
      action: channel
        ? t("Delete all {channel} messages", { channel: channelLabel(channel) })
        : t("Delete all messages"),
      danger: true,
      run: () => clear.mutateAsync(undefined),
    });
  return <Button onClick={ask}>{t("Empty inbox")}</Button>;
}

function Nothing({ filtered }: { filtered: boolean }): ReactNode {
  const may = useMay()("manageSettings");
  if (filtered)
    return (
      <EmptyState
        title={t("No message matches")}
        text={t("Search for less, or look at all channels.")}
      />
    );
  return (
    <EmptyState
      title={t("Nothing has been sent yet")}
      text={t("Run a campaign, or send a test: what customers would get appears here at once.")}
      action={may && <AppLink href="/settings/sending">{t("Set up sending")}</AppLink>}
    />
  );
}
