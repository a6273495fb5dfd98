import { saveFile } from "../../host";
import { API, ApiError } from "../../shared/api";
import { t } from "../../shared/i18n";

/** Fetches a file of the API and hands it to the person, under the name that the server gives it. */
export async function download(path: string, fallback: string): Promise<void> {
  const response = await fetch(`${API}${path}`, { credentials: "same-origin" });
  if (!response.ok) {
    const body = await response.json().catch(() => undefined);
    const message = body?.error?.message ?? t("The file could not be made.");
    throw new ApiError(response.status, body?.error?.code ?? "unreadable", message);
  }
  const named = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  await saveFile(named ?? fallback, await response.blob());
}
