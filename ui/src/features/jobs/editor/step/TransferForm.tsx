import type { ReactNode } from "react";
import { Fields } from "../../../../shared/form";
import { t } from "../../../../shared/i18n";
import type { JsonObject } from "../../model/definition";
import classes from "../editor.module.css";
import { CheckField, ChoiceField, NumberField, TextField } from "../form";
import type { ActionProps } from "./ActionForm";
import { SecretField } from "./SecretField";

type Kind = "local" | "sftp" | "ftp" | "ftps" | "s3";

/** What each kind of place has beside its path. */
const HAS: Record<Kind, string[]> = {
  local: [],
  sftp: ["host", "port", "username", "secret", "host_key"],
  ftp: ["host", "port", "username", "secret"],
  ftps: ["host", "port", "username", "secret"],
  s3: ["bucket", "region", "endpoint", "username", "secret"],
};

/** A file from here to there; one of the two is local. */
export function TransferForm({ path, action, onChange }: ActionProps): ReactNode {
  const place = (name: "source" | "target") => (action[name] ?? { type: "local" }) as JsonObject;
  return (
    <>
      <PlaceForm
        title={t("From")}
        path={`${path}.source`}
        place={place("source")}
        onChange={(source) => onChange({ ...action, source })}
      />
      <PlaceForm
        title={t("To")}
        path={`${path}.target`}
        place={place("target")}
        onChange={(target) => onChange({ ...action, target })}
      />
      <CheckField
        label={t("Replace a file that is there already")}
        description={t("Otherwise the step fails.")}
        path={`${path}.overwrite`}
        value={action.overwrite === true}
        onChange={(overwrite) => onChange({ ...action, overwrite })}
      />
    </>
  );
}

interface PlaceFormProps {
  title: string;
  path: string;
  place: JsonObject;
  onChange: (place: JsonObject) => void;
}

function PlaceForm({ title, path, place, onChange }: PlaceFormProps): ReactNode {
  const kind = (place.type ?? "local") as Kind;
  const text = (name: string) => String(place[name] ?? "");
  const set = (name: string, value: string | number | null) =>
    onChange({ ...place, [name]: value === "" ? null : value });
  const has = (name: string) => HAS[kind].includes(name);
  const choose = (next: Kind) =>
    onChange(
      Object.fromEntries([
        ["type", next],
        ...Object.entries(place).filter(([name]) => name === "path" || HAS[next].includes(name)),
      ]),
    );
  return (
    <fieldset className={classes.group}>
      <legend className={classes.groupTitle}>{title}</legend>
      <Fields min={150}>
        <ChoiceField
          label={t("Place")}
          path={`${path}.type`}
          data={[
            { value: "local", label: t("Muster’s folder for files") },
            { value: "sftp", label: "SFTP" },
            { value: "ftps", label: t("FTP, encrypted") },
            { value: "ftp", label: t("FTP, not encrypted") },
            { value: "s3", label: t("S3 object store") },
          ]}
          value={kind}
          onChange={choose}
        />
        <TextField
          label={kind === "s3" ? t("Key") : t("Path")}
          path={`${path}.path`}
          placeholder="exports/members-{{ execution_date }}.csv"
          value={text("path")}
          onChange={(value) => set("path", value)}
        />
        {has("host") && (
          <TextField
            label={t("Host")}
            path={`${path}.host`}
            placeholder="files.example.com"
            value={text("host")}
            onChange={(value) => set("host", value)}
          />
        )}
        {has("port") && (
          <NumberField
            label={t("Port")}
            path={`${path}.port`}
            placeholder={kind === "sftp" ? "22" : "21"}
            value={place.port as number | null}
            onChange={(value) => set("port", value)}
          />
        )}
        {has("bucket") && (
          <TextField
            label={t("Bucket")}
            path={`${path}.bucket`}
            value={text("bucket")}
            onChange={(value) => set("bucket", value)}
          />
        )}
        {has("region") && (
          <TextField
            label={t("Region")}
            path={`${path}.region`}
            placeholder="eu-west-1"
            value={text("region")}
            onChange={(value) => set("region", value)}
          />
        )}
        {has("endpoint") && (
          <TextField
            label={t("Address, unless it is Amazon’s")}
            path={`${path}.endpoint`}
            placeholder="https://…"
            value={text("endpoint")}
            onChange={(value) => set("endpoint", value)}
          />
        )}
        {has("username") && (
          <TextField
            label={kind === "s3" ? t("Access key id") : t("User name")}
            path={`${path}.username`}
            value={text("username")}
            onChange={(value) => set("username", value)}
          />
        )}
        {has("secret") && (
          <SecretField
            label={t("Secret: password or key")}
            path={`${path}.secret`}
            value={text("secret")}
            onChange={(value) => set("secret", value)}
          />
        )}
        {has("host_key") && (
          <TextField
            label={t("Fingerprint of the server")}
            path={`${path}.host_key`}
            placeholder="SHA256:…"
            value={text("host_key")}
            onChange={(value) => set("host_key", value)}
          />
        )}
      </Fields>
    </fieldset>
  );
}
