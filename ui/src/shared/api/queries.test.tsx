import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { makeQueryClient, type Query, useGet, useList } from ".";

afterEach(() => vi.unstubAllGlobals());

/** A server that answers when the test says so, to each address what it is told. */
function server() {
  const waiting = new Map<string, (data: unknown) => void>();
  vi.stubGlobal(
    "fetch",
    vi.fn(
      (url: string) =>
        new Promise((resolve) => {
          waiting.set(url, (data) =>
            resolve(new Response(JSON.stringify({ success: true, data }), { status: 200 })),
          );
        }),
    ),
  );
  return async (part: string, data: unknown) => {
    const asked = () => [...waiting.keys()].find((url) => url.includes(part));
    await waitFor(() => expect(asked()).toBeDefined());
    await act(async () => waiting.get(asked() as string)?.(data));
  };
}

const client = makeQueryClient();
const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
);

it("does not say that there is nobody before the server said so", async () => {
  const answer = server();
  const hook = renderHook((query: Query) => useList("/people", query).table, {
    wrapper,
    initialProps: { node: "first" },
  });
  expect(hook.result.current.rows).toBeUndefined();
  await answer("node=first", []);
  await waitFor(() => expect(hook.result.current.rows).toEqual([]));
  hook.rerender({ node: "second" });
  expect(hook.result.current.rows).toBeUndefined();
  await answer("node=second", ["Wanjiru"]);
  await waitFor(() => expect(hook.result.current.rows).toEqual(["Wanjiru"]));
  // Somebody is better than nothing while the next answer is on its way: the list does not jump.
  hook.rerender({ node: "third" });
  expect(hook.result.current.rows).toEqual(["Wanjiru"]);
});

it("never shows one thing under the name of another", async () => {
  const answer = server();
  const hook = renderHook((path: string) => useGet<string>(path).data, {
    wrapper,
    initialProps: "/plans/1",
  });
  await answer("/plans/1", "Welcome");
  await waitFor(() => expect(hook.result.current).toBe("Welcome"));
  hook.rerender("/plans/2");
  expect(hook.result.current).toBeUndefined();
  await answer("/plans/2", "Win back");
  await waitFor(() => expect(hook.result.current).toBe("Win back"));
});
