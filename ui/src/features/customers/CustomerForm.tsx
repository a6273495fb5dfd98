import { Button, Drawer, Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import type { AttributeView, CustomerDetail } from "../../gen";
import { patch, post, useGet, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { Fields, FormSection } from "../../shared/form";
import { t } from "../../shared/i18n";
import { channelLabel, DialogActions, InlineError } from "../../shared/ui";

const textFields = [
  "externalId",
  "firstName",
  "lastName",
  "email",
  "phone",
  "city",
  "tier",
  "clientType",
  "preferredLanguage",
  "preferredChannel",
  "preferredProduct",
  "timezone",
  "accountBalance",
  "currency",
  "registrationDate",
  "firstPurchaseDate",
  "lastPurchaseDate",
] as const;
type TextField = (typeof textFields)[number];
type Values = Record<TextField, string> & {
  optedOut: boolean;
  attributes: Record<string, string>;
};

function valuesOf(customer: CustomerDetail | undefined, fields: AttributeView[]): Values {
  const texts = Object.fromEntries(textFields.map((name) => [name, customer?.[name] ?? ""]));
  const own = (name: string) => customer?.attributes.find((one) => one.name === name)?.value;
  const attributes = Object.fromEntries(fields.map(({ name }) => [name, shown(own(name))]));
  return {
    ...(texts as Record<TextField, string>),
    optedOut: customer?.optedOut ?? false,
    attributes,
  };
}
const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
};

/** Only what was changed; an emptied field is taken away. */
function changes(before: Values, after: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of textFields) if (after[name] !== before[name]) body[name] = after[name] || null;
  if (after.optedOut !== before.optedOut) body.optedOut = after.optedOut;
  const names = Object.keys(after.attributes).filter(
    (n) => after.attributes[n] !== before.attributes[n],
  );
  if (names.length > 0) {
    body.attributes = Object.fromEntries(names.map((n) => [n, after.attributes[n] || null]));
  }
  return body;
}

interface CustomerFormProps {
  opened: boolean;
  onClose: () => void;
  /** Left out when somebody new is added. */
  customer?: CustomerDetail;
  onSaved?: (customer: CustomerDetail) => void;
}

/** Drawer to add a customer or to change one. */
export function CustomerForm({ opened, onClose, customer, onSaved }: CustomerFormProps): ReactNode {
  const fields = useGet<AttributeView[]>("/customers/attributes", undefined, {
    enabled: opened,
  }).data;
  const form = useForm<Values>({ initialValues: valuesOf(customer, fields ?? []) });
  const { setValues, resetDirty, clearErrors } = form;
  useEffect(() => {
    if (!opened) return;
    const values = valuesOf(customer, fields ?? []);
    setValues(values);
    resetDirty(values);
    clearErrors();
  }, [opened, customer, fields, setValues, resetDirty, clearErrors]);
  const save = useSend(
    (values: Values) => {
      const body = changes(valuesOf(customer, fields ?? []), values);
      return customer
        ? patch<CustomerDetail>(`/customers/${customer.id}`, body)
        : post<CustomerDetail>("/customers", body);
    },
    {
      stale: ["customers"],
      onSuccess: (saved) => {
        say(customer ? t("Customer saved") : t("Customer added"));
        onClose();
        onSaved?.(saved);
      },
    },
  );
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onError: (error) => form.setErrors(error.fieldErrors()) }),
  );
  const field = (name: TextField, label: string, placeholder?: string) => (
    <TextInput label={label} placeholder={placeholder} {...form.getInputProps(name)} />
  );
  const unplaced = save.error && Object.keys(save.error.fieldErrors()).length === 0;
  return (
    <Drawer
      position="right"
      size={480}
      opened={opened}
      onClose={onClose}
      title={customer ? t("Change customer") : t("Add customer")}
    >
      <form onSubmit={submit} noValidate>
        <FormSection title={t("Who")}>
          <Fields>
            {field("firstName", t("First name"))}
            {field("lastName", t("Last name"))}
            {field("externalId", t("Customer number"))}
            {field("city", t("Town"))}
          </Fields>
        </FormSection>
        <FormSection title={t("Reached by")} text={t("At least one of email and phone.")}>
          <Fields>
            {field("email", t("Email"), "name@example.com")}
            {field("phone", t("Phone"), "0712 345 678")}
            <Select
              label={t("Prefers")}
              clearable
              data={["sms", "email", "whatsapp", "push"].map((value) => ({
                value,
                label: channelLabel(value),
              }))}
              value={form.values.preferredChannel || null}
              onChange={(value) => form.setFieldValue("preferredChannel", value ?? "")}
              error={form.errors.preferredChannel}
            />
            {field("preferredLanguage", t("Language"), "en, sw, fr")}
            {field("timezone", t("Time zone"), "Africa/Nairobi")}
          </Fields>
          <Switch
            mt="md"
            label={t("Opted out of all messages")}
            {...form.getInputProps("optedOut", { type: "checkbox" })}
          />
        </FormSection>
        <FormSection title={t("As a customer")}>
          <Fields>
            {field("tier", t("Tier"))}
            {field("clientType", t("Client type"))}
            {field("preferredProduct", t("Product"))}
            {field("accountBalance", t("Balance"), "1234.50")}
            {field("currency", t("Currency"), "KES")}
            {field("registrationDate", t("Registered"), "2021-03-14")}
            {field("firstPurchaseDate", t("First purchase"), "2021-03-16")}
            {field("lastPurchaseDate", t("Last purchase"), "2026-08-22")}
          </Fields>
        </FormSection>
        {fields && fields.length > 0 && (
          <FormSection title={t("Fields of your own")}>
            <Fields>
              {fields.map(({ name, label }) => (
                <TextInput key={name} label={label} {...form.getInputProps(`attributes.${name}`)} />
              ))}
            </Fields>
          </FormSection>
        )}
        {unplaced && <InlineError error={save.error} meaning={t("Nothing was saved.")} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button variant="filled" type="submit" loading={save.isPending}>
            {customer ? t("Save customer") : t("Add customer")}
          </Button>
        </DialogActions>
      </form>
    </Drawer>
  );
}
