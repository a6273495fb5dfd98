/** One thing that is wrong, with where in the request it is (`content.subject`, `conditions.2.value`). */
export interface ErrorDetail {
  path: string;
  code: string;
  message: string;
}

/** What the server refused, or the network. `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: ErrorDetail[] = [],
    /** Short reference to find the same moment in the log. */
    readonly reference?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** The messages by field, for a form's `setErrors`. */
  fieldErrors(): Record<string, string> {
    return Object.fromEntries(this.details.map((detail) => [detail.path, detail.message]));
  }
}

/** Any thrown value as something a person can read. */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ApiError(0, "unexpected", message);
}
