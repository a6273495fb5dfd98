import { t } from "../../shared/i18n";

/** "Wanjiku Kamau", or how else the person is known. */
export function nameOf(customer: {
  name: string;
  email?: string | null;
  phone?: string | null;
  erasedAt?: string | null;
}): string {
  if (customer.erasedAt) return t("Erased person");
  return customer.name || customer.email || customer.phone || t("Without a name");
}

/** "Swahili" for `sw`, in the language of the window. */
export function languageName(tag: string | null | undefined): string | undefined {
  if (!tag) return undefined;
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(
      tag,
    );
  } catch {
    return tag;
  }
}

/** "+254 722 418 077": groups of three behind the country code. */
export function phoneText(phone: string | null | undefined): string | undefined {
  if (!phone) return undefined;
  const found = /^(\+\d{1,3}?)(\d{3})(\d{3})(\d{3})$/.exec(phone);
  return found ? found.slice(1).join(" ") : phone;
}
