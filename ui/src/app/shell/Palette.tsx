import { useDebouncedValue } from "@mantine/hooks";
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from "@mantine/spotlight";
import {
  type Icon,
  IconCircles,
  IconRosetteDiscount,
  IconSearch,
  IconSpeakerphone,
  IconUser,
} from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { SearchHit as Found } from "../../gen";
import { useGet } from "../../shared/api";
import { t } from "../../shared/i18n";
import { activeShortcuts, Keys, useShortcut } from "../../shared/keys";
import { useGo } from "../../shared/link";
import { navigation } from "../nav";

const kinds: Record<string, { icon: Icon; folder: string }> = {
  customer: { icon: IconUser, folder: "/customers" },
  campaign: { icon: IconSpeakerphone, folder: "/campaigns" },
  offer: { icon: IconRosetteDiscount, folder: "/offers" },
  segment: { icon: IconCircles, folder: "/segments" },
};

const headings = (): Record<string, string> => ({
  campaign: t("Campaigns"),
  offer: t("Offers"),
  segment: t("Segments"),
  customer: t("Customers"),
});

/** Search and commands: things by name, places to go, and everything that has a key on this screen. */
export function Palette(): ReactNode {
  const go = useGo();
  const { routesByPath } = useRouter();
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text.trim(), 120);
  const found = useGet<Found[]>("/search", { q: query }, { enabled: query.length > 1 });
  useShortcut("mod+k", t("Search or do…"), spotlight.open, { group: t("Everywhere") });
  const places = navigation()
    .flatMap((group) => group.items)
    .filter((item) => item.href in routesByPath)
    .map((item) => ({
      id: item.href,
      label: t("Go to {place}", { place: item.label }),
      leftSection: <item.icon size={16} stroke={1.6} />,
      rightSection: item.key ? <Keys of={`g ${item.key}`} /> : undefined,
      onClick: () => go(item.href),
    }));
  const commands = activeShortcuts()
    .filter(({ keys }) => !keys.startsWith("g ") && keys !== "mod+k")
    .map(({ keys, label, run }) => ({
      id: `key ${keys}`,
      label,
      rightSection: <Keys of={keys} />,
      onClick: run,
    }));
  const things = query.length > 1 ? (found.data ?? []) : [];
  const actions: SpotlightActionGroupData[] = [
    ...Object.entries(headings()).map(([kind, group]) => ({
      group,
      actions: things.filter((thing) => thing.kind === kind).map((thing) => actionOf(thing, go)),
    })),
    { group: t("Places"), actions: places },
    { group: t("Commands"), actions: commands },
  ];
  return (
    <Spotlight
      actions={actions.filter((group) => group.actions.length > 0)}
      query={text}
      onQueryChange={setText}
      filter={(search, all) => keep(search, all as SpotlightActionGroupData[])}
      nothingFound={
        found.isFetching
          ? t("Searching…")
          : t("Nothing matches. Try a name, an email or a phone number.")
      }
      scrollable
      maxHeight={420}
      shortcut={null}
      overlayProps={{ blur: 0 }}
      yOffset="12vh"
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.6} />,
        placeholder: t("Search or do…"),
        "aria-label": t("Search or do…"),
      }}
    />
  );
}

function actionOf(thing: Found, go: (href: string) => void): SpotlightActionData {
  const kind = kinds[thing.kind];
  return {
    id: `${thing.kind} ${thing.id}`,
    label: thing.name,
    description: thing.detail,
    leftSection: kind ? <kind.icon size={16} stroke={1.6} /> : undefined,
    onClick: () => go(`${kind?.folder}/${thing.id}`),
  };
}

/** What the server found stays; places and commands are narrowed down by the text. */
export function keep(
  search: string,
  groups: SpotlightActionGroupData[],
): SpotlightActionGroupData[] {
  const words = search.trim().toLowerCase();
  return groups
    .map(({ group, actions }) => ({
      group,
      actions: actions.filter(
        ({ id, label }) =>
          words === "" ||
          /^(customer|campaign|offer|segment) /.test(id) ||
          label?.toLowerCase().includes(words),
      ),
    }))
    .filter(({ actions }) => actions.length > 0);
}
