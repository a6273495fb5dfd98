import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { queryClient } from "../../app/queryClient";
import { post, useSend } from "../../shared/api";
import { ChoiceCards } from "../../shared/form";
import { t } from "../../shared/i18n";
import { InlineError } from "../../shared/ui";
import classes from "./entry.module.css";

type Way = "sample" | "empty";

/** The workspace exists: fill it with a made-up company to try things on, or begin empty. */
export function SampleStep(): ReactNode {
  const navigate = useNavigate();
  const [way, setWay] = useState<Way>("sample");
  const load = useSend(() => post<unknown>("/setup/sample"));
  const go = (href: string) => navigate({ href });
  const begin = async () => {
    if (way === "empty") return go("/");
    await load.mutateAsync(undefined);
    await queryClient.invalidateQueries();
    await go("/");
  };
  return (
    <div className={classes.form}>
      <div className={classes.count}>{t("Step {n} of {all}", { n: 3, all: 3 })}</div>
      <h1 className={classes.title}>{t("Something to look at")}</h1>
      <p className={classes.lead}>
        {t("The people of the sample are made up, and its messages go to the test inbox.")}
      </p>
      <ChoiceCards<Way>
        label={t("Something to look at")}
        value={way}
        onChange={setWay}
        choices={[
          {
            value: "sample",
            label: t("Sample workspace"),
            text: t(
              "A Kenyan telecom and a broker outreach: customers, offers, campaigns with results, replies on the board.",
            ),
          },
          {
            value: "empty",
            label: t("Empty workspace"),
            text: t("Begin with your own customers."),
          },
        ]}
      />
      {load.error && <InlineError error={load.error} />}
      <div className={classes.formFoot}>
        <span className={classes.quiet} role="status">
          {load.isPending
            ? t("Making customers, offers and campaigns; this takes some seconds.")
            : ""}
        </span>
        <Button
          size="md"
          variant="filled"
          loading={load.isPending}
          onClick={() => begin().catch(() => {})}
        >
          {way === "sample" ? t("Load sample workspace") : t("Open empty workspace")}
        </Button>
      </div>
    </div>
  );
}
