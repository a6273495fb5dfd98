import { useEffect } from "react";

export interface Crumb {
  label: string;
  href: string;
}
interface Title {
  title: string;
  parents: Crumb[];
}

let current: Title = { title: "", parents: [] };
const listeners = new Set<() => void>();

export const readTitle = (): Title => current;
export function watchTitle(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says where the person is: breadcrumbs of the top bar and the window's title. */
export function useTitle(title: string, parents: Crumb[] = []): void {
  const trail = JSON.stringify(parents);
  useEffect(() => {
    current = { title, parents: JSON.parse(trail) as Crumb[] };
    document.title = title ? `${title} · Muster` : "Muster";
    for (const listener of listeners) listener();
  }, [title, trail]);
}
