import { expect, it } from "vitest";
import { strength } from "./strength";

it("asks for ten characters before it says anything good", () => {
  expect(strength("short").score).toBe(0);
  expect(strength("aaaaaaaaaaaa").score).toBe(1);
  expect(strength("Password1234!").score).toBe(1);
});

it("prefers length and words", () => {
  expect(strength("tkwbzrmplq").score).toBe(2);
  expect(strength("baobab river lamp").score).toBe(3);
  expect(strength("baobab river lamp north").score).toBe(4);
});
