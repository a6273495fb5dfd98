/** A line between two boxes, as pictures of jobs and steps draw it. */
export interface GraphLine {
  from: string;
  to: string;
  /** Dashed: it need not be kept to. */
  isLoose?: boolean;
  /** What is waited for has happened. */
  isDone?: boolean;
  label?: string;
}

export interface Joined {
  lines: GraphLine[];
  /** Points at which lines meet; they say nothing by themselves. */
  joints: string[];
}

/**
 * Where several wait for the same several others, their lines meet in one point: six steps after six steps are twelve
 * lines and not thirty-six. Lines that say something of their own stay as they are.
 */
export function joined(lines: GraphLine[]): Joined {
  const plain = (line: GraphLine) => !line.isLoose && !line.label;
  const into = new Map<string, GraphLine[]>();
  for (const line of lines.filter(plain)) into.set(line.to, [...(into.get(line.to) ?? []), line]);
  const alike = new Map<string, GraphLine[][]>();
  for (const found of into.values()) {
    const key = JSON.stringify(found.map((line) => line.from).sort());
    alike.set(key, [...(alike.get(key) ?? []), found]);
  }
  const kept = lines.filter((line) => !plain(line));
  const joints: string[] = [];
  for (const [key, groups] of alike) {
    const [first = []] = groups;
    if (groups.length < 2 || first.length < 2) {
      kept.push(...groups.flat());
      continue;
    }
    const joint = `joint ${key}`;
    joints.push(joint);
    kept.push(...first.map((line) => ({ ...line, to: joint })));
    const isDone = first.every((line) => line.isDone);
    kept.push(...groups.flatMap(([line]) => (line ? [{ from: joint, to: line.to, isDone }] : [])));
  }
  return { lines: kept, joints };
}
