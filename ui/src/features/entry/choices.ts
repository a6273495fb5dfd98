import { language } from "../../shared/i18n";

const timeIn = (zone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(
    Date.now(),
  );

/** All IANA zones with the time there now; the one of this computer first. */
export function zoneChoices(here: string): { value: string; label: string }[] {
  const zones = [here, "Africa/Nairobi", "UTC", ...Intl.supportedValuesOf("timeZone")];
  return [...new Set(zones)].map((zone) => ({ value: zone, label: `${zone}, ${timeIn(zone)}` }));
}

/** "KES, Kenyan Shilling"; those of East Africa first. */
export function currencyChoices(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language(), { type: "currency" });
  const codes = ["KES", "UGX", "TZS", "RWF", "USD", "EUR", ...Intl.supportedValuesOf("currency")];
  return [...new Set(codes)].map((code) => ({
    value: code,
    label: `${code}, ${names.of(code) ?? code}`,
  }));
}
