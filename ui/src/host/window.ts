import { Channel, invoke } from "@tauri-apps/api/core";
import type { LiveEvent, LiveListener } from "./browser";

/**
 * The shell's command `live_subscribe(onEvent)` answers a number for `live_unsubscribe(id)`. It sends `null` where
 * events may have been lost.
 */
export async function subscribeWindow({ onEvent, onGap }: LiveListener): Promise<() => void> {
  const channel = new Channel<LiveEvent | null>();
  channel.onmessage = (event) => (event ? onEvent(event) : onGap());
  const id = await invoke<number>("live_subscribe", { onEvent: channel });
  return () => void invoke("live_unsubscribe", { id });
}

export async function notifyWindow(title: string, body: string): Promise<void> {
  await invoke("notify", { title, body });
}

/** The shell's command `save_file(name, bytes)` opens the system's dialog. */
export async function saveWindow(name: string, content: Blob): Promise<void> {
  const bytes = Array.from(new Uint8Array(await content.arrayBuffer()));
  await invoke("save_file", { name, bytes });
}

export async function openOutsideWindow(url: string): Promise<void> {
  await invoke("open_outside", { url });
}

/** Ends the program and starts it again, with its new database. */
export async function restartWindow(): Promise<void> {
  await invoke("restart");
}
