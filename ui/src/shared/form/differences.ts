type Fields = Record<string, unknown>;

/** Where two things differ: their fields by their names, and the parts of one list each by its own. */
export function differences(
  mine: object,
  theirs: object,
  parts: { list: string; id: string },
): string[] {
  const [here, there] = [mine, theirs] as [Fields, Fields];
  const fields = [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(
    (field) => field !== parts.list && sorted(here[field]) !== sorted(there[field]),
  );
  const partsOf = (whole: Fields) => {
    const list = whole[parts.list];
    const named = (Array.isArray(list) ? list : []) as Fields[];
    return new Map(named.map((part) => [String(part?.[parts.id]), part]));
  };
  const [ours, others] = [partsOf(here), partsOf(there)];
  const changed = [...new Set([...ours.keys(), ...others.keys()])].filter(
    (id) => sorted(ours.get(id)) !== sorted(others.get(id)),
  );
  return [...fields, ...changed];
}

/** As text, whatever the order of the names in it. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    one && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => a.localeCompare(b)))
      : one,
  ) ?? "";
