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
import { ProviderDialog } from "./ProviderDialog";
import { ProviderTable } from "./ProviderTable";
import { TestDialog } from "./TestDialog";

type Open =
  | { what: "new"; kind: ProviderKind }
  | { what: "edit" | "test"; provider: ProviderView }
  | undefined;

/** Relays, routes and the defaults of what they send. */
export function Sending(): ReactNode {
  const providers = useGet<ProviderView[]>("/providers");
  const settings = useGet<SettingsView>("/settings");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <SettingsPage
      at="/settings/sending"
      title={t("Sending")}
      text={t(
        "A channel without a provider delivers to the test inbox and never leaves this machine.",
      )}
      actions={<AddProvider onPick={(kind) => setOpen({ what: "new", kind })} />}
    >
      {settings.data?.sending.sandboxOnly && (
        <Callout tone="warn">
          {t(
            "Everything goes to the test inbox now: “Keep all messages in the test inbox” is on below.",
          )}
        </Callout>
      )}
      <FormSection title={t("Providers")}>
        <ProviderTable
          providers={providers.data}
          error={providers.error}
          onRetry={() => void providers.refetch()}
          onEdit={(provider) => setOpen({ what: "edit", provider })}
          onTest={(provider) => setOpen({ what: "test", provider })}
        />
      </FormSection>
      {settings.error && (
        <InlineError error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {settings.data && <Defaults settings={settings.data} />}
      {open?.what === "new" && <ProviderDialog kind={open.kind} onClose={close} />}
      {open?.what === "edit" && (
        <ProviderDialog
          kind={open.provider.kind as ProviderKind}
          provider={open.provider}
          onClose={close}
        />
      )}
      {open?.what === "test" && <TestDialog provider={open.provider} onClose={close} />}
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
