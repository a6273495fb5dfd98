/** A product of the catalogue. */
export interface Product {
  id: string;
  name: string;
  type: string;
  value: string;
  price: string;
  currency: string;
  description: string;
  archivedAt?: string | null;
}

export type RewardKind =
  | "credit"
  | "discount_amount"
  | "discount_percent"
  | "bonus_product"
  | "points";

/** A reward of the catalogue. */
export interface Reward {
  id: string;
  name: string;
  type: RewardKind;
  value: string;
  currency: string | null;
  productId: string | null;
  description: string;
  archivedAt?: string | null;
}
