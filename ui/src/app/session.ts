import { useGet } from "../shared/api";
import { t } from "../shared/i18n";

/** Who is signed in, where, and what waits for them. */
export interface Session {
  user?: { id: string; name: string; email: string; role: string };
  workspace: string;
  counts: { approvals: number; cards: number; jobs: number };
  sending: { perMinute: number; running: number };
  unread: number;
}

const nobody: Session = {
  workspace: t("Muster"),
  counts: { approvals: 0, cards: 0, jobs: 0 },
  sending: { perMinute: 0, running: 0 },
  unread: 0,
};

/** The session as last known; before the first answer it is nobody's. */
export function useSession(): Session {
  const { data } = useGet<Partial<Session>>("/auth/session");
  return { ...nobody, ...data };
}
