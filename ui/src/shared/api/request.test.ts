import { afterEach, expect, it, vi } from "vitest";
import { ApiError, get, post, request, setSignedOutHandler, withQuery } from ".";

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(body), { status, headers })),
  );
afterEach(() => vi.unstubAllGlobals());

it("opens the envelope and keeps the pagination", async () => {
  answer(200, { success: true, data: [1, 2], pagination: { page: 1, total_count: 57 } });
  expect(await request("/campaigns")).toEqual({
    data: [1, 2],
    pagination: { page: 1, total_count: 57 },
  });
});

it("turns a refusal into an ApiError with its fields", async () => {
  const details = [{ path: "name", code: "too_long", message: "At most 255 characters" }];
  answer(
    422,
    { success: false, error: { code: "invalid", message: "Not valid", details } },
    { "x-request-id": "7f3k21aa99" },
  );
  const error = await post("/campaigns", {}).catch((cause) => cause);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 422, code: "invalid", reference: "7f3k21aa" });
  expect((error as ApiError).fieldErrors()).toEqual({ name: "At most 255 characters" });
});

it("asks to sign in again on 401, but not while signing in", async () => {
  const signedOut = vi.fn();
  setSignedOutHandler(signedOut);
  answer(401, { success: false, error: { code: "unauthorized", message: "Sign in", details: [] } });
  await post("/session", {}).catch(() => {});
  expect(signedOut).not.toHaveBeenCalled();
  await get("/campaigns").catch(() => {});
  expect(signedOut).toHaveBeenCalledOnce();
});

it("leaves empty filters out of the address", () => {
  expect(withQuery("/campaigns", { status: "", page: 2, ids: ["a", "b"], search: undefined })).toBe(
    "/campaigns?page=2&ids=a%2Cb",
  );
});
