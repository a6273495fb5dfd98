import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { patch, remove, useSend } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { channelLabel, MoreMenu } from "../../../shared/ui";
import type { ProviderRowProps } from "./ProviderRow";

/** What else can be done with a relay or route. */
export function RowMenu({ row, isLast, onEdit }: ProviderRowProps): ReactNode {
  const stale = ["providers", "home"];
  const change = useSend(
    (body: { isActive: boolean }) => patch<ProviderView>(`/providers/${row.id}`, body),
    { stale },
  );
  const erase = useSend(() => remove(`/providers/${row.id}`), {
    stale,
    onSuccess: () => say(t("{name} is removed", { name: row.name })),
  });
  const toggle = () => change.mutate({ isActive: !row.isActive }, { onError: sayError });
  const removal = () =>
    confirmAction({
      title: t("Remove {name}?", { name: row.name }),
      text: `${t("Its password and its signing key are erased.")} ${
        isLast
          ? t(
              "It is the last provider for {channel}: messages go to the test inbox from then on.",
              {
                channel: channelLabel(row.channel),
              },
            )
          : t("The others carry its share from then on.")
      }`,
      action: t("Remove provider"),
      danger: true,
      run: () => erase.mutateAsync(undefined),
    });
  return (
    <MoreMenu variant="subtle" label={t("More for {name}", { name: row.name })}>
      <Menu.Item onClick={() => onEdit(row)}>{t("Edit provider")}</Menu.Item>
      <Menu.Item onClick={() => onEdit(row, "limits")}>{t("Change share and limits")}</Menu.Item>
      <Menu.Item onClick={toggle}>{row.isActive ? t("Switch off") : t("Switch on")}</Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" onClick={removal}>
        {t("Remove provider")}
      </Menu.Item>
    </MoreMenu>
  );
}
