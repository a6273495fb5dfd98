import { Menu } from "@mantine/core";
import { IconCheck, IconLanguage } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { language, languages, setLanguage, t } from "../../shared/i18n";
import { Logo } from "../../shared/ui";
import classes from "./entry.module.css";
import { placeOf, type SetupState } from "./setup";

/** The three steps at the left, and what set-up does not do. */
export function Guide({ step, setup }: { step: number; setup?: SetupState }): ReactNode {
  const steps = [
    { name: t("Where data is kept"), text: placeOf(setup) },
    { name: t("Who runs it"), text: t("You, as administrator") },
    { name: t("Something to look at"), text: t("Sample workspace, optional") },
  ];
  const stateOf = (place: number) => (place < step ? "done" : place === step ? "current" : "todo");
  return (
    <aside className={classes.guide}>
      <div className={classes.brand}>
        <Logo size={26} />
        Muster
      </div>
      <ol className={classes.steps}>
        {steps.map(({ name, text }, place) => (
          <li
            key={name}
            className={classes.step}
            data-state={stateOf(place + 1)}
            aria-current={place + 1 === step ? "step" : undefined}
          >
            <span className={classes.stepMark}>
              {place + 1 < step ? (
                <IconCheck size={13} stroke={2.2} aria-label={t("Done:")} />
              ) : (
                place + 1
              )}
            </span>
            <span className={classes.stepName}>{name}</span>
            <span className={classes.stepText}>{text}</span>
          </li>
        ))}
      </ol>
      <div className={classes.guideFoot}>
        {t(
          "Nothing leaves this computer during set-up. Messages go to a local test inbox until you add a provider.",
        )}
        <div className={classes.guideLine}>
          <span>{setup ? `Muster ${setup.version}` : "Muster"}</span>
          <Menu position="top-end">
            <Menu.Target>
              <button type="button" className={classes.linkButton}>
                <IconLanguage size={14} stroke={1.6} aria-hidden />{" "}
                {languages.find((choice) => choice.value === language())?.label}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {languages.map((choice) => (
                <Menu.Item key={choice.value} onClick={() => setLanguage(choice.value)}>
                  {choice.label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
    </aside>
  );
}
