import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { t, tn } from "../../../shared/i18n";
import { Channels, channelLabel, EmptyState, InlineError, useLate } from "../../../shared/ui";
import type { Pane } from "./ProviderDialog";
import { ProviderRow } from "./ProviderRow";
import classes from "./sending.module.css";
import { inOrder, sharesOf } from "./shares";

export interface ProviderListProps {
  providers: ProviderView[] | undefined;
  error: unknown;
  onRetry: () => void;
  onEdit: (provider: ProviderView, pane?: Pane) => void;
  onTest: (provider: ProviderView) => void;
  /** What adds the first one. */
  add: ReactNode;
}

const order = ["email", "sms", "whatsapp", "push"];

/** Relays and routes by channel, those that carry most first. */
export function ProviderList(props: ProviderListProps): ReactNode {
  const { providers, error, onRetry, add } = props;
  const late = useLate(150);
  if (error && !providers) return <InlineError error={error} onRetry={onRetry} />;
  if (!providers)
    return late ? (
      <div className={classes.list} aria-busy>
        <Skeleton height={96} radius={8} />
        <Skeleton height={96} radius={8} />
      </div>
    ) : null;
  if (providers.length === 0)
    return (
      <EmptyState
        title={t("No provider yet")}
        text={t(
          "All four channels deliver to the test inbox. Add a relay or gateway to send for real.",
        )}
        action={add}
      />
    );
  const shares = sharesOf(providers);
  return (
    <div className={classes.groups}>
      {order.flatMap((channel) => {
        const rows = providers.filter((row) => row.channel === channel);
        return rows.length ? (
          <section key={channel} aria-label={channelLabel(channel)}>
            <h3 className={classes.channel}>
              <Channels of={[channel]} />
              {channelLabel(channel)}
              <span className={classes.quiet}>{together(rows, shares)}</span>
            </h3>
            <ul className={classes.list}>
              {inOrder(rows).map((row) => (
                <ProviderRow
                  key={row.id}
                  row={row}
                  share={shares.get(row.id)}
                  isLast={rows.length === 1}
                  onEdit={props.onEdit}
                  onTest={props.onTest}
                />
              ))}
            </ul>
          </section>
        ) : (
          []
        );
      })}
    </div>
  );
}

/** How many of a channel's providers carry its messages; those that only stand in do not count. */
function together(rows: ProviderView[], shares: Map<string, number>): string {
  const working = rows.filter((row) => (shares.get(row.id) ?? 0) > 0).length;
  if (working === 0) return t("nothing is sent: none of them may be used now");
  return tn(working, "{n} provider carries it", "{n} providers share it");
}
