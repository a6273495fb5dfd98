import { rewardValue } from "../../shared/catalogue";
import { money } from "../../shared/format";
import { t } from "../../shared/i18n";
import type { OfferBase, OfferReward, Product, StepKey, Trigger } from "./types";

export const steps = (): { key: StepKey; label: string }[] => [
  { key: "base", label: t("Base") },
  { key: "products", label: t("Products") },
  { key: "creatives", label: t("Creatives") },
  { key: "rewards", label: t("Rewards") },
  { key: "tracking", label: t("Tracking") },
  { key: "review", label: t("Review") },
];

export const statusWord = (offer: OfferBase): string =>
  ({ draft: t("Draft"), active: t("In use"), archived: t("Archived") })[offer.status];

export const statusShape = (offer: OfferBase) =>
  (({ draft: "draft", active: "passed", archived: "cancelled" }) as const)[offer.status];

export const approvalWord = (offer: OfferBase): string =>
  ({
    not_submitted: t("Not submitted"),
    pending: t("Waiting for approval"),
    approved: t("Approved"),
    rejected: t("Rejected"),
  })[offer.approvalStatus];

export const triggers = (): { value: Trigger; label: string }[] => [
  { value: "redeemed", label: t("Redeems the code") },
  { value: "clicked", label: t("Clicks a link") },
  { value: "purchased", label: t("Buys") },
];

export const rewardSummary = (rewards: OfferReward[]): string =>
  rewards.length === 0 ? t("No reward") : rewards.map(rewardValue).join(", ");

export const priceSummary = (products: Product[]): string | undefined =>
  products[0] && money(products[0].price, products[0].currency);
