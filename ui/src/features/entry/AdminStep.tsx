import { Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconArrowLeft, IconDatabase } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { queryClient } from "../../app/queryClient";
import { ApiError, post, type Session, sessionQuery, takeSession } from "../../shared/api";
import { Fields, StrengthBar, strength } from "../../shared/form";
import { t } from "../../shared/i18n";
import { InlineError } from "../../shared/ui";
import { currencyChoices, zoneChoices } from "./choices";
import classes from "./entry.module.css";
import { remember } from "./known";
import { placeOf, type SetupState } from "./setup";

interface AdminStepProps {
  setup: SetupState;
  onBack: () => void;
  onDone: () => void;
}

/** Creates the workspace and its first person, and signs them in. */
export function AdminStep({ setup, onBack, onDone }: AdminStepProps): ReactNode {
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const form = useForm({
    initialValues: {
      adminName: "",
      workspaceName: "",
      adminEmail: "",
      adminPassword: "",
      timezone: here === "UTC" ? "Africa/Nairobi" : here,
      currency: "KES",
    },
    validate: {
      adminName: (value) => (value.trim() ? null : t("Your name is missing.")),
      workspaceName: (value) => (value.trim() ? null : t("The name is missing.")),
      adminEmail: (value) =>
        /^\S+@\S+\.\S+$/.test(value.trim()) ? null : t("This is not an email address."),
      adminPassword: (value) => (strength(value).score > 0 ? null : strength(value).text),
    },
  });
  const create = form.onSubmit(async (values) => {
    setBusy(true);
    setError(undefined);
    try {
      await post("/setup", values);
      const login = { email: values.adminEmail, password: values.adminPassword };
      const session = takeSession(await post<Session>("/session", login));
      queryClient.setQueryData(sessionQuery.queryKey, session);
      const { name, email, role } = session.user;
      remember({ name, email, role, at: Date.now() });
      onDone();
    } catch (cause) {
      setBusy(false);
      if (!(cause instanceof ApiError)) throw cause;
      form.setErrors(cause.fieldErrors());
      if (cause.details.length === 0) setError(cause);
    }
  });
  return (
    <form className={classes.form} onSubmit={create} noValidate>
      <div className={classes.count}>{t("Step {n} of {all}", { n: 2, all: 3 })}</div>
      <h1 className={classes.title}>{t("Create the administrator")}</h1>
      <p className={classes.lead}>
        {t("Can do everything, and invites managers, approvers and sales reps.")}
      </p>
      {error && <InlineError error={error} />}
      <Fields>
        <TextInput
          size="md"
          label={t("Your name")}
          autoComplete="name"
          data-autofocus
          {...form.getInputProps("adminName")}
        />
        <TextInput
          size="md"
          label={t("Company or workspace")}
          autoComplete="organization"
          {...form.getInputProps("workspaceName")}
        />
      </Fields>
      <TextInput
        size="md"
        type="email"
        label={t("Email")}
        autoComplete="username"
        {...form.getInputProps("adminEmail")}
      />
      <div>
        <PasswordInput
          size="md"
          label={t("Password")}
          autoComplete="new-password"
          {...form.getInputProps("adminPassword")}
        />
        <StrengthBar password={form.values.adminPassword} />
      </div>
      <Fields>
        <Select
          size="md"
          label={t("Timezone")}
          searchable
          data={zoneChoices(here)}
          {...form.getInputProps("timezone")}
        />
        <Select
          size="md"
          label={t("Currency")}
          searchable
          data={currencyChoices()}
          {...form.getInputProps("currency")}
        />
      </Fields>
      <div className={classes.formFoot}>
        <Button
          size="md"
          variant="subtle"
          onClick={onBack}
          leftSection={<IconArrowLeft size={15} stroke={1.6} />}
        >
          {t("Where data is kept")}
        </Button>
        <Button size="md" variant="filled" type="submit" loading={busy}>
          {t("Create and continue")}
        </Button>
      </div>
      <div className={classes.where}>
        <IconDatabase size={14} stroke={1.6} aria-hidden />
        {placeOf(setup)}
      </div>
    </form>
  );
}
