import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { post, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { Callout, DialogActions, InlineError } from "../../../shared/ui";
import type { JobDetail } from "../model/types";
import { STALE } from "../model/useAct";
import { Copy } from "../run/Values";
import classes from "./job.module.css";

/** Where other programs start the job, and the token that they need; the token is shown once. */
export function WebhookDialog(props: { job: JobDetail; onClose: () => void }): ReactNode {
  const { job, onClose } = props;
  const make = useSend(
    () => post<{ url: string; token: string }>(`/jobs/${job.id}/webhook`),
    STALE,
  );
  const path = make.data?.url ?? job.webhookUrl;
  // Other programs need the whole of it; the server need not know by which name it is reached.
  const url = path && new URL(path, window.location.origin).href;
  return (
    <Modal opened onClose={onClose} title={t("Webhook of {name}", { name: job.name })}>
      <div className={classes.stack}>
        <span>{t("A program starts this job with a POST to the address, with the token.")}</span>
        {url && <Line label={t("Address")} value={url} />}
        {make.data ? (
          <>
            <Line label={t("Token")} value={make.data.token} />
            <span className={classes.quiet}>{t("The token is not shown again.")}</span>
          </>
        ) : (
          job.hasWebhookToken && (
            <Callout tone="warn">
              {t(
                "A new token takes the place of the one in use: programs that have that one are refused from then on.",
              )}
            </Callout>
          )
        )}
        {make.error && <InlineError error={make.error} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close")}</Button>
          {!make.data && (
            <Button
              variant="filled"
              loading={make.isPending}
              onClick={() => make.mutate(undefined)}
            >
              {job.hasWebhookToken ? t("Make a new token") : t("Make a token")}
            </Button>
          )}
        </DialogActions>
      </div>
    </Modal>
  );
}

function Line({ label, value }: { label: string; value: string }): ReactNode {
  return (
    <div className={classes.line}>
      <span className={classes.quiet}>{label}</span>
      <code className="ellipsis" title={value}>
        {value}
      </code>
      <Copy text={value} />
    </div>
  );
}
