import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ApiError, post } from "../../shared/api";
import type { Estimate } from "./types";

/** Wait until typing pauses before people are counted. */
const PAUSE_MS = 300;
/** Counted again while the screen stays open. */
const AGAIN_MS = 60_000;

/** The size of criteria or of a stored list, kept while a new one is counted. */
export function useEstimate(what: { criteria?: unknown; segmentId?: string }) {
  const [body] = useDebouncedValue(JSON.stringify(what), PAUSE_MS);
  const ask = (extra: object) =>
    post<Estimate>("/segments/estimate", { ...JSON.parse(body), ...extra });
  const size = useQuery<Estimate, ApiError>({
    queryKey: ["segments", "estimate", body],
    queryFn: () => ask({ sampleSize: 5 }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const isCurrent = size.isSuccess && !size.isPlaceholderData;
  const lines = useQuery<Estimate, ApiError>({
    queryKey: ["segments", "estimate", "lines", body],
    queryFn: () => ask({ sampleSize: 0, withLines: true }),
    placeholderData: keepPreviousData,
    enabled: isCurrent && what.criteria !== undefined,
  });
  return { size, lines, isCurrent: isCurrent && JSON.stringify(what) === body };
}
