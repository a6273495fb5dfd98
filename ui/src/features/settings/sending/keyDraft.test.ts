import { describe, expect, it } from "vitest";
import { draftFor, keyErrors, newSigning } from "./keyDraft";

describe("a key as it is filled in", () => {
  it("begins with the domain of the sender, or with that of the key before", () => {
    expect(draftFor("Offers@News.Example.com").domain).toBe("news.example.com");
    expect(draftFor("a@b.example", { domain: "example.com", selector: "k" }).domain).toBe(
      "example.com",
    );
  });

  it("is sent with its text only where it is one's own", () => {
    const draft = { domain: "a.example", selector: "s", kind: "ed25519", privateKey: "x" } as const;
    expect(newSigning(draft)).toEqual({ domain: "a.example", selector: "s", algorithm: "ed25519" });
    expect(newSigning({ ...draft, kind: "own" })).toEqual({
      domain: "a.example",
      selector: "s",
      privateKey: "x",
    });
  });

  it("hears of what is wrong with it among what is wrong with the relay", () => {
    expect(keyErrors({ name: "required", "signing.selector": "no name" })).toEqual({
      selector: "no name",
    });
  });
});
