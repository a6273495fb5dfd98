import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { CustomerStretch, CustomerView } from "../../gen";
import { type ApiError, answered, get, keyOf, type Query, request } from "../../shared/api";

/** What the list is narrowed down to; the address bar of the API. */
export interface CustomerFilter {
  search: string;
  tier: string;
  city: string;
  clientType: string;
  preferredLanguage: string;
  /** "true", "false" or "" for all. */
  optedOut: string;
  isActive: string;
}

export const noFilter: CustomerFilter = {
  search: "",
  tier: "",
  city: "",
  clientType: "",
  preferredLanguage: "",
  optedOut: "",
  isActive: "",
};

const STRETCH = 100;

/** Customers by keyset, loaded as they are scrolled; the count is asked apart, so that no row waits for it. */
export function useCustomers(filter: CustomerFilter) {
  const query: Query = { ...filter };
  const list = useInfiniteQuery<CustomerStretch, ApiError, CustomerView[], unknown[], number>({
    queryKey: [...keyOf("/customers/browse", query), "stretches"],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      get<CustomerStretch>(
        "/customers/browse",
        { ...query, limit: STRETCH, cursor: pageParam || undefined },
        signal,
      ),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.customers),
    placeholderData: keepPreviousData,
  });
  const count = useQuery<number, ApiError>({
    queryKey: [...keyOf("/customers", query), "count"],
    queryFn: async ({ signal }) => {
      const answer = await request<unknown>("/customers", {
        query: { ...query, pageSize: 1 },
        signal,
      });
      return answer.pagination?.total_count ?? 0;
    },
    placeholderData: keepPreviousData,
  });
  const table = useMemo(
    () => ({
      rows: answered(list.data, list.isPlaceholderData),
      total: count.data,
      error: list.error,
      onRetry: () => void list.refetch(),
      hasMore: list.hasNextPage,
      loadingMore: list.isFetchingNextPage,
      onLoadMore: () => void list.fetchNextPage(),
    }),
    [list, count.data],
  );
  return { table, total: count.data };
}
