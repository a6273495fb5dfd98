/** A run of a job or of one stage of a campaign. */
export interface Execution {
  id: string;
  jobId: string;
  name: string;
  jobTypeCode: string;
  stageOrder: number;
  executionStatus: string;
  triggeredBy: string;
  startedAt?: string | null;
  completedAt?: string | null;
  durationSeconds?: number | null;
  workerNodeId?: string | null;
  correlationId?: string | null;
  errorMessage?: string | null;
  rowsExpected?: number | null;
  rowsRead: number;
  rowsProcessed: number;
  rowsInserted: number;
  rowsUpdated: number;
}

/** A job with its stages. */
export interface Job {
  id: string;
  code: string;
  name: string;
  jobTypeCode: string;
  campaignId?: string | null;
  status: string;
  isBuiltIn: boolean;
  createdAt: string;
  nextRunAt?: string | null;
  executions: Execution[];
}

/** Stages after delivery stay open until the attribution window ends. */
export const LAST_SENDING_STAGE = 6;
