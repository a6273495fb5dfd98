import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { activeShortcuts, Keys, useShortcut } from "../../shared/keys";
import { useGo } from "../../shared/link";
import { navigation } from "../nav";

/** Search and commands: places to go, and everything that has a key on this screen. */
export function Palette(): ReactNode {
  const go = useGo();
  const { routesByPath } = useRouter();
  useShortcut("mod+k", t("Search or do…"), spotlight.open, { group: t("Everywhere") });
  const places: SpotlightActionData[] = navigation()
    .flatMap((group) => group.items)
    .filter((item) => item.href in routesByPath)
    .map((item) => ({
      id: item.href,
      label: t("Go to {place}", { place: item.label }),
      leftSection: <item.icon size={16} stroke={1.6} />,
      rightSection: item.key ? <Keys of={`g ${item.key}`} /> : undefined,
      onClick: () => go(item.href),
    }));
  const commands: SpotlightActionData[] = activeShortcuts()
    .filter(({ keys }) => !keys.startsWith("g ") && keys !== "mod+k")
    .map(({ keys, label, run }) => ({
      id: `key ${keys}`,
      label,
      rightSection: <Keys of={keys} />,
      onClick: run,
    }));
  return (
    <Spotlight
      actions={[...places, ...commands]}
      nothingFound={t("Nothing matches. Try a name, an email or a phone number.")}
      highlightQuery
      limit={12}
      shortcut={null}
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.6} />,
        placeholder: t("Search or do…"),
        "aria-label": t("Search or do…"),
      }}
    />
  );
}
