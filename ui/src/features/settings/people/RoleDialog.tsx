import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { UserView } from "../../../gen";
import { patch, type Role, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { ChoiceCards } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError } from "../../../shared/ui";
import { roleChoices, roleLabel } from "./roles";

/** Gives a person another role. */
export function RoleDialog(props: { person: UserView; onClose: () => void }): ReactNode {
  const { person, onClose } = props;
  const [role, setRole] = useState<Role>(person.role);
  const change = useSend(() => patch<UserView>(`/users/${person.id}`, { role }), {
    stale: ["users"],
    onSuccess: () => {
      say(t("{name} is {role} now", { name: person.name, role: roleLabel(role) }));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("Role of {name}", { name: person.name })}>
      <ChoiceCards label={t("Role")} choices={roleChoices()} value={role} onChange={setRole} />
      {change.error && <InlineError error={change.error} />}
      <DialogActions left={t("{name} has to sign in again.", { name: person.name })}>
        <Button onClick={onClose}>{t("Keep role")}</Button>
        <Button
          variant="filled"
          disabled={role === person.role}
          loading={change.isPending}
          onClick={() => change.mutate(undefined)}
        >
          {t("Change role")}
        </Button>
      </DialogActions>
    </Modal>
  );
}
