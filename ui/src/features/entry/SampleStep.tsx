import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import classes from "./entry.module.css";

/** The workspace exists; what to look at first. */
export function SampleStep(): ReactNode {
  const navigate = useNavigate();
  const go = (href: string) => () => void navigate({ href });
  return (
    <div className={classes.form}>
      <div className={classes.count}>{t("Step {n} of {all}", { n: 3, all: 3 })}</div>
      <h1 className={classes.title}>{t("Something to look at")}</h1>
      <p className={classes.lead}>
        {t("Your workspace is empty. Customers from a spreadsheet are the usual beginning.")}
      </p>
      <div className={classes.formFoot}>
        <Button size="md" variant="subtle" onClick={go("/")}>
          {t("Look around first")}
        </Button>
        <Button size="md" variant="filled" onClick={go("/customers/import")}>
          {t("Import customers")}
        </Button>
      </div>
    </div>
  );
}
