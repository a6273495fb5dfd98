import { PasswordInput } from "@mantine/core";
import { act } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { setLanguage } from "../../shared/i18n";
import { draw } from "../../test/render";

afterEach(() => act(() => setLanguage("en")));

it("names what Mantine itself draws in the reader's language, and leads the keyboard there", () => {
  const names = { en: "Show what is typed", sw: "Onyesha yaliyoandikwa", fr: "Afficher la saisie" };
  for (const [language, name] of Object.entries(names)) {
    act(() => setLanguage(language as keyof typeof names));
    const { getByRole, unmount } = draw(<PasswordInput label="Password" />);
    expect(getByRole("button", { name, pressed: false })).toHaveProperty("tabIndex", 0);
    unmount();
  }
});
