import type { Preview } from "../../shared/message";

export interface Approval {
  id: string;
  objectType: "campaign" | "offer";
  objectId: string;
  objectVersion: number;
  name: string;
  status: "pending" | "approved" | "rejected" | "withdrawn" | "expired";
  requiredApprovals: number;
  givenApprovals: number;
  audienceSize: number | null;
  cost: string | null;
  currency: string;
  note: string;
  channel: string | null;
  objective: string | null;
  scheduledAt: string | null;
  timezone: string | null;
  dueAt: string | null;
  submittedByName: string;
  submittedAt: string;
  decidedAt: string | null;
  mayDecide: boolean;
  whyNot: string | null;
}

export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

export interface ApprovalDetail extends Approval {
  campaign: {
    id: string;
    version: number;
    throttleConfig: { messagesPerHour: number | null } | null;
    controlPercent: number;
    timezone: string;
  } | null;
  readiness: {
    problems: { code: string; severity: "error" | "warning"; message: string }[];
    audience: {
      people: number;
      messages: number;
      segments: { segmentId: string; name: string; members: number; counted: number }[];
      control: number;
      suppressed: number;
      withoutAddress: number;
      excluded: number;
    };
    durationSeconds: number | null;
    cost: string | null;
    currency: string;
  } | null;
  samples: {
    contactId: number;
    messages: { offerName: string | null; message: Preview | null }[];
  }[];
  previous: {
    version: number;
    audienceSize: number | null;
    cost: string | null;
    approvedAt: string | null;
    snapshot: Record<string, unknown> | null;
  } | null;
  changes: Change[];
  decisions: {
    userId: string;
    userName: string;
    isApproved: boolean;
    comment: string;
    decidedAt: string;
  }[];
}
