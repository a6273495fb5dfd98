/**
 * A thin query layer. Keys begin with the collection (`["campaigns", path, query]`), so that a live
 * event or a mutation can make everything of one collection stale by its name.
 */
import {
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { ApiError } from "./error";
import { get, type Pagination, type Query, request } from "./request";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (tries, error) => tries < 2 && error instanceof ApiError && error.status === 0,
      },
      mutations: { retry: false },
    },
  });
}

/** "/campaigns/123/stats" → "campaigns": the collection a path belongs to. */
export const collectionOf = (path: string): string => path.split("/")[1] ?? path;
export const keyOf = (path: string, query?: Query) => [collectionOf(path), path, query ?? {}];

/**
 * What stands in place of an answer that is not there yet: the last answer of the same path, asked with other filters.
 * What another path said, of another campaign say, would be shown under a wrong name.
 */
const former =
  (path: string) =>
  <T>(data: T | undefined, query?: { queryKey: readonly unknown[] }): T | undefined =>
    query?.queryKey[1] === path ? data : undefined;

/** A list's rows; that a former question found none is no answer to this one, and "nothing" is not said before it came. */
export const answered = <Row>(rows: Row[] | undefined, isFormer: boolean): Row[] | undefined =>
  isFormer && rows?.length === 0 ? undefined : rows;

interface GetOptions {
  enabled?: boolean;
  /** Ask again every so many milliseconds; live events are the better way. */
  refetchMs?: number;
  staleMs?: number;
}

/** `const campaign = useGet<Campaign>(`/campaigns/${id}`)`. The path's last answer stays while the query changes. */
export function useGet<T>(path: string, query?: Query, options: GetOptions = {}) {
  return useQuery<T, ApiError>({
    queryKey: keyOf(path, query),
    queryFn: ({ signal }) => get<T>(path, query, signal),
    placeholderData: former(path),
    enabled: options.enabled,
    refetchInterval: options.refetchMs,
    staleTime: options.staleMs,
  });
}

/** One numbered page with its totals. */
export function usePage<T>(path: string, query?: Query, options: GetOptions = {}) {
  return useQuery<{ data: T[]; pagination?: Pagination }, ApiError>({
    queryKey: [...keyOf(path, query), "page"],
    queryFn: ({ signal }) => request<T[]>(path, { query, signal }),
    placeholderData: former(path),
    enabled: options.enabled,
    refetchInterval: options.refetchMs,
    staleTime: options.staleMs,
  });
}

/**
 * A list of any length, loaded as it is scrolled: by cursor where the server gives one, else by page.
 * The result fits `DataTable`: `<DataTable {...list.table} …/>`.
 */
export function useList<T>(path: string, query?: Query, options: GetOptions = {}) {
  const result = useInfiniteQuery({
    queryKey: [...keyOf(path, query), "list"],
    initialPageParam: {} as Query,
    queryFn: ({ pageParam, signal }) =>
      request<T[]>(path, { query: { pageSize: 100, ...query, ...pageParam }, signal }),
    getNextPageParam: (last) => nextPage(last.pagination),
    placeholderData: former(path),
    enabled: options.enabled,
    staleTime: options.staleMs,
  });
  const kept = useMemo(() => result.data?.pages.flatMap((page) => page.data), [result.data]);
  const rows = answered(kept, result.isPlaceholderData);
  const total = rows && result.data?.pages[0]?.pagination?.total_count;
  return {
    ...result,
    rows,
    total,
    table: {
      rows,
      total,
      error: result.error as ApiError | null,
      onRetry: () => void result.refetch(),
      hasMore: result.hasNextPage,
      loadingMore: result.isFetchingNextPage,
      onLoadMore: () => void result.fetchNextPage(),
    },
  };
}

function nextPage(pagination?: Pagination): Query | undefined {
  if (!pagination) return undefined;
  if (pagination.next_cursor) return { cursor: pagination.next_cursor };
  const { page = 1, total_pages = 1 } = pagination;
  return pagination.next_cursor === undefined && page < total_pages
    ? { page: page + 1 }
    : undefined;
}

interface SendOptions<In, Out> {
  /** Collections that are stale afterwards, e.g. `["campaigns", "approvals"]`. */
  stale?: string[];
  onSuccess?: (out: Out, input: In) => void;
}

/** A change: `const approve = useSend((id: string) => post(`/approvals/${id}/approve`), { stale: ["approvals"] })`. */
export function useSend<In, Out>(
  act: (input: In) => Promise<Out>,
  options: SendOptions<In, Out> = {},
) {
  const client = useQueryClient();
  return useMutation<Out, ApiError, In>({
    mutationFn: act,
    onSuccess: async (out, input) => {
      for (const name of options.stale ?? []) {
        void client.invalidateQueries({ queryKey: [name] });
      }
      options.onSuccess?.(out, input);
    },
  });
}
