import { expect, test } from "vitest";
import { freshSelector, isAligned, zoneLine } from "./signing";

test("a signature counts for the sender's domain and its neighbours above and below", () => {
  for (const signed of ["jamii.co.ke", "mail.jamii.co.ke"])
    expect(isAligned("offers@Jamii.co.ke", signed)).toBe(true);
  expect(isAligned("offers@news.jamii.co.ke", "jamii.co.ke")).toBe(true);
  for (const signed of ["ajamii.co.ke", "other.example", "ke.jamii"])
    expect(isAligned("offers@jamii.co.ke", signed)).toBe(false);
});

test("a new key gets a selector that receivers do not know yet", () => {
  const at = new Date("2026-11-22T10:00:00Z");
  expect(freshSelector(at)).toBe("muster202611");
  expect(freshSelector(at, "own")).toBe("muster202611");
  expect(freshSelector(at, "muster202611")).toBe("muster202611b");
  expect(freshSelector(at, "muster202611b")).toBe("muster202611c");
});

test("a long record becomes one line of a zone file", () => {
  expect(zoneLine("k._domainkey.a.example", ["v=DKIM1; p=AB", "CD"])).toBe(
    'k._domainkey.a.example. IN TXT ( "v=DKIM1; p=AB" "CD" )',
  );
});
