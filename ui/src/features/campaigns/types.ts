import type { Preview } from "../../shared/message";

export type CampaignStatus =
  | "draft"
  | "scheduled"
  | "running"
  | "paused"
  | "completed"
  | "cancelled"
  | "failed";
export type ApprovalStatus = "not_submitted" | "pending" | "approved" | "rejected";
export type CampaignChannel = "email" | "sms" | "whatsapp" | "push" | "multi";
export type TargetingType =
  | "multiple_target_group"
  | "round_robin"
  | "multiple_level"
  | "champion_challenger";

export interface CampaignSegment {
  segmentId: string;
  name: string;
  role: "include" | "exclude";
  priority: number;
  size: number | null;
}

export interface CampaignOffer {
  segmentId: string;
  offerId: string;
  name: string;
  status: string;
  priority: number;
  intervalConfig: Record<string, unknown> | null;
  conditionConfig: Record<string, unknown> | null;
  validUntil: string | null;
}

export interface InlineContent {
  subject: string;
  preheader: string;
  textBody: string;
  htmlBody: string;
}

export interface Variant {
  variantId: string;
  name: string;
  subject: string | null;
  templateId: string | null;
  weight: number;
  isWinner?: boolean;
}

export interface AbTest {
  variants: Variant[];
  winnerCriteria: "open_rate" | "click_rate" | "conversion_rate" | "revenue";
  testDurationHours: number;
  testSamplePercent: number;
}

/** How the test of a campaign's newest run stands. */
export interface AbTestResult {
  campaignId: string;
  runId: number | null;
  state: "not_started" | "sending" | "watching" | "decided" | "ended";
  winnerCriteria: AbTest["winnerCriteria"] | null;
  testDurationHours: number | null;
  testSamplePercent: number | null;
  waiting: number;
  decidesAt: string | null;
  decidedAt: string | null;
  isByHand: boolean;
  winner: string | null;
  leader: string | null;
  certainty: "no_data" | "tie" | "not_tested" | "unclear" | "clear";
  pValue: number | null;
  variants: AbTestVariant[];
}

export interface AbTestVariant {
  variantId: string;
  name: string;
  weight: number;
  recipients: number;
  sentCount: number;
  deliveredCount: number;
  openedCount: number;
  clickedCount: number;
  redeemedCount: number;
  revenue: string;
  /** Out of what was delivered, between 0 and 1; null for revenue. */
  rate: number | null;
  low: number | null;
  high: number | null;
}

export interface Throttle {
  messagesPerHour: number | null;
  messagesPerDay: number | null;
  batchSize: number | null;
}

export interface CampaignSettings {
  fromName?: string;
  fromEmail?: string;
  replyTo?: string;
  trackOpens?: boolean;
  trackClicks?: boolean;
}

export interface Metrics {
  totalRecipients: number;
  totalCustomers: number;
  controlCustomers: number;
  pending: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  replied: number;
  bounced: number;
  failed: number;
  skipped: number;
  suppressed: number;
  cancelled: number;
  unknown: number;
  unsubscribed: number;
  complaints: number;
  redeemed: number;
  conversions: number;
  revenue: string;
  deliveryRate: number;
  openRate: number;
  clickRate: number;
  bounceRate: number;
  conversionRate: number;
}

/** What becomes of messages of which nobody knows whether they arrived. */
export type UnknownPolicy = "hold" | "resend";

export interface Campaign {
  id: string;
  name: string;
  description: string;
  objective: string | null;
  channel: CampaignChannel;
  status: CampaignStatus;
  approvalStatus: ApprovalStatus;
  type: "one_time" | "recurring" | "triggered" | "plan";
  targetingType: TargetingType;
  templateId: string | null;
  segmentIds: string[];
  excludeSegmentIds: string[];
  segments: CampaignSegment[];
  offers: CampaignOffer[];
  content: InlineContent | null;
  controlPercent: number;
  scheduledAt: string | null;
  endAt: string | null;
  timezone: string;
  misfireRule: "run" | "skip";
  recurringSchedule: { cron: string } | null;
  settings: CampaignSettings;
  abTestConfig: AbTest | null;
  throttleConfig: Throttle | null;
  deliveryMode: "bulk" | "outreach";
  unknownPolicy: UnknownPolicy;
  primaryJobId: string | null;
  pausedReason: string | null;
  version: number;
  approvedVersion: number | null;
  startedAt: string | null;
  completedAt: string | null;
  createdByName: string;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
  metrics: Metrics;
}

/** One run of a campaign: the only one, or one of a recurring campaign. */
export interface Run {
  id: number;
  number: number;
  status: string;
  /** None where somebody started it. */
  scheduledFor: string | null;
  startedAt: string;
  completedAt: string | null;
  totalRecipients: number;
  sentCount: number;
  openedCount: number;
  failedCount: number;
}

/** What the wizard changes, by the names of the API. */
export type Draft = Pick<
  Campaign,
  | "name"
  | "description"
  | "objective"
  | "channel"
  | "type"
  | "targetingType"
  | "templateId"
  | "segments"
  | "offers"
  | "content"
  | "controlPercent"
  | "scheduledAt"
  | "endAt"
  | "timezone"
  | "misfireRule"
  | "recurringSchedule"
  | "settings"
  | "abTestConfig"
  | "throttleConfig"
  | "deliveryMode"
  | "unknownPolicy"
>;

const FIELDS: (keyof Draft)[] = [
  "name",
  "description",
  "objective",
  "channel",
  "type",
  "targetingType",
  "templateId",
  "segments",
  "offers",
  "content",
  "controlPercent",
  "scheduledAt",
  "endAt",
  "timezone",
  "misfireRule",
  "recurringSchedule",
  "settings",
  "abTestConfig",
  "throttleConfig",
  "deliveryMode",
  "unknownPolicy",
];

export const draftOf = (campaign: Campaign): Draft =>
  Object.fromEntries(FIELDS.map((field) => [field, campaign[field]])) as unknown as Draft;

/** The changed parts as the API takes them. */
export function inputOf(draft: Draft, changed: ReadonlySet<keyof Draft>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const ids = (role: string) =>
    draft.segments.filter((one) => one.role === role).map((one) => one.segmentId);
  for (const part of changed) {
    if (part === "segments") {
      input.segmentIds = ids("include");
      input.excludeSegmentIds = ids("exclude");
    } else if (part === "offers") {
      input.offers = draft.offers.map(
        ({ segmentId, offerId, intervalConfig, conditionConfig }) => ({
          segmentId,
          offerId,
          intervalConfig,
          conditionConfig,
        }),
      );
    } else input[part] = draft[part];
  }
  return input;
}

export type StepKey = "details" | "audience" | "offers" | "content" | "schedule" | "review";

export interface ReadinessProblem {
  code: string;
  severity: "error" | "warning";
  message: string;
  step: Exclude<StepKey, "review">;
  objectId: string | null;
}

export interface Audience {
  inSegments: number;
  inSeveral: number;
  excluded: number;
  withoutAddress: number;
  suppressed: number;
  control: number;
  people: number;
  messages: number;
  segments: { segmentId: string; name: string; members: number; counted: number; offers: number }[];
  countedAt: string;
}

export interface Readiness {
  isReady: boolean;
  problems: ReadinessProblem[];
  passed: string[];
  audience: Audience;
  durationSeconds: number | null;
  cost: string | null;
  currency: string;
  approvalRequired: boolean;
}

export interface Sample {
  contactId: number;
  segmentId: string | null;
  messages: {
    offerId: string | null;
    offerName: string | null;
    reason: string | null;
    message: Preview | null;
  }[];
}

export interface Live {
  campaignId: string;
  status: CampaignStatus;
  runId: number | null;
  counters: Omit<Metrics, "totalRecipients" | "totalCustomers" | "controlCustomers"> & {
    total: number;
  };
  /** None: it sends for less than ten seconds. */
  ratePerMinute: number | null;
  etaSeconds: number | null;
  startedAt: string | null;
  completedAt: string | null;
  stages: Stage[];
  minutes: { at: string; sent: number; failed: number }[];
  domains: { domain: string; sent: number; failed: number }[];
  limits: {
    name: string;
    /** None: the campaign's own. */
    provider: string | null;
    used: number;
    limit: number;
    windowSeconds: number;
    isLimiting: boolean;
  }[];
  waits: { cause: string; messages: number; nextAt: string }[];
  limitedBy: string | null;
  isTracked: boolean;
}

export interface Stage {
  executionId: string;
  code: string;
  name: string;
  status: string;
  rowsProcessed: number;
  rowsExpected: number | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface Recipient {
  id: string;
  runId: number;
  seq: number;
  customerId: number;
  name: string;
  address: string | null;
  status: string;
  lastEvent: string | null;
  channel: string | null;
  locale: string | null;
  variantNo: number;
  attempts: number;
  sentAt: string | null;
  deliveredAt: string | null;
  openedAt: string | null;
  clickedAt: string | null;
  repliedAt: string | null;
  failedAt: string | null;
  failureReason: string | null;
  waitsUntil: string | null;
  waitsFor: string | null;
}

export interface SentMessage {
  recipient: Recipient;
  channel: string | null;
  subject: string | null;
  text: string | null;
  html: string | null;
  senderId: string | null;
  /** False: what stands in its places is not known, and they are empty. */
  isComplete: boolean;
  attempts: { at: string; provider: string; outcome: string; error: string }[];
  events: { at: string; kind: string; isBot: boolean }[];
}

export interface HistoryEntry {
  id: number;
  at: string;
  actorName: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}
