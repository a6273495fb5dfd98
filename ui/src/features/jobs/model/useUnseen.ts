import { usePage } from "../../../shared/api";
import type { Alert } from "./types";

/** How many alerts nobody has seen yet. */
export const useUnseen = (): number =>
  usePage<Alert>("/jobs/alerts", { unseen: true, pageSize: 1 }).data?.pagination?.total_count ?? 0;
