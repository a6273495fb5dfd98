/**
 * The only place that knows whether Muster runs in its own window (Tauri) or in a browser.
 * Nothing else may import `@tauri-apps/*`.
 */
import { type LiveEvent, type LiveListener, subscribeBrowser } from "./browser";

export type { LiveEvent };

/** True inside the desktop window. */
export const inWindow = (): boolean => "__TAURI_INTERNALS__" in window;

/** Live events until the returned function is called. The window's own server can always be heard. */
export function subscribe(listener: LiveListener): () => void {
  if (!inWindow()) return subscribeBrowser(listener);
  let stop = () => {};
  let stopped = false;
  void import("./window").then(async (host) => {
    const end = await host.subscribeWindow(listener);
    if (stopped) end();
    else stop = end;
  });
  return () => {
    stopped = true;
    stop();
  };
}

/** A notification of the system, if the person allows it. Never throws. */
export async function notify(title: string, body: string): Promise<void> {
  if (inWindow()) return (await import("./window")).notifyWindow(title, body);
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  new Notification(title, { body, icon: "/muster.svg" });
}

/** Lets the person choose one file; `undefined` when they close the dialog. `accept` as in HTML. */
export function openFile(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", () => resolve(input.files?.[0]), { once: true });
    input.addEventListener("cancel", () => resolve(undefined), { once: true });
    input.click();
  });
}

/** Hands a file to the person: the window asks where to keep it, a browser downloads it. */
export async function saveFile(name: string, content: Blob): Promise<void> {
  if (inWindow()) return (await import("./window")).saveWindow(name, content);
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Opens an address outside Muster. */
export async function openOutside(url: string): Promise<void> {
  if (inWindow()) return (await import("./window")).openOutsideWindow(url);
  window.open(url, "_blank", "noopener,noreferrer");
}

/** Starts the program anew; false where only the one who runs the server can. */
export async function restart(): Promise<boolean> {
  if (!inWindow()) return false;
  await (await import("./window")).restartWindow();
  return true;
}
