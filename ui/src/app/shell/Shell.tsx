import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { t } from "../../shared/i18n";
import { useShortcut, useShortcutListener } from "../../shared/keys";
import { NavigationContext } from "../../shared/link";
import { useLiveUpdates } from "../live";
import { navigation } from "../nav";
import { KeysDialog } from "./KeysDialog";
import { Palette } from "./Palette";
import { Sidebar } from "./Sidebar";
import classes from "./shell.module.css";
import { TopBar } from "./TopBar";

const KEPT = "muster.sidebar";

/** The frame around every screen: sidebar, top bar, palette, and the keys that work everywhere. */
export function Shell(): ReactNode {
  const router = useRouter();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [folded, setFolded] = useState(() => localStorage.getItem(KEPT) === "folded");
  const [keysShown, setKeysShown] = useState(false);
  const navigate = useMemo(
    () => ({ path, go: (href: string) => router.history.push(href) }),
    [router, path],
  );
  const fold = () =>
    setFolded((was) => {
      localStorage.setItem(KEPT, was ? "open" : "folded");
      return !was;
    });
  const everywhere = { group: t("Everywhere") };
  useShortcutListener();
  useLiveUpdates();
  useShortcut("[", t("Fold or open the sidebar"), fold, everywhere);
  useShortcut("?", t("Show all keys"), () => setKeysShown(true), everywhere);
  return (
    <NavigationContext value={navigate}>
      <a className={classes.skip} href="#main">
        {t("Skip to content")}
      </a>
      <div className={classes.frame} data-folded={folded || undefined}>
        <Sidebar folded={folded} onFold={fold} />
        <div className={classes.body}>
          <TopBar />
          <main id="main" className={classes.main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      {navigation()
        .flatMap((group) => group.items)
        .filter((item) => item.href in router.routesByPath)
        .map((item) =>
          item.key ? (
            <GoKey key={item.href} label={item.label} href={item.href} letter={item.key} />
          ) : null,
        )}
      <Palette />
      <KeysDialog opened={keysShown} onClose={() => setKeysShown(false)} />
    </NavigationContext>
  );
}

interface GoKeyProps {
  letter: string;
  label: string;
  href: string;
}

function GoKey({ letter, label, href }: GoKeyProps): ReactNode {
  const router = useRouter();
  const go = () => router.history.push(href);
  useShortcut(`g ${letter}`, t("Go to {place}", { place: label }), go, { group: t("Everywhere") });
  return null;
}
