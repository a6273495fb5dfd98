import { useMemo, useState } from "react";
import { patch, post, useMay, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { fromCriteria, type Group, toCriteria, unfinished } from "./tree";
import type { SegmentDetail } from "./types";

/** What is being edited, apart from what is stored. */
export function useDraft(segment: SegmentDetail | undefined) {
  const go = useGo();
  const may = useMay()("editContent") && !segment?.archivedAt;
  const [name, setName] = useState(segment?.name ?? "");
  const [description, setDescription] = useState(segment?.description ?? "");
  const [root, setRoot] = useState<Group>(() => fromCriteria(segment?.criteria));
  const [isList, setIsList] = useState(segment?.type === "static");
  /** The version that the draft began from: somebody else's change makes saving fail, not vanish. */
  const [seen, setSeen] = useState(segment?.version);
  const [stored, setStored] = useState(segment);

  const criteria = useMemo(() => toCriteria(root).criteria, [root]);
  const before = useMemo(() => toCriteria(fromCriteria(stored?.criteria)).criteria, [stored]);
  const isChanged =
    stored === undefined
      ? name !== "" || description !== "" || root.items.length > 0
      : name !== stored.name ||
        description !== stored.description ||
        (!isList && JSON.stringify(criteria) !== JSON.stringify(before)) ||
        (!isList && unfinished(root) > 0);

  const save = useSend(
    () => {
      const body = { name, description, ...(isList ? {} : { criteria }) };
      return segment
        ? patch<SegmentDetail>(`/segments/${segment.id}`, { ...body, version: seen })
        : post<SegmentDetail>("/segments", { ...body, type: isList ? "static" : "dynamic" });
    },
    {
      stale: ["segments"],
      onSuccess: (saved) => {
        setSeen(saved.version);
        setStored(saved);
        say(t("Segment saved"));
        if (!segment) go(`/segments/${saved.id}`);
      },
    },
  );

  const open = isList ? 0 : unfinished(root);
  const reason = !may
    ? segment?.archivedAt
      ? t("This segment is archived")
      : t("Managers build segments")
    : name.trim() === ""
      ? t("The segment needs a name")
      : open > 0
        ? tn(open, "{n} condition has no value yet", "{n} conditions have no value yet")
        : segment && !isChanged
          ? t("Saved")
          : undefined;

  const discard = () => {
    if (!stored) return go("/segments");
    setName(stored.name);
    setDescription(stored.description);
    setRoot(fromCriteria(stored.criteria));
    save.reset();
  };
  return {
    may,
    name,
    setName,
    description,
    setDescription,
    root,
    setRoot,
    isList,
    setIsList,
    isChanged,
    save,
    reason,
    discard,
  };
}
