import { t } from "../i18n";

export interface Strength {
  /** 0 (empty or too short) to 4. */
  score: 0 | 1 | 2 | 3 | 4;
  text: string;
}

/** The server takes ten characters and more. */
export const MIN_PASSWORD = 10;

const common = /password|12345|qwerty|letmein|welcome|muster|abc123|admin/i;

/** A plain estimate: length counts most, several words or kinds of characters help, habits do not. */
export function strength(password: string): Strength {
  if (password.length === 0)
    return { score: 0, text: t("At least 10 characters; a few words are best.") };
  if (password.length < MIN_PASSWORD) {
    return { score: 0, text: t("{n} more characters.", { n: MIN_PASSWORD - password.length }) };
  }
  const distinct = new Set(password.toLowerCase()).size;
  if (common.test(password) || distinct < 5) {
    return { score: 1, text: t("Easy to guess. Use words that are only yours.") };
  }
  const words = password.split(/[\s\-_.,]+/).filter((word) => word.length > 2).length;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) =>
    kind.test(password),
  ).length;
  const points =
    (password.length >= 14 ? 1 : 0) +
    (password.length >= 18 ? 1 : 0) +
    (words >= 3 || kinds >= 3 ? 1 : 0);
  if (points >= 3) return { score: 4, text: t("Strong.") };
  if (points >= 1) return { score: 3, text: t("Good. One more word makes it strong.") };
  return { score: 2, text: t("Fair. Make it longer.") };
}
