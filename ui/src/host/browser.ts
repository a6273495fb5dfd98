/** What the server pushes: `topic` names a collection ("campaigns"), `id` the row, if it is about one. */
export interface LiveEvent {
  topic: string;
  id?: string;
  /** What happened, such as "campaign.started"; the newest state when the server sends it along. */
  name?: string;
  data?: unknown;
}

/** Server-sent events; the browser reconnects by itself, what was missed is reported by `onGap`. */
export function subscribeBrowser(
  onEvent: (event: LiveEvent) => void,
  onGap: () => void,
): () => void {
  const source = new EventSource("/api/v1/live");
  let opened = false;
  source.addEventListener("open", () => {
    if (opened) onGap();
    opened = true;
  });
  source.addEventListener("message", (message) => {
    const event = parse(message.data);
    if (event) onEvent(event);
  });
  return () => source.close();
}

export function parse(text: string): LiveEvent | undefined {
  try {
    const event = JSON.parse(text) as LiveEvent;
    return typeof event.topic === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}
