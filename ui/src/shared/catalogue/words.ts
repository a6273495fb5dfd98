import { money } from "../format";
import { t } from "../i18n";
import type { Reward, RewardKind } from "./types";

export const rewardKinds = (): { value: RewardKind; label: string }[] => [
  { value: "credit", label: t("Credit on the account") },
  { value: "discount_amount", label: t("Discount, amount") },
  { value: "discount_percent", label: t("Discount, percent") },
  { value: "bonus_product", label: t("Bonus product") },
  { value: "points", label: t("Points") },
];

/** "KES 200.00 credit", "50% off". */
export function rewardValue(reward: Reward): string {
  const plain = reward.value.replace(/\.?0+$/, "");
  switch (reward.type) {
    case "credit":
      return t("{money} credit", { money: money(reward.value, reward.currency ?? undefined) });
    case "discount_amount":
      return t("{money} off", { money: money(reward.value, reward.currency ?? undefined) });
    case "discount_percent":
      return t("{percent}% off", { percent: plain });
    case "bonus_product":
      return t("Bonus product");
    case "points":
      return t("{count} points", { count: plain });
  }
}
