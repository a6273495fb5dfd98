export * from "./error";
export { useLive } from "./live";
export * from "./queries";
export * from "./request";
export * from "./session";
