import { Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconSettings } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSession } from "../../shared/api";
import { t } from "../../shared/i18n";
import { Keys } from "../../shared/keys";
import { AppLink, usePath } from "../../shared/link";
import { Logo } from "../../shared/ui/Logo";
import { type NavItem, navigation } from "../nav";
import { usePulse } from "../pulse";
import classes from "./shell.module.css";

interface SidebarProps {
  folded: boolean;
  onFold: () => void;
}

/** Navigation; 212 wide, 52 with icons only when folded or on narrow windows. */
export function Sidebar({ folded, onFold }: SidebarProps): ReactNode {
  const { routesByPath } = useRouter();
  const name = useSession()?.workspace.name ?? "Muster";
  const exists = (item: NavItem) => item.href in routesByPath;
  const groups = navigation()
    .map((group) => ({ ...group, items: group.items.filter(exists) }))
    .filter((group) => group.items.length > 0);
  return (
    <nav className={classes.side} aria-label={t("Main")}>
      <div className={classes.brand}>
        <Logo size={20} />
        <span className={`${classes.wide} ellipsis`} title={name}>
          {name}
        </span>
      </div>
      {groups.map((group, index) => (
        <div className={classes.group} key={group.label ?? index}>
          {group.label && (
            <div className={`${classes.groupLabel} ${classes.wide}`}>{group.label}</div>
          )}
          {group.items.map((item) => (
            <NavLink key={item.href} item={item} folded={folded} />
          ))}
        </div>
      ))}
      <div className={classes.bottom}>
        {"/settings" in routesByPath && (
          <NavLink
            item={{ href: "/settings", label: t("Settings"), icon: IconSettings }}
            folded={folded}
          />
        )}
        <button type="button" className={classes.item} onClick={onFold} aria-expanded={!folded}>
          <IconLayoutSidebarLeftCollapse size={16} stroke={1.6} aria-hidden />
          <span className={classes.itemLabel}>
            {folded ? t("Open the sidebar") : t("Collapse")}
          </span>
          <span className={classes.wide}>
            <Keys of="[" />
          </span>
        </button>
      </div>
    </nav>
  );
}

function NavLink({ item, folded }: { item: NavItem; folded: boolean }): ReactNode {
  const path = usePath();
  const pulse = usePulse();
  const here = item.href === "/" ? path === "/" : path.startsWith(item.href);
  const count = item.count ? pulse[item.count] : 0;
  return (
    <Tooltip label={item.label} position="right" disabled={!folded && window.innerWidth >= 1180}>
      <AppLink className={classes.item} href={item.href} aria-current={here ? "page" : undefined}>
        <item.icon size={16} stroke={1.6} aria-hidden />
        <span className={`${classes.itemLabel} ellipsis`}>{item.label}</span>
        {count > 0 && (
          <span
            className={`${classes.count} ${item.count === "approvals" ? classes.alert : classes.wide}`}
          >
            {count}
          </span>
        )}
      </AppLink>
    </Tooltip>
  );
}
