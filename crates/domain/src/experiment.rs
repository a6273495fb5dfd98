//! A/B tests of a campaign (CAM-10): what may be set up, and what a test finds.

pub mod verdict;

use crate::campaign::MAX_VARIANTS;
use crate::problem::Problem;

crate::text_enum! {
    /// What decides which variant wins.
    pub enum WinnerCriteria {
        OpenRate = "open_rate",
        ClickRate = "click_rate",
        ConversionRate = "conversion_rate",
        Revenue = "revenue",
    }
}

/// The parts of a variant that can be wrong.
#[derive(Debug, Clone, Copy)]
pub struct VariantDraft<'a> {
    /// `A` … `E`.
    pub id: &'a str,
    pub name: &'a str,
    pub subject: Option<&'a str>,
    /// Percent of the people in the test.
    pub weight: i64,
}

/// The test as a whole.
#[derive(Debug, Clone, Copy)]
pub struct TestPlan {
    /// How long the sample is watched.
    pub duration_hours: i64,
    /// How much of the audience is in the test; the rest gets the winner.
    pub sample_percent: i64,
}

const MAX_NAME: usize = 100;
const MAX_SUBJECT: usize = 500;
const MAX_ID: usize = 50;
/// Four weeks: longer than any campaign waits for a winner.
const MAX_HOURS: i64 = 28 * 24;

/// How many people of an audience are in the test: exactly its share, rounded, and somebody wherever there is somebody.
pub fn sample_size(people: i64, sample_percent: i64) -> i64 {
    (people.saturating_mul(sample_percent).saturating_add(50) / 100).max(1).min(people)
}

/// What is wrong with a test.
pub fn problems(variants: &[VariantDraft<'_>], plan: TestPlan) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut say = |path: String, code: &str, message: String| found.push(Problem::new(path, code, message));
    if variants.len() < 2 {
        say("variants".into(), "too_few_variants", "A test compares at least two variants.".into());
    }
    if variants.len() > MAX_VARIANTS {
        say(
            "variants".into(),
            "too_many_variants",
            format!("A test has at most {MAX_VARIANTS} variants; this one has {}.", variants.len()),
        );
    }
    for (i, variant) in variants.iter().enumerate() {
        let at = |field: &str| format!("variants[{i}].{field}");
        if variant.id.trim().is_empty() || variant.id.chars().count() > MAX_ID {
            say(at("variantId"), "bad_variant_id", "Name each variant with a letter: A, B, C, D or E.".into());
        }
        if variants[..i].iter().any(|other| other.id == variant.id) {
            say(at("variantId"), "duplicate_variant", format!("There are two variants {}.", variant.id));
        }
        if variant.name.chars().count() > MAX_NAME {
            say(at("name"), "too_long", format!("The name of a variant has at most {MAX_NAME} characters."));
        }
        if variant.subject.is_some_and(|s| s.chars().count() > MAX_SUBJECT) {
            say(at("subject"), "too_long", format!("A subject has at most {MAX_SUBJECT} characters."));
        }
        if !(0..=100).contains(&variant.weight) {
            say(at("weight"), "bad_weight", "A weight is between 0 and 100 percent.".into());
        }
    }
    let sum: i64 = variants.iter().map(|v| v.weight).fold(0, i64::saturating_add);
    if sum != 100 {
        say(
            "variants".into(),
            "weights_not_100",
            format!("The weights of the variants sum to 100; these sum to {sum}."),
        );
    }
    if !(1..=MAX_HOURS).contains(&plan.duration_hours) {
        say("testDurationHours".into(), "bad_duration", "A test takes between 1 hour and 28 days.".into());
    }
    if !(1..=100).contains(&plan.sample_percent) {
        say(
            "testSamplePercent".into(),
            "bad_sample",
            "Between 1 and 100 percent of the audience are in the test.".into(),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: TestPlan = TestPlan { duration_hours: 4, sample_percent: 20 };

    fn variant(id: &'static str, weight: i64) -> VariantDraft<'static> {
        VariantDraft { id, name: "Short Subject", subject: Some("Big Sale!"), weight }
    }

    fn codes(variants: &[VariantDraft<'_>]) -> Vec<String> {
        problems(variants, PLAN).into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn the_newsletter_test_is_fine() {
        assert!(problems(&[variant("A", 50), variant("B", 50)], PLAN).is_empty());
    }

    #[test]
    fn a_sample_is_its_share_and_never_nobody() {
        assert_eq!([sample_size(150, 20), sample_size(3, 20), sample_size(2, 20), sample_size(0, 20)], [30, 1, 1, 0]);
        assert_eq!([sample_size(7, 100), sample_size(1_000_000, 1)], [7, 10_000]);
    }

    #[test]
    fn weights_variants_and_lengths_are_checked() {
        assert_eq!(codes(&[variant("A", 50), variant("B", 49)]), ["weights_not_100"]);
        assert_eq!(codes(&[variant("A", 50), variant("A", 50)]), ["duplicate_variant"]);
        let six: Vec<_> = ["A", "B", "C", "D", "E", "F"].map(|id| variant(id, if id == "A" { 50 } else { 10 })).into();
        assert_eq!(codes(&six), ["too_many_variants"]);
        let (name, subject) = ("n".repeat(101), "s".repeat(501));
        let long = VariantDraft { id: "B", name: &name, subject: Some(&subject), weight: 50 };
        assert_eq!(codes(&[variant("A", 50), long]), ["too_long", "too_long"]);
        assert_eq!(codes(&[variant("A", 100)]), ["too_few_variants"]);
    }
}
