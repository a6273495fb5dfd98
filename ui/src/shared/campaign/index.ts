export { Actions } from "./Actions";
export type { Campaign } from "./types";
