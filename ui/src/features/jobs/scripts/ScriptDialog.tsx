import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, put, remove, toApiError, useSend } from "../../../shared/api";
import { CodeField } from "../../../shared/code/CodeField";
import { say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError } from "../../../shared/ui";
import type { SqlScript } from "./Scripts";
import classes from "./scripts.module.css";

interface ScriptDialogProps {
  /** None: a new one. */
  script?: SqlScript;
  may: boolean;
  onClose: () => void;
}

const STALE = { stale: ["sql-scripts"] };

/** A saved script to be read and changed. */
export function ScriptDialog({ script, may, onClose }: ScriptDialogProps): ReactNode {
  const [name, setName] = useState(script?.name ?? "");
  const [description, setDescription] = useState(script?.description ?? "");
  const [sql, setSql] = useState(script?.body ?? "");
  const [writes, setWrites] = useState(script?.writes ?? false);
  const save = useSend(
    () => {
      const body = { name, description, body: sql, writes };
      return script
        ? put(`/sql-scripts/${script.id}`, { ...body, version: script.version })
        : post("/sql-scripts", body);
    },
    {
      ...STALE,
      onSuccess: () => {
        say(t("Script saved"));
        onClose();
      },
    },
  );
  const erase = useSend(() => remove(`/sql-scripts/${script?.id}`), {
    ...STALE,
    onSuccess: onClose,
  });
  const problem = save.error ? toApiError(save.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  const failed = erase.error ?? (problem && problem.details.length === 0 ? problem : undefined);
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      closeOnClickOutside={false}
      title={script ? script.name : t("Add script")}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <TextInput
          label={t("Name")}
          description={t("Letters, digits, - and _; steps use the script by this name.")}
          value={name}
          readOnly={!may}
          error={errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("What it does")}
          value={description}
          readOnly={!may}
          error={errors.description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <CodeField
          label={t("Statements")}
          description={t(
            "Parted by ;. A :name takes its value from the step that uses the script.",
          )}
          kind="sql"
          value={sql}
          readOnly={!may}
          error={errors.body}
          onChange={setSql}
        />
        <Checkbox
          label={t("It changes rows")}
          checked={writes}
          disabled={!may}
          onChange={(event) => setWrites(event.currentTarget.checked)}
        />
        {failed && <InlineError error={failed} />}
        <DialogActions
          left={
            script &&
            may && (
              <Button
                variant="outline"
                color="red"
                loading={erase.isPending}
                onClick={() => erase.mutate(undefined)}
              >
                {t("Delete script")}
              </Button>
            )
          }
        >
          <Button onClick={onClose}>{may ? t("Close without saving") : t("Close")}</Button>
          {may && (
            <Button variant="filled" type="submit" loading={save.isPending}>
              {t("Save script")}
            </Button>
          )}
        </DialogActions>
      </form>
    </Modal>
  );
}
