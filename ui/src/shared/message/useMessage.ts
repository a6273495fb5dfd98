import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ApiError, post, useGet } from "../api";
import type { InsertableField, MessageCheck, MessageText, Preview } from "./types";

/** Typing rests this long before the message is checked. */
const REST_MS = 250;

/** Mistakes with line and column, names used and the parts of an SMS, while typing. */
export function useCheck(text: MessageText, hasCode: boolean): MessageCheck | undefined {
  const [rested] = useDebouncedValue(text, REST_MS);
  return useQuery<MessageCheck, ApiError>({
    queryKey: ["templates", "check", rested, hasCode],
    queryFn: () => post<MessageCheck>("/templates/check", { ...rested, hasCode }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  }).data;
}

/** The message as one customer would get it; the last good one stays while something is wrong. */
export function usePreview(text: MessageText, customerId: number | null, code: string) {
  const [rested] = useDebouncedValue(text, REST_MS);
  return useQuery<Preview, ApiError>({
    queryKey: ["templates", "preview", rested, customerId, code],
    queryFn: () => post<Preview>("/templates/preview", { ...rested, customerId, code }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

/** Every name that messages of this workspace may use. */
export const useFields = (): InsertableField[] =>
  useGet<InsertableField[]>("/templates/fields", undefined, { staleMs: 5 * 60_000 }).data ?? [];
