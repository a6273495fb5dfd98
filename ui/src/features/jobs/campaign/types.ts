/** A job of a campaign, and a run of one of its stages. */
export type { ExecutionView as Execution, JobView as Job } from "../../../gen";

/** Stages after delivery stay open until the attribution window ends. */
export const LAST_SENDING_STAGE = 6;
