import type { Product, Reward } from "../../shared/catalogue";
import type { MessageText } from "../../shared/message";

export type { Product, Reward };

export type Trigger = "clicked" | "redeemed" | "purchased";
export interface OfferReward extends Reward {
  grantedOn: Trigger;
}

export interface Creative extends MessageText {
  id?: string;
  isActive: boolean;
  creativeVersionId?: number | null;
}

export interface TrackingSource {
  source: string;
  value: string;
  description: string;
}

export type StepKey = "base" | "products" | "creatives" | "rewards" | "tracking" | "review";

export interface OfferProblem {
  step: Exclude<StepKey, "review">;
  path: string;
  severity: "error" | "warning";
  code: string;
  message: string;
}

export interface OfferBase {
  id: string;
  name: string;
  description: string;
  status: "draft" | "active" | "archived";
  approvalStatus: "not_submitted" | "pending" | "approved" | "rejected";
  approvedVersion: number | null;
  validFrom: string | null;
  validUntil: string | null;
  strangerRedemption: "refuse" | "accept";
  codeMode: "none" | "shared" | "unique";
  code: string;
  version: number;
  updatedAt: string;
  createdAt: string;
}

export interface OfferSummary extends OfferBase {
  channels: string[];
  locales: string[];
  products: Product[];
  rewards: OfferReward[];
}

export interface OfferDetail extends OfferBase {
  createdByName: string | null;
  products: Product[];
  creatives: Creative[];
  rewards: OfferReward[];
  trackingSources: TrackingSource[];
  problems: OfferProblem[];
  campaigns: number;
}

/** What the wizard changes, as it stands in its fields. */
export type Draft = Pick<
  OfferDetail,
  | "name"
  | "description"
  | "validFrom"
  | "validUntil"
  | "strangerRedemption"
  | "codeMode"
  | "code"
  | "products"
  | "creatives"
  | "rewards"
  | "trackingSources"
>;

export const draftOf = (offer: OfferDetail): Draft => ({
  name: offer.name,
  description: offer.description,
  validFrom: offer.validFrom,
  validUntil: offer.validUntil,
  strangerRedemption: offer.strangerRedemption,
  codeMode: offer.codeMode,
  code: offer.code,
  products: offer.products,
  creatives: offer.creatives,
  rewards: offer.rewards,
  trackingSources: offer.trackingSources,
});

/** The changed parts as the API takes them. */
export function inputOf(draft: Draft, changed: ReadonlySet<keyof Draft>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const part of changed) {
    if (part === "products") input.products = draft.products.map(({ id }) => ({ id }));
    else if (part === "rewards")
      input.rewards = draft.rewards.map(({ id, grantedOn }) => ({ id, grantedOn }));
    else input[part] = draft[part];
  }
  return input;
}
