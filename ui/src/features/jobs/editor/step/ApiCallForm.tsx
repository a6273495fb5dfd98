import { type ReactNode, useState } from "react";
import { Fields } from "../../../../shared/form";
import { t } from "../../../../shared/i18n";
import type { JsonObject } from "../../model/definition";
import { ChoiceField, QueryField, TagsField, TextField } from "../form";
import { KeyValues } from "../KeyValues";
import type { ActionProps } from "./ActionForm";
import { SecretField } from "./SecretField";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
type AuthKind = "none" | "bearer" | "basic" | "header";

/** A call of another program. */
export function ApiCallForm({ path, action, onChange }: ActionProps): ReactNode {
  const auth = (action.auth ?? undefined) as JsonObject | undefined;
  const kind = (auth?.type ?? "none") as AuthKind;
  const set = (change: JsonObject) => onChange({ ...action, ...change });
  const setAuth = (change: JsonObject) => set({ auth: { ...auth, ...change } });
  const hasBody = action.method !== "GET" && action.method !== "HEAD";
  return (
    <>
      <Fields min={120}>
        <ChoiceField
          label={t("Method")}
          path={`${path}.method`}
          data={METHODS.map((value) => ({ value, label: value }))}
          value={String(action.method ?? "GET")}
          onChange={(method) =>
            onChange(
              method === "GET" || method === "HEAD"
                ? without({ ...action, method }, "body")
                : { ...action, method },
            )
          }
        />
        <TextField
          label={t("Address")}
          path={`${path}.url`}
          placeholder="https://crm.example.com/members/{{ segment_id }}"
          value={String(action.url ?? "")}
          onChange={(url) => set({ url })}
        />
      </Fields>
      <KeyValues
        label={t("Headers")}
        path={`${path}.headers`}
        value={action.headers as JsonObject | undefined}
        names="Accept"
        values="application/json"
        add={t("Add header")}
        onChange={(headers) => set({ headers })}
      />
      {hasBody && <Body path={path} action={action} onChange={onChange} />}
      <Fields>
        <ChoiceField
          label={t("Signs in by")}
          path={`${path}.auth.type`}
          data={[
            { value: "none", label: t("Nothing") },
            { value: "bearer", label: t("A bearer token") },
            { value: "basic", label: t("User name and password") },
            { value: "header", label: t("A header of its own") },
          ]}
          value={kind}
          onChange={(type: AuthKind) =>
            onChange(
              type === "none"
                ? without(action, "auth")
                : { ...action, auth: { type, secret: auth?.secret ?? "" } },
            )
          }
        />
        {kind === "basic" && (
          <TextField
            label={t("User name")}
            path={`${path}.auth.username`}
            value={String(auth?.username ?? "")}
            onChange={(username) => setAuth({ username })}
          />
        )}
        {kind === "header" && (
          <TextField
            label={t("Name of the header")}
            path={`${path}.auth.header`}
            placeholder="X-Api-Key"
            value={String(auth?.header ?? "")}
            onChange={(header) => setAuth({ header })}
          />
        )}
        {kind !== "none" && (
          <SecretField
            path={`${path}.auth.secret`}
            value={String(auth?.secret ?? "")}
            onChange={(secret) => setAuth({ secret })}
          />
        )}
      </Fields>
      <TagsField
        label={t("Answers that mean success")}
        description={t("Statuses such as 200 or 404. None: 200 to 299.")}
        path={`${path}.expected_status`}
        value={[action.expected_status ?? []].flat().map(String)}
        onChange={(list) =>
          set({ expected_status: list.map((text) => (Number(text) ? Number(text) : text)) })
        }
      />
      <KeyValues
        label={t("Taken from the answer")}
        description={t("A name for later steps, and where it is in a JSON answer.")}
        path={`${path}.outputs`}
        value={action.outputs as JsonObject | undefined}
        names="order_id"
        values="/data/id"
        add={t("Add output")}
        onChange={(outputs) => set({ outputs })}
      />
    </>
  );
}

/** JSON where it can be read as such; a text otherwise. */
function Body({ path, action, onChange }: ActionProps): ReactNode {
  const given = action.body;
  const [text, setText] = useState(
    given === undefined ? "" : typeof given === "string" ? given : JSON.stringify(given, null, 2),
  );
  return (
    <QueryField
      kind="json"
      label={t("What is sent")}
      description={t("JSON, or any text. {{ name }} takes a value.")}
      path={`${path}.body`}
      value={text}
      onChange={(next) => {
        setText(next);
        if (next.trim() === "") onChange(without(action, "body"));
        else onChange({ ...action, body: read(next) });
      }}
    />
  );
}

function read(text: string): JsonObject | string {
  try {
    const value = JSON.parse(text) as JsonObject;
    return typeof value === "object" && value !== null ? value : text;
  } catch {
    return text;
  }
}

const without = (action: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(action).filter(([key]) => key !== name));
