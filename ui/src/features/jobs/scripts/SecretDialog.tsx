import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { put, toApiError, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError } from "../../../shared/ui";
import classes from "./scripts.module.css";

/** A new secret, or another value for one; the value is written here and never read back. */
export function SecretDialog(props: { name: string; onClose: () => void }): ReactNode {
  const { onClose } = props;
  const [name, setName] = useState(props.name);
  const [value, setValue] = useState("");
  const save = useSend(() => put(`/job-secrets/${encodeURIComponent(name.trim())}`, { value }), {
    stale: ["job-secrets"],
    onSuccess: () => {
      say(t("Secret saved"));
      onClose();
    },
  });
  const problem = save.error ? toApiError(save.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  return (
    <Modal opened onClose={onClose} title={props.name ? t("Replace the value") : t("Add secret")}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <TextInput
          label={t("Name")}
          description={t("Letters, digits, - and _; steps use the secret by this name.")}
          value={name}
          readOnly={props.name !== ""}
          error={errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("Value")}
          autoComplete="off"
          value={value}
          error={errors.value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without saving")}</Button>
          <Button
            variant="filled"
            type="submit"
            disabled={name.trim() === "" || value === ""}
            loading={save.isPending}
          >
            {t("Save secret")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
