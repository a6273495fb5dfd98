import type { Role } from "../../shared/api";

/** Somebody who signed in on this device before: a name to pick, never a password. */
export interface Known {
  name: string;
  email: string;
  role: Role;
  at: number;
}
const KEPT = "muster.known";
const MOST = 4;

export function knownPeople(): Known[] {
  try {
    const list = JSON.parse(localStorage.getItem(KEPT) ?? "[]") as Known[];
    return Array.isArray(list) ? list.slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember(person: Known): void {
  const others = knownPeople().filter((known) => known.email !== person.email);
  localStorage.setItem(KEPT, JSON.stringify([person, ...others].slice(0, MOST)));
}
