import { Checkbox, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { type ProviderKind, usualPort } from "./kinds";
import { TemplateFields } from "./TemplateFields";

interface ConfigFieldsProps {
  kind: ProviderKind;
  config: Record<string, unknown>;
  errors: Record<string, string>;
  onChange: (change: Record<string, unknown>) => void;
}

/** What only this kind of provider needs. */
export function ConfigFields(props: ConfigFieldsProps): ReactNode {
  const { kind, config, errors, onChange } = props;
  const text = (name: string, label: string, placeholder?: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={String(config[name] ?? "")}
      error={errors[`config.${name}`]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  switch (kind) {
    case "smtp":
      return <SmtpFields {...props} text={text} />;
    case "twilio":
      return (
        <>
          <Fields>
            {text("accountSid", t("Account SID"), "AC…")}
            {text("from", t("Send from"), "+15005550006")}
          </Fields>
          <Fields>
            {text("route", t("Route"), "Route 1")}
            {text("baseUrl", t("Address of the API"), "https://api.twilio.com")}
          </Fields>
          <Loopback {...props} />
        </>
      );
    case "africas_talking":
      return (
        <>
          <Fields>
            {text("username", t("User name of the application"), "sandbox")}
            {text("from", t("Sender id or short code"))}
          </Fields>
          <Fields>
            {text("route", t("Route"), "Route 1")}
            {text("baseUrl", t("Address of the API"), "https://api.africastalking.com")}
          </Fields>
          <Loopback {...props} />
        </>
      );
    case "http":
      return (
        <>
          <Fields>
            {text("from", t("Send from"))}
            {text("route", t("Route"), "Route 1")}
          </Fields>
          <TemplateFields
            template={config.template}
            error={errors["config.template"]}
            onChange={(template) => onChange({ template })}
          />
          <Loopback {...props} />
        </>
      );
    default:
      return <SandboxFields {...props} />;
  }
}

type Text = (name: string, label: string, placeholder?: string) => ReactNode;

function SmtpFields({
  config,
  errors,
  onChange,
  text,
}: ConfigFieldsProps & { text: Text }): ReactNode {
  return (
    <>
      <Fields min={130}>
        {text("host", t("Server"), "smtp.example.com")}
        <Select
          label={t("Security")}
          allowDeselect={false}
          data={[
            { value: "starttls", label: "STARTTLS" },
            { value: "tls", label: "TLS" },
            { value: "none", label: t("None (same machine)") },
          ]}
          value={String(config.security ?? "starttls")}
          error={errors["config.security"]}
          onChange={(security) => security && onChange({ security, port: usualPort(security) })}
        />
        <NumberInput
          label={t("Port")}
          min={1}
          max={65_535}
          value={Number(config.port ?? 587)}
          error={errors["config.port"]}
          onChange={(port) => onChange({ port: Number(port) || undefined })}
        />
      </Fields>
      <Fields>
        {text("from", t("Send from"), "offers@example.com")}
        {text("fromName", t("Sender name"))}
      </Fields>
      {text("username", t("User name"))}
    </>
  );
}

/** Whom a server of one's own is trusted by. */
export function Certificate({
  config,
  onChange,
}: Pick<ConfigFieldsProps, "config" | "onChange">): ReactNode {
  if (config.security === "none") return null;
  return (
    <Textarea
      label={t("Certificate of a private authority")}
      description={t("PEM text; only where the server’s certificate is not publicly trusted.")}
      autosize
      minRows={1}
      maxRows={4}
      value={String(config.rootCertificate ?? "")}
      onChange={(event) => onChange({ rootCertificate: event.currentTarget.value })}
    />
  );
}

function SandboxFields({ config, errors, onChange }: ConfigFieldsProps): ReactNode {
  const count = (name: string, label: string, max: number) => (
    <NumberInput
      label={label}
      min={0}
      max={max}
      value={Number(config[name] ?? 0)}
      error={errors[`config.${name}`]}
      onChange={(value) => onChange({ [name]: Number(value) || 0 })}
    />
  );
  return (
    <Fields min={120}>
      {count("minDelayMs", t("Slow: from ms"), 60_000)}
      {count("maxDelayMs", t("to ms"), 60_000)}
      {count("failPercent", t("Fail, %"), 100)}
      {count("deferPercent", t("Put off, %"), 100)}
    </Fields>
  );
}

/** Gateways on this machine are reached only when somebody says so. */
function Loopback({ config, onChange }: ConfigFieldsProps): ReactNode {
  return (
    <Checkbox
      label={t("The gateway runs on this machine")}
      description={t("Addresses of private networks are refused otherwise.")}
      checked={config.allowLoopback === true}
      onChange={(event) => onChange({ allowLoopback: event.currentTarget.checked })}
    />
  );
}
