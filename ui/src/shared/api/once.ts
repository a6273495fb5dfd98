/**
 * Calls that must not be done twice carry an idempotency key. So a call whose answer the network lost is made again: the
 * server does it now, or gives the answer that it gave before.
 */

/** What is asked while somebody types, and signing in: nothing that could be done twice. */
const WITHOUT = [
  /^\/(session|setup|board\/presence|customers\/import|segments\/estimate)$/,
  /^\/templates\/(check|preview)$/,
  /^\/jobs\/check$/,
  // A program's door, with a token of its own.
  /^\/hooks\//,
  /^\/(campaigns|offers)\/[^/]+\/preview$/,
];

/** A network that is gone for a moment is there again after this time. */
const AGAIN_MS = 1_000;
/** How often to ask whether the first call has come to its end: a large campaign takes a while to start. */
const ASKED = 60;

/** PUT, PATCH and DELETE say what shall be, and saying it twice changes nothing. */
export const takesKey = (method: string, path: string): boolean =>
  method === "POST" && !WITHOUT.some((without) => without.test(path));

/** A new key. `crypto.randomUUID` is missing where a team's server has no certificate. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** `fetch` for a call with a key: made once more when no answer comes, and asked about while it is still under way. */
export async function fetchOnce(url: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    await pause(AGAIN_MS);
    answer = await fetch(url, init);
  }
  // Of all refusals with 409 only this one says when to ask again.
  for (let asked = 0; asked < ASKED && answer.status === 409; asked++) {
    const seconds = Number(answer.headers.get("retry-after"));
    if (!seconds) break;
    await pause(seconds * 1_000);
    answer = await fetch(url, init);
  }
  return answer;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
