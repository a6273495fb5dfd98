import { Drawer } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import type { AuditView } from "../../../gen";
import { fullTime } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { KeyValue, SectionTitle } from "../../../shared/ui";
import classes from "../settings.module.css";
import { actionLabel, changes, objectLabel } from "./words";

/** One entry with what changed. */
export function EntryDrawer(props: { entry: AuditView; onClose: () => void }): ReactNode {
  const { entry, onClose } = props;
  const differences = changes(entry.before, entry.after);
  return (
    <Drawer
      opened
      position="right"
      size={560}
      onClose={onClose}
      title={`${actionLabel(entry.action)} · ${entry.objectName}`}
    >
      <KeyValue
        rows={[
          { label: t("When"), value: fullTime(entry.at) },
          { label: t("Who"), value: entry.actorName },
          { label: t("Object"), value: `${objectLabel(entry.objectType)} ${entry.objectId}` },
          { label: t("Reference"), value: entry.correlationId ?? "–" },
        ]}
      />
      <SectionTitle title={t("What changed")} line />
      {differences.length === 0 ? (
        <p className={classes.quiet}>{t("No fields were recorded.")}</p>
      ) : (
        <dl className={classes.change}>
          {differences.map((difference) => (
            <Fragment key={difference.field}>
              <dt>{difference.field}</dt>
              <dd className={classes.before}>{difference.before}</dd>
              <dd>{difference.after}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </Drawer>
  );
}
