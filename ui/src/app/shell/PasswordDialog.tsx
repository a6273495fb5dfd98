import { Button, Modal, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError, post, type Session, sessionQuery, useSession } from "../../shared/api";
import { say } from "../../shared/feedback";
import { StrengthBar, strength } from "../../shared/form";
import { t } from "../../shared/i18n";
import { DialogActions, InlineError } from "../../shared/ui";

interface PasswordDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** Changes one's own password; asked for at once after the first sign-in with a given one. */
export function PasswordDialog({ opened, onClose }: PasswordDialogProps): ReactNode {
  const user = useSession()?.user;
  const forced = user?.mustChangePassword ?? false;
  return (
    <Modal
      opened={opened || forced}
      onClose={forced ? () => {} : onClose}
      withCloseButton={!forced}
      title={t("Choose a new password")}
    >
      {forced && (
        <p style={{ margin: "0 0 12px" }}>
          {t("The one you were given was for the first time only.")}
        </p>
      )}
      {user && <PasswordForm email={user.email} onDone={onClose} />}
    </Modal>
  );
}

function PasswordForm({ email, onDone }: { email: string; onDone: () => void }): ReactNode {
  const client = useQueryClient();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { currentPassword: "", newPassword: "" },
    validate: {
      newPassword: (value) => (strength(value).score > 0 ? null : strength(value).text),
    },
  });
  const change = form.onSubmit(async (values) => {
    setBusy(true);
    setError(undefined);
    try {
      await post("/users/me/password", values);
      // All sessions ended with the old password, this one too.
      const session = await post<Session>("/session", { email, password: values.newPassword });
      client.setQueryData(sessionQuery.queryKey, session);
      say(t("Your new password works from now on."));
      onDone();
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      form.setErrors(cause.fieldErrors());
      if (cause.details.length === 0) setError(cause);
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={change} style={{ display: "grid", gap: 12 }}>
      {error && <InlineError error={error} />}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label={t("Password now")}
        autoComplete="current-password"
        data-autofocus
        {...form.getInputProps("currentPassword")}
      />
      <div>
        <PasswordInput
          label={t("New password")}
          autoComplete="new-password"
          {...form.getInputProps("newPassword")}
        />
        <StrengthBar password={form.values.newPassword} />
      </div>
      <DialogActions>
        <Button type="submit" variant="filled" loading={busy}>
          {t("Keep new password")}
        </Button>
      </DialogActions>
    </form>
  );
}
