import { saveFile } from "../../../host";
import { get, request } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import type { JobFile, Problem } from "../model/types";

/** What an import makes of one job of a file. */
export interface ImportedJob {
  code: string;
  name: string;
  outcome: "created" | "changed" | "unchanged";
}

export interface ImportPlan {
  jobs: ImportedJob[];
  /** Scripts that the file brings along. */
  scripts: ImportedJob[];
  problems: Problem[];
}

/** Hands the person a job file, of all own jobs or of some. */
export async function exportJobs(ids?: string[]): Promise<void> {
  const file = await get<JobFile>("/jobs/export", { ids });
  const name = file.jobs.length === 1 ? `${file.jobs[0]?.code}.json` : "jobs.json";
  const text = `${JSON.stringify(file, null, 2)}\n`;
  await saveFile(name, new Blob([text], { type: "application/json" }));
}

/** Says what a file would do, or does it. The same file twice changes nothing. */
export async function importJobs(file: JobFile, isDryRun: boolean): Promise<ImportPlan> {
  const answer = await request<ImportPlan>("/jobs/import", {
    method: "POST",
    query: isDryRun ? { dryRun: true } : undefined,
    body: file,
  });
  return answer.data;
}

/** A job file out of what somebody dropped or pasted: the whole of it, or one job alone. */
export function readFile(text: string): { file?: JobFile; error?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: t("This is not a job file: it is not JSON.") };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { error: t("This is not a job file: it begins otherwise.") };
  }
  if ("jobs" in value || "job_dependencies" in value || "saved_scripts" in value) {
    return { file: value as JobFile };
  }
  if ("code" in value) return { file: { jobs: [value] } as unknown as JobFile };
  return { error: t("This is not a job file: there are no jobs in it.") };
}
