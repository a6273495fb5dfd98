export * from "./error";
export * from "./queries";
export * from "./request";
