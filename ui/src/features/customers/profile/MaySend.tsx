import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ChannelState, CustomerDetail } from "../../../gen";
import { put, remove, useMay, useSend } from "../../../shared/api";
import { confirmAction, sayError } from "../../../shared/feedback";
import { day } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { channelLabel, StatusMark } from "../../../shared/ui";
import classes from "../customers.module.css";

/** One line for every channel: yes or no, why, and what the person said. */
export function MaySend({ customer }: { customer: CustomerDetail }): ReactNode {
  return customer.channels.map((state) => (
    <Line key={state.channel} state={state} customer={customer} />
  ));
}

function why(state: ChannelState): string {
  if (state.reason) return state.reason;
  if (state.consent === "granted" && state.consentAt)
    return t("agreed {day}", { day: day(state.consentAt) });
  return "";
}

function Line({ state, customer }: { state: ChannelState; customer: CustomerDetail }): ReactNode {
  const may = useMay();
  const say = useSend(
    (consent: string) => put(`/customers/${customer.id}/consents/${state.channel}`, { consent }),
    { stale: ["customers"] },
  );
  const set = (consent: string) => say.mutate(consent, { onError: sayError });
  const allow = () =>
    confirmAction({
      title: t("Allow this address again?"),
      text: t("It is taken off the suppression list and can be sent to."),
      action: t("Allow address"),
      run: () => remove(`/suppressions/${state.suppressionId}`),
    });
  const canEdit = may("editCustomers") && !customer.erasedAt;
  return (
    <div className={classes.channel}>
      <span className={classes.channelName}>{channelLabel(state.channel)}</span>
      <StatusMark
        status={state.canSend ? "passed" : "cancelled"}
        label={state.canSend ? t("Yes") : t("No")}
      />
      <span className={classes.why} title={why(state)}>
        {why(state)}
      </span>
      {canEdit && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              aria-label={t("Consent for {channel}", { channel: channelLabel(state.channel) })}
            >
              <IconDots size={14} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item disabled={state.consent === "granted"} onClick={() => set("granted")}>
              {t("The person agrees to this channel")}
            </Menu.Item>
            <Menu.Item disabled={state.consent === "refused"} onClick={() => set("refused")}>
              {t("The person leaves this channel")}
            </Menu.Item>
            <Menu.Item disabled={state.consent === "unknown"} onClick={() => set("unknown")}>
              {t("Forget what was said")}
            </Menu.Item>
            {state.suppressionId && (
              <Menu.Item onClick={allow}>{t("Take off the suppression list…")}</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
