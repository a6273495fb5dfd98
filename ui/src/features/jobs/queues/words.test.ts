import { expect, it } from "vitest";
import type { DeadLetterGroup } from "../../../gen";
import { messagesOf } from "./useQueues";
import { briefly, wayWord, whyOf } from "./words";

const group: DeadLetterGroup = {
  runId: 1,
  runNumber: 1,
  cause: "refused:email:smtp:5.2.2",
  why: "refused",
  isUnknown: false,
  channel: "email",
  providerKind: "smtp",
  code: "5.2.2",
  campaignId: "c",
  campaignName: "Gold",
  campaignStatus: "running",
  messages: 3,
  firstAt: "2026-11-24T08:00:00Z",
  lastAt: "2026-11-24T08:00:00Z",
};

it("says what happened and by which way", () => {
  expect(briefly(group)).toEqual({ title: "The mailbox is full", text: "Email · SMTP · 5.2.2" });
  expect(wayWord({ ...group, providerKind: null, code: null })).toBe("Email");
});

it("says of messages in doubt how they came to be so", () => {
  const lost: DeadLetterGroup = { ...group, why: "no_answer", isUnknown: true };
  expect(briefly(lost)).toEqual({
    title: "Unknown: may have arrived",
    text: "the answer was lost",
  });
});

it("names a group that is gone by its cause, and nothing by what is none", () => {
  expect(whyOf("in_flight:::")).toBe("Unknown: in flight when Muster stopped");
  expect(whyOf("")).toBeUndefined();
});

it("counts the messages of all groups, and nothing before they are known", () => {
  expect(messagesOf([group, { ...group, messages: 4 }])).toBe(7);
  expect(messagesOf(undefined)).toBeUndefined();
});
