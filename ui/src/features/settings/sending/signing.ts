/** The part of an address after the @, in small letters. */
export const domainOf = (address: string): string =>
  address.includes("@")
    ? address
        .slice(address.lastIndexOf("@") + 1)
        .trim()
        .toLowerCase()
    : "";

/**
 * Whether receivers take a signature of a domain as the sender's own: the same domain, or one of them below the
 * other (the relaxed alignment of RFC 7489, without a list of public suffixes).
 */
export function isAligned(from: string, signed: string): boolean {
  const sender = domainOf(from);
  const below = (one: string, other: string) => one.endsWith(`.${other}`);
  return sender === signed || below(sender, signed) || below(signed, sender);
}

/** A selector that was not used before: the month and, within it, the next letter. */
export function freshSelector(at: Date, used?: string): string {
  const month = `muster${at.getUTCFullYear()}${String(at.getUTCMonth() + 1).padStart(2, "0")}`;
  if (used === undefined || !used.startsWith(month)) return month;
  const letter = used.slice(month.length);
  return month + (letter ? String.fromCharCode(Math.min(122, letter.charCodeAt(0) + 1)) : "b");
}

/** The record as a line of a zone file: long texts in strings, which receivers join. */
export const zoneLine = (name: string, strings: string[]): string =>
  `${name}. IN TXT ( ${strings.map((text) => `"${text}"`).join(" ")} )`;
