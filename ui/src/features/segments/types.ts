/** Segments as the API gives them. */
export type SegmentKind = "static" | "dynamic" | "behavioral";

export interface Segment {
  id: string;
  name: string;
  description: string;
  type: SegmentKind;
  criteria: unknown;
  sizeEstimate: number | null;
  evaluatedAt: string | null;
  version: number;
  campaignCount: number;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
}

export interface SegmentDetail extends Segment {
  usedBy: { id: string; name: string; status: string }[];
  listed: number | null;
}

export type FieldType =
  | "text"
  | "channel"
  | "number"
  | "decimal"
  | "bool"
  | "date"
  | "moment"
  | "behaviour";

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  operators: string[];
  isCustom: boolean;
  values: { value: string; customers: number }[];
}

export interface Member {
  id: number;
  firstName: string;
  lastName: string;
  email: string | null;
  phone: string | null;
  city: string | null;
  tier: string | null;
  clientType: string | null;
  lastPurchaseDate: string | null;
  lastOrderAt: string | null;
}

export interface Estimate {
  size: number;
  total: number;
  withEmail: number;
  withPhone: number;
  sample: Member[];
  query: string;
  parameters: unknown[];
  lines: { path: number[]; size: number }[] | null;
  durationMs: number;
  evaluatedAt: string;
}

export interface SegmentRun {
  id: number;
  runId: number | null;
  size: number;
  durationMs: number;
  evaluatedAt: string;
  query: string;
}

export interface ListOutcome {
  changed: number;
  unchanged: number;
  notFound: string[];
  notFoundCount: number;
  listed: number;
}

/** "Wanjiru Kamau", or whatever names somebody without one. */
export const memberName = (m: Member): string =>
  `${m.firstName} ${m.lastName}`.trim() || m.email || m.phone || `#${m.id}`;
