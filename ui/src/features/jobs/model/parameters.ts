import { t } from "../../../shared/i18n";
import type { JobDefinition, Json, JsonObject, ParameterDefinition } from "./definition";

/** Values as they are typed, by name. */
export type Draft = Record<string, string>;
type Parameters = NonNullable<JobDefinition["parameters"]>;

export const written = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value, null, 2)
      : String(value);

export const draftOf = (parameters: Parameters): Draft =>
  Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, written(one.default)]));

/** The values as the server wants them, and what is wrong with them. What is empty is left to its default. */
export function readValues(
  parameters: Parameters,
  draft: Draft,
): { values: JsonObject; errors: Record<string, string> } {
  const values: JsonObject = {};
  const errors: Record<string, string> = {};
  for (const [name, definition] of Object.entries(parameters)) {
    const text = (draft[name] ?? "").trim();
    if (text === "") {
      if (definition.type === "boolean") values[name] = false;
      else if (definition.required) errors[name] = t("This value is needed");
      continue;
    }
    const value = readValue(definition.type, text);
    if (value === undefined) errors[name] = howTo(definition.type);
    else values[name] = value;
  }
  return { values, errors };
}

/** A typed text as a value of its type; none where it is not one. */
export function readValue(type: ParameterDefinition["type"], text: string): Json | undefined {
  switch (type) {
    case "integer":
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case "number": {
      const value = Number(text);
      return Number.isFinite(value) ? value : undefined;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "id":
      // Ids of campaigns are numbers, those of most other things are UUIDs.
      return /^\d{1,15}$/.test(text) ? Number(text) : text;
    case "list":
    case "object":
      return json(text, type === "list");
    default:
      return text;
  }
}

function json(text: string, isList: boolean): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    const isObject = typeof value === "object" && value !== null;
    return isObject && Array.isArray(value) === isList ? value : undefined;
  } catch {
    return undefined;
  }
}

function howTo(type: ParameterDefinition["type"]): string {
  switch (type) {
    case "integer":
      return t("Write a whole number");
    case "number":
      return t("Write a number");
    case "boolean":
      return t("Write true or false");
    case "list":
      return t("Write a list: [ … ]");
    default:
      return t("Write an object: { … }");
  }
}
