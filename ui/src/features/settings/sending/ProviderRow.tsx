import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { post, useSend } from "../../../shared/api";
import { ProgressBar } from "../../../shared/charts";
import { say, sayError } from "../../../shared/feedback";
import { percent } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout, StatusMark } from "../../../shared/ui";
import { kindOf } from "./kinds";
import type { Pane } from "./ProviderDialog";
import { RowMenu } from "./RowMenu";
import classes from "./sending.module.css";
import { stateOf } from "./state";
import { Usage } from "./Usage";

export interface ProviderRowProps {
  row: ProviderView;
  /** Of its channel and route, in percent; none: it carries nothing now. */
  share: number | undefined;
  /** Whether its channel has no other. */
  isLast: boolean;
  onEdit: (provider: ProviderView, pane?: Pane) => void;
  onTest: (provider: ProviderView) => void;
}

/** One relay or route: what it is, what it carries, how full it is. */
export function ProviderRow(props: ProviderRowProps): ReactNode {
  const { row, share, onEdit, onTest } = props;
  const state = stateOf(row);
  const resume = useSend(() => post(`/providers/${row.id}/resume`), {
    stale: ["providers", "home"],
    onSuccess: () => say(t("{name} goes on", { name: row.name })),
  });
  return (
    <li className={classes.provider} data-off={!row.isActive || undefined}>
      <div className={classes.head}>
        <button type="button" className={classes.name} onClick={() => onEdit(row)}>
          {row.name}
        </button>
        <StatusMark status={state.status} label={state.label} />
        <span className={classes.actions}>
          <Button size="xs" onClick={() => onTest(row)}>
            {t("Send test")}
          </Button>
          <RowMenu {...props} />
        </span>
      </div>
      <div className={classes.about}>
        <span className="ellipsis" title={placeOf(row)}>
          {placeOf(row)}
        </span>
        {row.kind === "smtp" && <Signing row={row} onEdit={onEdit} />}
      </div>
      {state.why && (
        <Callout
          tone="warn"
          action={
            row.state === "paused" && (
              <Button
                size="xs"
                loading={resume.isPending}
                onClick={() => resume.mutate(undefined, { onError: sayError })}
              >
                {t("Let it go on")}
              </Button>
            )
          }
        >
          {state.why}
        </Callout>
      )}
      <div className={classes.figures}>
        <Share share={share} />
        <Usage row={row} />
      </div>
    </li>
  );
}

/** "smtp.example.com:587 · SMTP" */
const placeOf = (row: ProviderView): string => {
  const { host, port, baseUrl, route } = row.config as Record<string, string | number | undefined>;
  const place = [host && `${host}:${port}`, route, baseUrl, kindOf(row.kind).short];
  return place.filter(Boolean).join(" · ");
};

function Signing({ row, onEdit }: Pick<ProviderRowProps, "row" | "onEdit">): ReactNode {
  if (row.signing) return <span>{t("signs as {domain}", { domain: row.signing.domain })}</span>;
  return (
    <button type="button" className={classes.link} onClick={() => onEdit(row, "signing")}>
      {t("Not signed: set it up")}
    </button>
  );
}

function Share({ share }: { share: number | undefined }): ReactNode {
  const text =
    share === undefined
      ? t("Carries nothing now")
      : share === 0
        ? t("Stands in when the others fail")
        : t("Carries {share}", { share: percent(share, 0) });
  return (
    <div>
      <span className={classes.figure}>{text}</span>
      <ProgressBar label={text} total={100} value={share ?? 0} tone="tint" />
    </div>
  );
}
