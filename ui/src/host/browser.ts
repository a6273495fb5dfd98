/** One change as the server pushes it. */
export interface LiveEvent {
  /** `campaigns`, `campaign:<id>`, `board`, `import:<id>` … */
  topic: string;
  /** The newest state, or an empty object where one should ask again. */
  data: unknown;
}

export interface LiveListener {
  onEvent: (event: LiveEvent) => void;
  /** Events may have been lost: everything shown is stale. */
  onGap: () => void;
  /** Whether the server can be heard. */
  onConnection: (connected: boolean) => void;
}

/** A browser gives up for good when it was answered with an error; it is asked anew after this time. */
const AGAIN_MS = 5_000;

/** Server-sent events; after a lost connection they come again by themselves. */
export function subscribeBrowser({ onEvent, onGap, onConnection }: LiveListener): () => void {
  let opened = false;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource("/api/v1/live");
    source.addEventListener("open", () => {
      if (opened) onGap();
      opened = true;
      onConnection(true);
    });
    source.addEventListener("error", () => {
      onConnection(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
    source.addEventListener("change", (message) => {
      for (const event of parse(message.data)) onEvent(event);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
    onConnection(true);
  };
}

export function parse(text: string): LiveEvent[] {
  try {
    const events = JSON.parse(text) as LiveEvent[];
    return Array.isArray(events) ? events.filter((event) => typeof event.topic === "string") : [];
  } catch {
    return [];
  }
}
