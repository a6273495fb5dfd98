import { expect, test } from "vitest";
import { type Draft, inputOf } from "./types";

const draft = {
  name: "Krismasi",
  description: "",
  validFrom: null,
  validUntil: null,
  strangerRedemption: "refuse",
  codeMode: "none",
  code: "",
  products: [
    {
      id: "p1",
      name: "5GB",
      type: "",
      value: "",
      price: "250.00",
      currency: "KES",
      description: "",
    },
  ],
  creatives: [],
  rewards: [
    {
      id: "r1",
      name: "Credit",
      type: "credit",
      value: "50.00",
      currency: "KES",
      productId: null,
      description: "",
      grantedOn: "clicked",
    },
  ],
  trackingSources: [],
} satisfies Draft;

test("only what changed is sent, and parts of the catalogue by their ids", () => {
  expect(inputOf(draft, new Set(["name", "products", "rewards"]))).toEqual({
    name: "Krismasi",
    products: [{ id: "p1" }],
    rewards: [{ id: "r1", grantedOn: "clicked" }],
  });
  expect(inputOf(draft, new Set())).toEqual({});
});
