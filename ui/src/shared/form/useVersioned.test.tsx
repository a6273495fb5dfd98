import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError, makeQueryClient } from "../api";
import { useVersioned } from "./useVersioned";

interface Note {
  id: string;
  version: number;
  text: string;
}

afterEach(() => vi.unstubAllGlobals());

/** A note that somebody else writes on, too: changes of another version than it has are refused. */
function shared() {
  let note: Note = { id: "n", version: 1, text: "begun" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ success: true, data: note })));
  const put = async (text: string, version: number | undefined) => {
    if (version !== note.version) throw new ApiError(409, "stale", "Changed meanwhile.");
    note = { ...note, version: note.version + 1, text };
    return note;
  };
  return { put, now: () => note };
}

function edit(note: ReturnType<typeof shared>) {
  const client = makeQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const options = (stored: Note) => ({
    path: "/notes",
    stored,
    begin: "begun",
    draftOf: ({ text }: Note) => text,
    send: note.put,
    stale: [],
    onSaved: () => {},
  });
  return renderHook((stored: Note) => useVersioned<string, Note>(options(stored)), {
    wrapper,
    initialProps: note.now(),
  });
}

it("refuses to write over what somebody else saved, also when it was read again meanwhile", async () => {
  const note = shared();
  const { result, rerender } = edit(note);
  act(() => result.current.setDraft("mine"));
  await note.put("theirs", 1);
  rerender(note.now());
  act(() => result.current.save());
  await waitFor(() => expect(result.current.conflict?.theirs).toBe("theirs"));
  expect([result.current.draft, note.now().text]).toEqual(["mine", "theirs"]);
  await act(async () => result.current.conflict?.saveOver());
  await waitFor(() => expect(note.now()).toMatchObject({ text: "mine", version: 3 }));
  await waitFor(() => expect(result.current.conflict).toBeUndefined());
});

it("takes theirs, and goes on from there", async () => {
  const note = shared();
  const { result } = edit(note);
  act(() => result.current.setDraft("mine"));
  await note.put("theirs", 1);
  act(() => result.current.save());
  await waitFor(() => expect(result.current.conflict).toBeDefined());
  await act(async () => result.current.conflict?.takeTheirs());
  expect([result.current.draft, result.current.base]).toEqual(["theirs", "theirs"]);
  expect(result.current.conflict).toBeUndefined();
  act(() => result.current.setDraft("both"));
  act(() => result.current.save());
  await waitFor(() => expect(note.now().text).toBe("both"));
});
