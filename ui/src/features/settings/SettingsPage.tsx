import type { ReactNode } from "react";
import { type Permission, useMay } from "../../shared/api";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { EmptyState, Page, PageHeader } from "../../shared/ui";
import classes from "./settings.module.css";

interface Section {
  href: string;
  label: string;
  /** Who sees it at all. */
  needs?: Permission;
}

const sections = (): Section[] => [
  { href: "/settings", label: t("Workspace") },
  { href: "/settings/sending", label: t("Sending"), needs: "manageSettings" },
  { href: "/settings/mailboxes", label: t("Mailboxes"), needs: "manageSettings" },
  { href: "/settings/policy", label: t("Quiet hours & caps") },
  { href: "/settings/jobs", label: t("Jobs") },
  { href: "/settings/people", label: t("People & roles") },
  { href: "/settings/tokens", label: t("API tokens") },
  { href: "/settings/audit", label: t("Audit log"), needs: "readAudit" },
];

interface SettingsPageProps {
  /** Path of the section. */
  at: string;
  title: string;
  text?: ReactNode;
  actions?: ReactNode;
  /** The content fills the window and scrolls inside itself. */
  fill?: boolean;
  children: ReactNode;
}

/** The frame of all settings: sections at the left, one of them at the right. */
export function SettingsPage(props: SettingsPageProps): ReactNode {
  const may = useMay();
  const needs = sections().find((section) => section.href === props.at)?.needs;
  const allowed = !needs || may(needs);
  return (
    <Page
      title={props.title}
      parents={[{ label: t("Settings"), href: "/settings" }]}
      fill={props.fill}
    >
      <div className={classes.frame} data-fill={props.fill || undefined}>
        <nav
          className={props.fill ? `${classes.nav} ${classes.fillNav}` : classes.nav}
          aria-label={t("Settings")}
        >
          {sections()
            .filter((section) => !section.needs || may(section.needs))
            .map((section) => (
              <AppLink
                key={section.href}
                href={section.href}
                className={classes.link}
                aria-current={section.href === props.at ? "page" : undefined}
              >
                {section.label}
              </AppLink>
            ))}
        </nav>
        <div className={classes.content} data-fill={props.fill || undefined}>
          {allowed ? (
            <>
              <PageHeader
                flush={!props.fill}
                title={props.title}
                text={props.text}
                actions={props.actions}
              />
              {props.children}
            </>
          ) : (
            <EmptyState
              title={t("This part is for administrators")}
              text={t("Ask one of them if something here needs to change.")}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
