import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { get, keyOf, useGet, useSend } from "../api";

/** What is stored of a thing that several may change: each change moves its version. */
interface Versioned {
  id: string;
  version: number;
}

interface Options<Draft, Stored extends Versioned> {
  /** Where such things are, `/jobs`. */
  path: string;
  /** None: it is made anew. */
  stored?: Stored;
  begin: Draft;
  draftOf: (stored: Stored) => Draft;
  /** Makes it, or changes the version that is given: 409 `stale` when it is of another by now. */
  send: (draft: Draft, version: number | undefined) => Promise<Stored>;
  /** Collections that are stale afterwards. */
  stale: string[];
  onSaved: (made: Stored) => void;
}

/**
 * A draft of something that others may change meanwhile: saving is refused then and nothing is lost, and there are two ways
 * out (see `Conflict`).
 */
export function useVersioned<Draft, Stored extends Versioned>(options: Options<Draft, Stored>) {
  const { path, stored, draftOf } = options;
  const client = useQueryClient();
  const [draft, setDraft] = useState(options.begin);
  // What the draft began with. What is asked again while somebody writes would hide that it is of another version.
  const [base, setBase] = useState({ version: stored?.version, draft: options.begin });
  const address = `${path}/${stored?.id}`;
  const save = useSend<number | undefined, Stored>(
    (version) => options.send(draft, version ?? base.version),
    {
      stale: options.stale,
      onSuccess: (made) => {
        client.setQueryData(keyOf(`${path}/${made.id}`), made);
        setBase({ version: made.version, draft });
        options.onSaved(made);
      },
    },
  );
  const isConflict = save.error?.status === 409 && save.error.code === "stale";
  const theirs = useGet<Stored>(
    address,
    { now: base.version },
    { enabled: isConflict, staleMs: 0 },
  );
  return {
    draft,
    setDraft,
    /** What the draft was when it was last read or saved. */
    base: base.draft,
    save: () => save.mutate(undefined),
    isBusy: save.isPending,
    /** Why it could not be saved, where that is no conflict. */
    error: isConflict ? undefined : (save.error ?? undefined),
    /** Back to what is stored. */
    undo: () => {
      setDraft(base.draft);
      save.reset();
    },
    conflict: isConflict
      ? {
          theirs: theirs.data && draftOf(theirs.data),
          saveOver: async () => save.mutate((await get<Stored>(address)).version),
          takeTheirs: async () => {
            const now = await get<Stored>(address);
            const next = draftOf(now);
            client.setQueryData(keyOf(address), now);
            setDraft(next);
            setBase({ version: now.version, draft: next });
            save.reset();
          },
        }
      : undefined,
  };
}
