/** One change as the server pushes it. */
export interface LiveEvent {
  /** `campaigns`, `campaign:<id>`, `board`, `import:<id>` … */
  topic: string;
  /** The newest state, or an empty object where one should ask again. */
  data: unknown;
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
  source.addEventListener("change", (message) => {
    for (const event of parse(message.data)) onEvent(event);
  });
  return () => source.close();
}

export function parse(text: string): LiveEvent[] {
  try {
    const events = JSON.parse(text) as LiveEvent[];
    return Array.isArray(events) ? events.filter((event) => typeof event.topic === "string") : [];
  } catch {
    return [];
  }
}
