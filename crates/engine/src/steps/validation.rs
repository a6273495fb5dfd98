//! `data_validation`: each check's query, judged by the domain.

use muster_domain::job::action::{CheckResult, DataValidation};
use muster_domain::job::workflow::Outcome;
use serde_json::json;

use super::{Done, Try, fault};
use crate::jobs::step::LogLevel;

impl Try<'_> {
    /// All checks, also after one that failed: the person wants to know everything. `score` is 0 to 1.
    pub(super) async fn data_validation(&mut self, validation: &DataValidation) -> Done<Outcome> {
        let mut results: Vec<CheckResult> = Vec::new();
        for check in &validation.checks {
            let result = match self.look(&check.query).await {
                Ok(row) => check.judge(row.as_ref()),
                // A query that cannot run is a check that failed, unless nobody waits for it any more.
                Err(failure) if self.stop.is_cancelled() => return Err(failure),
                Err(failure) => CheckResult { name: check.name.clone(), is_passed: false, message: failure.message },
            };
            let (level, word) =
                if result.is_passed { (LogLevel::Info, "passed") } else { (LogLevel::Warning, "failed") };
            self.talk.say(level, &format!("{} {word}: {}", result.name, result.message)).await;
            results.push(result);
        }
        let quality = validation.quality(&results);
        // A share of at most 1, so the number is at most 10,000.
        #[allow(clippy::cast_possible_truncation, reason = "0 to 10,000")]
        let score_e4 = (quality.score * 10_000.0).round() as i64;
        self.measured.data_quality_score_e4 = Some(score_e4);
        let checked = i64::try_from(results.len()).unwrap_or(i64::MAX);
        self.measured.rows_processed = checked;
        if let Some(failure) = quality.failure {
            return Err(fault(failure));
        }
        let passed = results.iter().filter(|result| result.is_passed).count();
        let output =
            json!({ "score": quality.score, "passed": passed, "failed": results.len() - passed, "checks": results });
        let output = output.as_object().cloned().unwrap_or_default();
        Ok(Outcome { rows: Some(checked), output, ..Outcome::default() })
    }
}
