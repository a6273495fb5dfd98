import { Button } from "@mantine/core";
import { IconCircles, IconRosetteDiscount, IconSpeakerphone, IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { SectionTitle } from "../../shared/ui";
import classes from "./home.module.css";

/** An empty workspace: the four steps to a first campaign, in order. */
export function StartHere(): ReactNode {
  const go = useGo();
  const steps = [
    {
      icon: IconUsers,
      title: t("Bring in customers"),
      text: t(
        "From a spreadsheet; columns are recognised, mistakes are listed before anything is kept.",
      ),
      action: t("Import customers"),
      href: "/customers/import",
    },
    {
      icon: IconCircles,
      title: t("Say who"),
      text: t("A segment is a set of conditions; its size is counted while you write it."),
      action: t("Create a segment"),
      href: "/segments/new",
    },
    {
      icon: IconRosetteDiscount,
      title: t("Say what"),
      text: t("An offer has products, a text for each channel and language, and rewards."),
      action: t("Create an offer"),
      href: "/offers/new",
    },
    {
      icon: IconSpeakerphone,
      title: t("Send it"),
      text: t(
        "A campaign joins them; somebody else approves it. Until you add a provider it goes to the test inbox.",
      ),
      action: t("Create a campaign"),
      href: "/campaigns/new",
    },
  ];
  return (
    <section>
      <SectionTitle title={t("Four steps to the first campaign")} />
      <ol className={classes.panel}>
        {steps.map((step, place) => (
          <li key={step.href} className={classes.need}>
            <step.icon size={17} stroke={1.6} aria-hidden className={classes.needIcon} />
            <div className={classes.words}>
              <div className={classes.name}>{step.title}</div>
              <div className={classes.text}>{step.text}</div>
            </div>
            <Button
              className={classes.act}
              variant={place === 0 ? "filled" : "default"}
              onClick={() => go(step.href)}
            >
              {step.action}
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}
