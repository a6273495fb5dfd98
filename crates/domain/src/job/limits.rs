//! How large a job may be. Everything that is counted or waited for has a bound.

use std::ops::RangeInclusive;

/// Jobs in one file, and dependencies in one file.
pub const MAX_JOBS: usize = 500;
pub const MAX_DEPENDENCIES: usize = 2_000;
/// Jobs that one job depends on.
pub const MAX_DEPENDS_ON: usize = 50;
/// Steps of one job.
pub const MAX_STEPS: usize = 200;
/// Steps of one execution at work at the same time.
pub const MAX_PARALLEL_STEPS: usize = 16;
/// Parameters of a job, and of a step.
pub const MAX_PARAMETERS: usize = 100;
/// People told about a job.
pub const MAX_RECIPIENTS: usize = 50;
/// Characters of a code, a name, a description, a line such as an address.
pub const MAX_CODE: usize = 100;
pub const MAX_NAME: usize = 200;
pub const MAX_DESCRIPTION: usize = 2_000;
pub const MAX_LINE: usize = 2_000;
/// Characters of a script or a query.
pub const MAX_SCRIPT: usize = 100_000;
/// Characters of a condition.
pub const MAX_CONDITION: usize = 1_000;
/// Bytes of JSON that a step may give to later ones.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// Shortest and longest interval, in seconds: a year at most.
pub const INTERVAL_SECONDS: RangeInclusive<i64> = 1..=366 * 86_400;
pub const MAX_CONCURRENT: RangeInclusive<i64> = 1..=100;
/// Two weeks.
pub const TIMEOUT_MINUTES: RangeInclusive<i64> = 1..=14 * 1_440;
pub const PRIORITY: RangeInclusive<i64> = -100..=100;
pub const MEMORY_MB: RangeInclusive<i64> = 16..=1_048_576;
pub const CPU_CORES: RangeInclusive<i64> = 1..=256;
/// Thirty days.
pub const WAIT_MINUTES: RangeInclusive<i64> = 1..=30 * 1_440;
pub const LOOKBACK_DAYS: RangeInclusive<i64> = 1..=366;
pub const RETRY_COUNT: RangeInclusive<i64> = 0..=100;
pub const RETRY_DELAY_SECONDS: RangeInclusive<i64> = 0..=86_400;
pub const TIMEOUT_SECONDS: RangeInclusive<i64> = 1..=14 * 86_400;
pub const STEP_ORDER: RangeInclusive<i64> = 0..=100_000;
pub const ROW_COUNT: RangeInclusive<i64> = 0..=i64::MAX;

/// A step that ends by nothing else ends after an hour.
pub const DEFAULT_TIMEOUT_SECONDS: i64 = 3_600;
/// Times that a step which is safe to repeat starts again because its node was lost, beside its retries.
pub const MAX_NODE_LOSSES: u32 = 5;
/// Missed moments that are made up for at once.
pub const MAX_CATCH_UP: usize = 100;
/// Missed moments that are counted; beyond, there are "more than".
pub const MAX_COUNTED: usize = 1_000;
/// Executions of one job that wait for its turn.
pub const MAX_QUEUED: i64 = 1_000;
