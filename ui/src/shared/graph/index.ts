export type { GraphBox } from "./BoxView";
export { FlowGraph } from "./FlowGraph";
export type { GraphLine } from "./joints";
