import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { KeyValue } from "../../shared/ui";
import classes from "./entry.module.css";
import type { SetupState } from "./setup";

/** Which database this is, in words; it is chosen before the program answers. */
export function DataStep({ setup, onNext }: { setup: SetupState; onNext: () => void }): ReactNode {
  const team = setup.engine === "postgres";
  return (
    <div className={classes.form}>
      <div className={classes.count}>{t("Step {n} of {all}", { n: 1, all: 3 })}</div>
      <h1 className={classes.title}>{t("Where data is kept")}</h1>
      <p className={classes.lead}>
        {team
          ? t(
              "In the team’s PostgreSQL database. Every desktop and server that uses it shares the work.",
            )
          : t("In a file on this computer. No server and no network is needed.")}
      </p>
      <KeyValue
        labelWidth="140px"
        rows={[
          { label: t("Database"), value: team ? "PostgreSQL" : t("Embedded, SQLite") },
          {
            label: t("Good for"),
            value: team ? t("A team") : t("One person, up to a million customers"),
          },
          {
            label: t("Passwords and keys"),
            value: t("In the system keychain, or encrypted with a key file"),
          },
        ]}
      />
      <div className={classes.formFoot}>
        <span className={classes.quiet}>
          {team ? "" : t("It can be moved to PostgreSQL later.")}
        </span>
        <Button size="md" variant="filled" onClick={onNext}>
          {t("Continue to who runs it")}
        </Button>
      </div>
    </div>
  );
}
