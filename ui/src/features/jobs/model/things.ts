import { t } from "../../../shared/i18n";
import type { ParameterType } from "./definition";

/** Something of Muster that a value may name by its id. */
export interface Thing {
  /** Where the API lists them, by name. */
  path: string;
  placeholder: string;
  none: string;
}

/** What a value names, by its own name: `campaign_id`, `vip_segment_id`. None for ids of other things. */
export function thingOf(name: string, type: ParameterType | undefined): Thing | undefined {
  if (type !== "id" && type !== "text" && type !== "integer") return undefined;
  const word = /(?:^|_)([a-z]+)_id$/.exec(name)?.[1];
  switch (word) {
    case "campaign":
      return {
        path: "/campaigns",
        placeholder: t("Choose a campaign"),
        none: t("No campaign matches"),
      };
    case "segment":
      return {
        path: "/segments",
        placeholder: t("Choose a segment"),
        none: t("No segment matches"),
      };
    case "customer":
      return {
        path: "/customers",
        placeholder: t("Choose a customer"),
        none: t("No customer matches"),
      };
    case "offer":
      return { path: "/offers", placeholder: t("Choose an offer"), none: t("No offer matches") };
    default:
      return undefined;
  }
}

/** "vip_segment_id" → "Vip segment": what people call a value. */
export function labelOf(name: string): string {
  const words = name.replace(/(.)_id$/, "$1").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const isId = (text: string): boolean =>
  /^\d{1,15}$/.test(text) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
