import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { ProviderView, SettingsView } from "../../../gen";
import { useGet } from "../../../shared/api";
import { FormSection } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { Callout, InlineError } from "../../../shared/ui";
import { SettingsPage } from "../SettingsPage";
import { Defaults } from "./Defaults";
import { kindChoices, type ProviderKind } from "./kinds";
import { type Pane, ProviderDialog } from "./ProviderDialog";
import { ProviderList } from "./ProviderList";
import { TestDialog } from "./TestDialog";

type Open =
  | { what: "new"; kind: ProviderKind }
  | { what: "edit" | "test"; provider: ProviderView; pane?: Pane }
  | undefined;

/** How often the use of the limits is read again, in milliseconds. */
const LOOK_EVERY = 10_000;

/** Relays, routes and the defaults of what they send. */
export function Sending(): ReactNode {
  const providers = useGet<ProviderView[]>("/providers", undefined, { refetchMs: LOOK_EVERY });
  const settings = useGet<SettingsView>("/settings");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const add = <AddProvider onPick={(kind) => setOpen({ what: "new", kind })} />;
  const all = providers.data ?? [];
  // As it is now, not as it was when it was opened: its key may have changed meanwhile.
  const opened =
    open && "provider" in open
      ? (all.find((row) => row.id === open.provider.id) ?? open.provider)
      : undefined;
  return (
    <SettingsPage
      at="/settings/sending"
      title={t("Sending")}
      text={t(
        "A channel without a provider delivers to the test inbox and never leaves this machine.",
      )}
      actions={providers.data?.length !== 0 && add}
    >
      {settings.data?.sending.sandboxOnly && (
        <Callout tone="warn">
          {t(
            "Everything goes to the test inbox now: “Keep all messages in the test inbox” is on below.",
          )}
        </Callout>
      )}
      <FormSection title={t("Providers")}>
        <ProviderList
          add={add}
          providers={providers.data}
          error={providers.error}
          onRetry={() => void providers.refetch()}
          onEdit={(provider, pane) => setOpen({ what: "edit", provider, pane })}
          onTest={(provider) => setOpen({ what: "test", provider })}
        />
      </FormSection>
      {settings.error && (
        <InlineError error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {settings.data && <Defaults settings={settings.data} />}
      {open?.what === "new" && (
        <ProviderDialog
          kind={open.kind}
          all={all}
          onSigned={(provider) => setOpen({ what: "edit", provider, pane: "signing" })}
          onClose={close}
        />
      )}
      {open?.what === "edit" && opened && (
        <ProviderDialog
          key={opened.id}
          kind={opened.kind as ProviderKind}
          provider={opened}
          all={all}
          pane={open.pane}
          onClose={close}
        />
      )}
      {open?.what === "test" && opened && <TestDialog provider={opened} onClose={close} />}
    </SettingsPage>
  );
}

function AddProvider({ onPick }: { onPick: (kind: ProviderKind) => void }): ReactNode {
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button variant="filled" rightSection={<IconChevronDown size={15} stroke={1.6} />}>
          {t("Add provider")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kindChoices().map((choice) => (
          <Menu.Item key={choice.kind} onClick={() => onPick(choice.kind)}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
