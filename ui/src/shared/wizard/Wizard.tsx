import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../i18n";
import { Keys, useShortcut } from "../keys";
import { Page } from "../ui/Page";
import { StatusShape } from "../ui/StatusShape";
import type { Crumb } from "../ui/title";
import { StepBar, type WizardStep } from "./StepBar";
import classes from "./wizard.module.css";

interface WizardProps {
  title: string;
  parents: Crumb[];
  steps: WizardStep[];
  current: string;
  onStep: (key: string) => void;
  /** Left in the footer: "Draft saved 10:42", "Saving…". */
  saved: ReactNode;
  /** What is wrong on this step, in a few words; it does not stop anyone. */
  problem?: ReactNode;
  onBack?: () => void;
  /** Between Back and the main action: "Send me a test". */
  extra?: ReactNode;
  /** The main action. A disabled one has its reason beside it. */
  primary: { label: string; onClick: () => void; reason?: string; loading?: boolean };
  rail?: ReactNode;
  children: ReactNode;
}

/** Step bar of 44 above, footer of 52 below; steps may be visited in any order. */
export function Wizard(props: WizardProps): ReactNode {
  const { primary } = props;
  const stopped = primary.reason !== undefined;
  useShortcut("mod+enter", primary.label, primary.onClick, {
    enabled: !stopped && !primary.loading,
  });
  return (
    <Page
      title={props.title}
      parents={props.parents}
      rail={props.rail}
      head={<StepBar steps={props.steps} current={props.current} onStep={props.onStep} />}
      foot={
        <footer className={classes.foot}>
          <span className={classes.saved} role="status">
            {props.saved}
          </span>
          {props.problem && (
            <span className={classes.problem}>
              <StatusShape status="failed" />
              {props.problem}
            </span>
          )}
          {stopped && !props.problem && <span className={classes.reason}>{primary.reason}</span>}
          {props.onBack && <Button onClick={props.onBack}>{t("Back")}</Button>}
          {props.extra}
          <Button
            variant="filled"
            onClick={primary.onClick}
            disabled={stopped}
            loading={primary.loading}
            rightSection={stopped ? undefined : <Keys of="mod+enter" />}
          >
            {primary.label}
          </Button>
        </footer>
      }
    >
      {props.children}
    </Page>
  );
}
