import { Button, CopyButton, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { DialogActions } from "../../shared/ui";
import classes from "./segments.module.css";
import type { Estimate } from "./types";

/** The query that the conditions become, with its values apart. */
export function QueryDialog(props: {
  estimate: Estimate | undefined;
  opened: boolean;
  onClose: () => void;
}): ReactNode {
  const { estimate } = props;
  const values =
    estimate?.parameters.map((value, i) => `$${i + 1} = ${JSON.stringify(value)}`) ?? [];
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={t("The query")} size="lg">
      <p className={classes.quiet}>
        {t(
          "Values never stand in the text: the database gets them apart. Times are UTC milliseconds, amounts ten-thousandths.",
        )}
      </p>
      <pre className={`${classes.query} mono`}>{estimate ? pretty(estimate.query) : ""}</pre>
      <pre className={`${classes.query} mono`}>{values.join("\n")}</pre>
      <DialogActions>
        <CopyButton value={estimate?.query ?? ""}>
          {({ copied, copy }) => (
            <Button onClick={copy}>{copied ? t("Copied") : t("Copy query")}</Button>
          )}
        </CopyButton>
        <Button variant="filled" onClick={props.onClose}>
          {t("Close query")}
        </Button>
      </DialogActions>
    </Modal>
  );
}

/** Line breaks before the parts that stand outermost. */
function pretty(query: string): string {
  let depth = 0;
  let out = "";
  for (const part of query.split(/(\(|\)| AND | OR | FROM | WHERE )/)) {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    const breaks = part === " AND " || part === " OR " || part === " FROM " || part === " WHERE ";
    out +=
      breaks && depth <= 2
        ? `\n${"  ".repeat(depth + (depth > 0 || part === " AND " ? 1 : 0))}${part.trim()} `
        : part;
  }
  return out;
}
