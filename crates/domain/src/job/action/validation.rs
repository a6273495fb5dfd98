//! Checks of data, and the quality score that comes of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::job::condition::Condition;
use crate::job::fields::{Fields, is_name};
use crate::job::limits::{MAX_CONDITION, MAX_NAME, MAX_SCRIPT};

/// Checks of one step at most.
const MAX_CHECKS: usize = 100;

/// One check: a query, and what its first row has to be like.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Check {
    pub name: String,
    /// The first column of its first row is the number that `min` and `max` are about.
    pub query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Over the columns of the first row, by their names: `without_consent == 0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// How much it counts in the score, above 0.
    pub weight: f64,
    /// Whether the step fails when this check does, however good the score.
    pub is_required: bool,
}

/// The checks of a step.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DataValidation {
    pub checks: Vec<Check>,
    /// The step fails below this score, 0 to 1.
    pub minimum_score: f64,
}

/// How a check came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckResult {
    pub name: String,
    pub is_passed: bool,
    /// For the person: what was found.
    pub message: String,
}

/// How a step's checks came out together.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Weight of the checks that passed over the weight of all, 0 to 1.
    pub score: f64,
    /// Why the step fails; none when it is good enough.
    pub failure: Option<String>,
}

impl Check {
    fn read(value: &Value, path: String, fields: &Fields<'_>) -> Option<Self> {
        let mut check = Fields::of(value, path, fields.found)?;
        let name = check.required_text("name", MAX_NAME, "Name the check.");
        let query = check.required_text("query", MAX_SCRIPT, "Write the query.");
        let (min, max) = (check.number("min"), check.number("max"));
        let condition = check.text("condition", MAX_CONDITION);
        if let Some(Err(error)) = condition.as_deref().map(Condition::parse) {
            check.refuse::<()>("condition", "bad_condition", error.to_string());
        }
        if min.is_none() && max.is_none() && condition.is_none() {
            check.refuse::<()>("condition", "required", "Say what is right: min, max or a condition.");
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            check.refuse::<()>("max", "out_of_range", "max is below min.");
        }
        let weight = check.number("weight").unwrap_or(1.0);
        if !(weight > 0.0 && weight <= 1_000.0) {
            check.refuse::<()>("weight", "out_of_range", "A weight is above 0 and at most 1000.");
        }
        let is_required = check.flag("is_required").unwrap_or(false);
        check.finish();
        Some(Self { name: name?, query: query?, min, max, condition, weight, is_required })
    }

    /// Judges the first row of its query; none where there was no row.
    pub fn judge(&self, row: Option<&Map<String, Value>>) -> CheckResult {
        let told = |is_passed, message: String| CheckResult { name: self.name.clone(), is_passed, message };
        let Some(row) = row else { return told(false, String::from("The query gave no row.")) };
        let first = row.values().next().and_then(Value::as_f64);
        if self.min.is_some() || self.max.is_some() {
            let Some(number) = first else { return told(false, String::from("The query gave no number.")) };
            if self.min.is_some_and(|min| number < min) || self.max.is_some_and(|max| number > max) {
                let bound = |bound: Option<f64>| bound.map_or_else(|| String::from("any"), |b| b.to_string());
                return told(false, format!("Found {number}, expected {} to {}.", bound(self.min), bound(self.max)));
            }
        }
        if let Some(text) = &self.condition {
            // Names of columns that no condition can name are left out; they cannot be meant.
            let named = row.iter().filter(|(name, _)| is_name(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
            match Condition::parse(text).and_then(|condition| condition.holds(&named)) {
                Ok(true) => {}
                Ok(false) => return told(false, format!("“{text}” does not hold.")),
                Err(error) => return told(false, error.to_string()),
            }
        }
        told(true, first.map_or_else(|| String::from("As expected."), |number| format!("Found {number}.")))
    }
}

impl DataValidation {
    pub(super) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let path = fields.at("checks");
        let list = fields.list("checks", MAX_CHECKS).map_or(&[][..], Vec::as_slice);
        let checks: Vec<Check> = list
            .iter()
            .enumerate()
            .filter_map(|(at, value)| Check::read(value, format!("{path}[{at}]"), &fields))
            .collect();
        if list.is_empty() {
            fields.refuse::<()>("checks", "required", "Write at least one check.");
        }
        let minimum_score = fields.number("minimum_score").unwrap_or(1.0);
        if !(0.0..=1.0).contains(&minimum_score) {
            fields.refuse::<()>("minimum_score", "out_of_range", "A score is from 0 to 1: 0.95 is 95 %.");
        }
        fields.finish();
        Some(Self { checks, minimum_score })
    }

    /// The score of the results, which are in the order of the checks.
    pub fn quality(&self, results: &[CheckResult]) -> Quality {
        let all: f64 = self.checks.iter().map(|check| check.weight).sum();
        let judged = || self.checks.iter().zip(results);
        let passed: f64 = judged().filter(|(_, r)| r.is_passed).map(|(check, _)| check.weight).sum();
        // What nothing adds up to is -0.
        let score = if all > 0.0 { passed.abs() / all } else { 1.0 };
        let required = judged().find(|(check, result)| check.is_required && !result.is_passed);
        let failure = match required {
            Some((check, result)) => Some(format!("{}: {}", check.name, result.message)),
            None if results.len() < self.checks.len() => Some(String::from("Not every check was made.")),
            None if score < self.minimum_score => {
                let failed = judged().filter(|(_, result)| !result.is_passed);
                let failed: Vec<String> =
                    failed.map(|(check, result)| format!("{}: {}", check.name, result.message)).collect();
                Some(format!(
                    "The quality is {:.1} %, below the {:.1} % that are asked for. {}",
                    score * 100.0,
                    self.minimum_score * 100.0,
                    failed.join(" ")
                ))
            }
            None => None,
        };
        Quality { score, failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::fields::Found;
    use serde_json::json;

    #[test]
    fn the_score_weighs_the_checks() {
        let found = Found::default();
        let value = json!({ "minimum_score": 0.7, "checks": [
            { "name": "Members", "query": "SELECT 1", "min": 1, "max": 10, "weight": 3, "is_required": true },
            { "name": "Consent", "query": "SELECT 1", "condition": "without_consent == 0 && total > 5" } ] });
        let validation = DataValidation::read(Fields::of(&value, "", &found).unwrap()).unwrap();
        assert_eq!(found.into_problems(), []);
        let row = |value: Value| value.as_object().unwrap().clone();
        let results = |members: Value, consent: Value| {
            vec![validation.checks[0].judge(Some(&row(members))), validation.checks[1].judge(Some(&row(consent)))]
        };
        let good = validation.quality(&results(json!({ "n": 5 }), json!({ "without_consent": 0, "total": 6 })));
        assert_eq!(good, Quality { score: 1.0, failure: None });
        let fair = validation.quality(&results(json!({ "n": 5 }), json!({ "without_consent": 2, "total": 6 })));
        assert_eq!(fair, Quality { score: 0.75, failure: None });
        let bad = validation.quality(&results(json!({ "n": 0 }), json!({ "without_consent": 0, "total": 6 })));
        assert_eq!(bad.failure.as_deref(), Some("Members: Found 0, expected 1 to 10."));
        assert!(
            !validation.checks[0].judge(None).is_passed && !validation.checks[1].judge(Some(&Map::new())).is_passed
        );
        assert!(validation.quality(&[]).failure.is_some());
    }
}
