import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { get, patch, post, request } from ".";
import { takesKey } from "./once";

type Answer = Response | Error;
const calls: RequestInit[] = [];
const key = (call?: RequestInit) => new Headers(call?.headers).get("idempotency-key");
const say = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const done = () => say(201, { success: true, data: { id: "c1" } });
const underWay = () =>
  say(
    409,
    { success: false, error: { code: "idempotency_in_progress", message: "…" } },
    {
      "retry-after": "1",
    },
  );

/** Answers one call after the other; an error is a network that is gone. */
function network(...answers: Answer[]) {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (_: string, init: RequestInit) => {
      calls.push(init);
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error("no more answers");
      return answer;
    }),
  );
}

beforeEach(() => {
  calls.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("makes a call again with its key when no answer came", async () => {
  network(new TypeError("Failed to fetch"), done());
  const made = post("/campaigns", { name: "Sale" });
  await vi.runAllTimersAsync();
  expect(await made).toEqual({ id: "c1" });
  expect(calls).toHaveLength(2);
  expect(key(calls[0])).toMatch(/^[0-9a-f]{32}$/);
  expect(key(calls[1])).toBe(key(calls[0]));
  expect(calls[1]?.body).toBe(calls[0]?.body);
});

it("waits for a call that is still under way", async () => {
  network(new TypeError("Failed to fetch"), underWay(), underWay(), done());
  const made = post("/campaigns/c1/send", { customerIds: [1] });
  await vi.runAllTimersAsync();
  expect(await made).toEqual({ id: "c1" });
  expect(new Set(calls.map(key)).size).toBe(1);
});

it("takes another refusal as it is", async () => {
  network(say(409, { success: false, error: { code: "stale", message: "Changed" } }));
  await expect(post("/campaigns/c1/start")).rejects.toMatchObject({ code: "stale" });
  expect(calls).toHaveLength(1);
});

it("gives up when the network stays away", async () => {
  network(new TypeError("gone"), new TypeError("gone"));
  const made = post("/campaigns", {}).catch((cause) => cause);
  await vi.runAllTimersAsync();
  expect(await made).toMatchObject({ status: 0, code: "no_answer" });
  expect(calls).toHaveLength(2);
});

it("names every action anew, and leaves alone what may be done twice", async () => {
  network(done(), done(), done(), done(), done(), done());
  await post("/segments", {});
  await post("/segments", {});
  expect(key(calls[0])).not.toBe(key(calls[1]));
  await get("/segments");
  await patch("/segments/s1", {});
  await post("/templates/check", {});
  await request("/customers/import", { method: "POST", body: new FormData() });
  expect(calls.slice(2).map(key)).toEqual([null, null, null, null]);
});

it("gives a key to those calls that the server takes one for", () => {
  const { paths } = JSON.parse(readFileSync("openapi.json", "utf8"));
  for (const [path, item] of Object.entries<Record<string, { parameters?: { name: string }[] }>>(
    paths,
  )) {
    if (!item.post) continue;
    const described = item.post.parameters?.some(({ name }) => name === "Idempotency-Key") ?? false;
    const asked = path.replace("/api/v1", "").replace(/\{\w+\}/g, "1");
    expect([asked, takesKey("POST", asked)]).toEqual([asked, described]);
  }
});
