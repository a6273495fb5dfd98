import { expect, test } from "vitest";
import { actionLabel, changes } from "./words";

test("an action reads as a word", () => {
  expect(actionLabel("user.password_reset")).toBe("Password reset");
  expect(actionLabel("approved")).toBe("Approved");
});

test("only what differs is listed, down to the field", () => {
  const before = {
    name: "A",
    sending: { fromName: "Jamii", sandbox: { failPercent: 0 } },
    updatedAt: "1",
  };
  const after = {
    name: "A",
    sending: { fromName: null, sandbox: { failPercent: 8 } },
    updatedAt: "2",
  };
  expect(changes(before, after)).toEqual([
    { field: "sending.fromName", before: "Jamii", after: "" },
    { field: "sending.sandbox.failPercent", before: "0", after: "8" },
  ]);
  expect(changes(null, { tags: ["x"] })).toEqual([{ field: "tags", before: "", after: '["x"]' }]);
});
