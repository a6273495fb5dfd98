import { t } from "../i18n";
import { ApiError, type ErrorDetail } from "./error";
import { fetchOnce, newKey, takesKey } from "./once";

export const API = "/api/v1";

export type QueryValue = string | number | boolean | null | undefined | (string | number)[];
export type Query = Record<string, QueryValue>;

/** Page and keyset answers carry what is needed to ask for more. */
export interface Pagination {
  page?: number;
  page_size?: number;
  total_count?: number;
  total_pages?: number;
  next_cursor?: string | null;
}

export interface Answer<T> {
  data: T;
  pagination?: Pagination;
  /** How many replies of each class there are, beside lists of replies. */
  dispositions?: { disposition: string; count: number }[];
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  query?: Query;
  /** JSON, or `FormData`/`Blob` as it is. */
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

let onSignedOut: () => void = () => {};

/** Called once for every 401 but those of signing in itself. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

export function withQuery(path: string, query?: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === "") continue;
    params.append(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** One request to the API; `path` starts behind `/api/v1`. Throws `ApiError`. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const raw = options.body instanceof FormData || options.body instanceof Blob;
  const method = options.method ?? "GET";
  // One key for one action of the person: the call is repeated with it, and done once.
  const key = !raw && takesKey(method, path) ? { "idempotency-key": newKey() } : undefined;
  const response = await send(key ? fetchOnce : fetch, `${API}${withQuery(path, options.query)}`, {
    method,
    signal: options.signal,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(options.body !== undefined && !raw ? { "content-type": "application/json" } : {}),
      ...key,
      ...options.headers,
    },
    body:
      options.body === undefined
        ? undefined
        : raw
          ? (options.body as BodyInit)
          : JSON.stringify(options.body),
  });
  if (response.ok) return readAnswer<T>(response);
  const error = await readError(response);
  if (response.status === 401 && path !== "/session") onSignedOut();
  throw error;
}

async function send(door: typeof fetchOnce, url: string, init: RequestInit): Promise<Response> {
  try {
    return await door(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(
      0,
      "no_answer",
      t("Muster’s server does not answer. What was sent before is safe; trying again may help."),
    );
  }
}

async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  if (response.status === 204) return { data: undefined as T };
  const body = (await response.json()) as Answer<T>;
  const answer: Answer<T> = { data: body.data, pagination: body.pagination };
  if (body.dispositions) answer.dispositions = body.dispositions;
  return answer;
}

async function readError(response: Response): Promise<ApiError> {
  const reference = response.headers.get("x-request-id")?.slice(0, 8);
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; details?: ErrorDetail[] };
    };
    return new ApiError(response.status, error.code, error.message, error.details, reference);
  } catch {
    const message = t("The server answered {status} without saying why.", {
      status: response.status,
    });
    return new ApiError(response.status, "unreadable", message, [], reference);
  }
}

export const get = async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  (await request<T>(path, { query, signal })).data;
export const post = async <T>(path: string, body?: unknown): Promise<T> =>
  (await request<T>(path, { method: "POST", body: body ?? {} })).data;
export const patch = async <T>(path: string, body: unknown): Promise<T> =>
  (await request<T>(path, { method: "PATCH", body })).data;
export const put = async <T>(path: string, body: unknown): Promise<T> =>
  (await request<T>(path, { method: "PUT", body })).data;
export const remove = async <T>(path: string): Promise<T> =>
  (await request<T>(path, { method: "DELETE" })).data;
