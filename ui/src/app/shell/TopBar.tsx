import { spotlight } from "@mantine/spotlight";
import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { t } from "../../shared/i18n";
import { Keys } from "../../shared/keys";
import { AppLink } from "../../shared/link";
import { readTitle, watchTitle } from "../../shared/ui/title";
import { Bell } from "./Bell";
import { SendingIndicator } from "./SendingIndicator";
import classes from "./shell.module.css";
import { UserMenu } from "./UserMenu";

/** 48 high: where one is, search, what is being sent, notifications, oneself. */
export function TopBar(): ReactNode {
  const { title, parents } = useSyncExternalStore(watchTitle, readTitle);
  return (
    <header className={classes.top}>
      <nav aria-label={t("Breadcrumbs")} style={{ flex: 1, minWidth: 0 }}>
        <ol className={classes.crumbs}>
          {parents.map((crumb) => (
            <li key={crumb.href}>
              <AppLink href={crumb.href} className="ellipsis">
                {crumb.label}
              </AppLink>
              <IconChevronRight size={14} stroke={1.6} aria-hidden style={{ flex: "none" }} />
            </li>
          ))}
          <li aria-current="page">
            <span className="ellipsis" title={title}>
              {title}
            </span>
          </li>
        </ol>
      </nav>
      <button type="button" className={classes.search} onClick={spotlight.open}>
        <IconSearch size={15} stroke={1.6} aria-hidden />
        <span>{t("Search or do…")}</span>
        <Keys of="mod+k" />
      </button>
      <SendingIndicator />
      <Bell />
      <UserMenu />
    </header>
  );
}
