import { Button, CopyButton, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Invited } from "../../../gen";
import { post, type Role, toApiError, useSend } from "../../../shared/api";
import { ChoiceCards } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError } from "../../../shared/ui";
import classes from "../settings.module.css";
import { roleChoices } from "./roles";

/** Adds a person and shows the password to give them. */
export function InviteDialog({ onClose }: { onClose: () => void }): ReactNode {
  const [values, setValues] = useState({ name: "", email: "", role: "manager" as Role });
  const invite = useSend(() => post<Invited>("/users", values), { stale: ["users"] });
  if (invite.data) {
    const { user, temporaryPassword } = invite.data;
    return (
      <SecretDialog
        title={t("{name} is invited", { name: user.name })}
        text={t("Give {name} this password; it has to be changed at the first sign-in.", {
          name: user.name,
        })}
        secret={temporaryPassword}
        onClose={onClose}
      />
    );
  }
  const problem = invite.error ? toApiError(invite.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  return (
    <Modal opened onClose={onClose} title={t("Invite a person")}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate(undefined);
        }}
      >
        <TextInput
          data-autofocus
          label={t("Name")}
          value={values.name}
          error={errors.name}
          onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
        />
        <TextInput
          type="email"
          label={t("Email")}
          value={values.email}
          error={errors.email}
          onChange={(event) => setValues({ ...values, email: event.currentTarget.value })}
        />
        <ChoiceCards
          label={t("Role")}
          choices={roleChoices()}
          value={values.role}
          onChange={(role) => setValues({ ...values, role })}
        />
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without inviting")}</Button>
          <Button variant="filled" type="submit" loading={invite.isPending}>
            {t("Invite person")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}

interface SecretDialogProps {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
}

/** A secret that is shown this once. */
export function SecretDialog({ title, text, secret, onClose }: SecretDialogProps): ReactNode {
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={false}>
      <div className={classes.stack}>
        <span>{text}</span>
        <div className={classes.secret}>
          <code>{secret}</code>
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? t("Copied") : t("Copy")}
              </Button>
            )}
          </CopyButton>
        </div>
        <span className={classes.quiet}>{t("It is not shown again.")}</span>
        <DialogActions>
          <Button variant="filled" onClick={onClose}>
            {t("Close")}
          </Button>
        </DialogActions>
      </div>
    </Modal>
  );
}
