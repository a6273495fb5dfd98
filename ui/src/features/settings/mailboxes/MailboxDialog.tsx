import {
  Button,
  Checkbox,
  Modal,
  NumberInput,
  PasswordInput,
  Select,
  TextInput,
} from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { MailboxView, NewMailbox } from "../../../gen";
import { patch, post, toApiError, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError } from "../../../shared/ui";
import { Certificate } from "../sending/ConfigFields";
import classes from "../settings.module.css";

interface MailboxDialogProps {
  /** None: a new one. */
  mailbox?: MailboxView;
  onClose: () => void;
}

type Values = Required<Omit<NewMailbox, "isActive">> & { folder: string };

const valuesOf = (mailbox?: MailboxView): Values => ({
  name: mailbox?.name ?? "",
  host: mailbox?.host ?? "",
  port: mailbox?.port ?? 993,
  security: mailbox?.security ?? "tls",
  username: mailbox?.username ?? "",
  password: "",
  folder: mailbox?.folder ?? "INBOX",
  rootCertificate: mailbox?.rootCertificate ?? "",
  mayBePrivate: mailbox?.mayBePrivate ?? false,
});

/** Adds or changes a mailbox. */
export function MailboxDialog({ mailbox, onClose }: MailboxDialogProps): ReactNode {
  const [values, setValues] = useState(() => valuesOf(mailbox));
  const set = (change: Partial<Values>) => setValues((before) => ({ ...before, ...change }));
  const save = useSend(
    () =>
      mailbox
        ? patch<MailboxView>(`/mailboxes/${mailbox.id}`, values)
        : post<MailboxView>("/mailboxes", values),
    {
      stale: ["mailboxes"],
      onSuccess: () => {
        say(mailbox ? t("Mailbox saved") : t("Mailbox added: what arrives from now on is read"));
        onClose();
      },
    },
  );
  const problem = save.error ? toApiError(save.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  const text = (name: "name" | "host" | "username" | "folder", label: string, example: string) => (
    <TextInput
      data-autofocus={name === "name" || undefined}
      label={label}
      placeholder={example}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <Modal opened size={620} onClose={onClose} title={mailbox ? mailbox.name : t("Add mailbox")}>
      <form
        noValidate
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        {text("name", t("Name"), t("Answers to offers"))}
        <Fields min={130}>
          {text("host", t("IMAP server"), "imap.example.com")}
          <Select
            label={t("Security")}
            allowDeselect={false}
            data={[
              { value: "tls", label: "TLS" },
              { value: "starttls", label: "STARTTLS" },
              { value: "none", label: t("None (same machine)") },
            ]}
            value={values.security}
            error={errors.security}
            onChange={(security) =>
              security && set({ security, port: security === "tls" ? 993 : 143 })
            }
          />
          <NumberInput
            label={t("Port")}
            min={1}
            max={65_535}
            value={values.port}
            error={errors.port}
            onChange={(port) => set({ port: Number(port) || 0 })}
          />
        </Fields>
        <Fields>
          {text("username", t("User name"), "offers@example.com")}
          <PasswordInput
            label={t("Password")}
            description={t("Some providers want one that is made for programs.")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            autoComplete="new-password"
            placeholder={mailbox ? t("Kept; type to replace it") : ""}
            value={values.password}
            error={errors.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
        </Fields>
        {text("folder", t("Folder"), "INBOX")}
        <Certificate config={{ ...values }} onChange={(change) => set(change)} />
        {errors.rootCertificate && <InlineError error={new Error(errors.rootCertificate)} />}
        <Checkbox
          label={t("The server is in our own network")}
          description={t("Addresses of private networks are refused otherwise.")}
          checked={values.mayBePrivate}
          onChange={(event) => set({ mayBePrivate: event.currentTarget.checked })}
        />
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without saving")}</Button>
          <Button variant="filled" type="submit" loading={save.isPending}>
            {mailbox ? t("Save mailbox") : t("Add mailbox")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
