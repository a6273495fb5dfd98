export { ProductDialog } from "./ProductDialog";
export { RewardDialog } from "./RewardDialog";
export type { Product, Reward, RewardKind } from "./types";
export { rewardKinds, rewardValue } from "./words";
