import { queryOptions, useQuery } from "@tanstack/react-query";
import { setWorkspaceFormat } from "../format";
import type { ApiError } from "./error";
import { get } from "./request";

export type Role = "admin" | "manager" | "approver" | "sales_rep" | "viewer";

/** What a person may do; the API refuses the rest, the window says why beforehand. */
export type Permission =
  | "read"
  | "editCustomers"
  | "editContent"
  | "runCampaigns"
  | "approve"
  | "workBoard"
  | "redeem"
  | "manageJobs"
  | "writeScripts"
  | "manageSettings"
  | "manageUsers"
  | "readAudit";

/** Who is signed in, and where. */
export interface Session {
  user: {
    id: string;
    name: string;
    email: string;
    role: Role;
    locale: string;
    mustChangePassword: boolean;
    preferences: Record<string, unknown>;
  };
  workspace: {
    id: string;
    name: string;
    timezone: string;
    currency: string;
    locale: string;
    approvalRequired: boolean;
    /** Without one, opens and clicks read "not tracked". */
    publicBaseUrl: string | null;
  };
  permissions: Permission[];
}

/** Numbers and times are written as the workspace has them from here on. */
export function takeSession(session: Session): Session {
  setWorkspaceFormat({
    timeZone: session.workspace.timezone,
    currency: session.workspace.currency,
  });
  return session;
}

export const sessionQuery = queryOptions<Session, ApiError>({
  queryKey: ["session"],
  queryFn: async ({ signal }) => takeSession(await get<Session>("/session", undefined, signal)),
  staleTime: 5 * 60_000,
});

/** The session, or `undefined` while nobody is known to be signed in. */
export const useSession = (): Session | undefined => useQuery(sessionQuery).data;

/** `const may = useMay(); may("approve")`. */
export function useMay(): (permission: Permission) => boolean {
  const session = useSession();
  return (permission) => session?.permissions.includes(permission) ?? false;
}
