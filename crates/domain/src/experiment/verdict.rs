//! What a test found: how each variant did, which one leads, and how sure that is.
//!
//! The variant with the highest figure leads. Of several that did equally well, and where nobody did anything, the first in
//! the order of the variants leads: a test always decides. Rates are counted out of what was delivered, as everywhere.

use serde::{Deserialize, Serialize};

use super::WinnerCriteria;

/// Two-sided 95 %.
const Z_95: f64 = 1.959_963_984_540_054;
/// A difference is clear when chance alone would bring it about more rarely than this.
const ALPHA: f64 = 0.05;

/// What became of the messages of one variant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    pub recipients: i64,
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub redeemed: i64,
    /// Ten-thousandths.
    pub revenue_e4: i64,
}

impl Arm {
    /// What a criterion adds up: people, or for revenue ten-thousandths.
    pub fn reached(&self, criteria: WinnerCriteria) -> i64 {
        match criteria {
            WinnerCriteria::OpenRate => self.opened,
            WinnerCriteria::ClickRate => self.clicked,
            WinnerCriteria::ConversionRate => self.redeemed,
            WinnerCriteria::Revenue => self.revenue_e4,
        }
    }

    /// How many of how many did it; none for revenue, which is an amount.
    pub fn share(&self, criteria: WinnerCriteria) -> Option<Share> {
        (criteria != WinnerCriteria::Revenue).then(|| Share::new(self.reached(criteria), self.delivered))
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    hits: i64,
    of: i64,
}

impl Share {
    /// Never more than all of them: a receipt may be missing where somebody opened.
    pub fn new(hits: i64, of: i64) -> Self {
        let of = of.max(0);
        Self { hits: hits.clamp(0, of), of }
    }

    /// Between 0 and 1; 0 of nobody.
    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    pub fn rate(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits as f64 / self.of as f64 }
    }

    /// Where the true rate lies with a certainty of 95 %: Wilson's score interval, which holds for few people and for rates near 0,
    /// too. None of nobody.
    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    pub fn interval(self) -> Option<(f64, f64)> {
        if self.of == 0 {
            return None;
        }
        let (n, p, z2) = (self.of as f64, self.rate(), Z_95 * Z_95);
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z_95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
        Some(((middle - half).max(0.0), (middle + half).min(1.0)))
    }
}

/// How likely a difference as large as this one is when both are the same: the two-sided two-proportion z test with a pooled
/// rate. None where nothing can be said: nobody, or all of both did the same.
#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
pub fn p_value(a: Share, b: Share) -> Option<f64> {
    if a.of == 0 || b.of == 0 {
        return None;
    }
    let (n, m) = (a.of as f64, b.of as f64);
    let pooled = (a.hits + b.hits) as f64 / (n + m);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    (error > 0.0).then(|| libm::erfc((a.rate() - b.rate()).abs() / error / std::f64::consts::SQRT_2))
}

crate::text_enum! {
    /// How sure it is that the leading variant is better than the next.
    pub enum Certainty {
        /// Nobody did what the test counts, or only one variant reached anybody.
        NoData = "no_data",
        /// All that lead did equally well.
        Tie = "tie",
        /// Revenue: what single customers spent differs too much for a test of shares.
        NotTested = "not_tested",
        /// It may be chance.
        Unclear = "unclear",
        /// Chance alone would rarely bring it about.
        Clear = "clear",
    }
}

/// What a test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Place of the variant that leads, from 0.
    pub leader: usize,
    pub certainty: Certainty,
    /// Of the difference between the leader and the next, counted as often as there are others, because the best of several
    /// leads by chance more easily.
    pub p_value: Option<f64>,
}

/// Judges the variants in their order.
pub fn judge(criteria: WinnerCriteria, arms: &[Arm]) -> Verdict {
    let reached = |arm: &Arm| (i128::from(arm.reached(criteria)), i128::from(arm.delivered.max(0)));
    // A variant that reached nobody is behind all that did; of the others, a/b > c/d is a*d > c*b.
    let is_better = |one: &Arm, other: &Arm| {
        let ((a, b), (c, d)) = (reached(one), reached(other));
        if b == 0 || d == 0 { b > d } else { a * d > c * b }
    };
    let best_of = |places: &mut dyn Iterator<Item = usize>| {
        places.reduce(|best, next| if is_better(&arms[next], &arms[best]) { next } else { best })
    };
    let leader = best_of(&mut (0..arms.len())).unwrap_or(0);
    let second = best_of(&mut (0..arms.len()).filter(|place| *place != leader));
    let unsure = |certainty| Verdict { leader, certainty, p_value: None };
    let did_anything = arms.iter().any(|arm| arm.reached(criteria) > 0);
    let Some(second) = second.filter(|place| did_anything && arms[*place].delivered > 0) else {
        return unsure(Certainty::NoData);
    };
    if !is_better(&arms[leader], &arms[second]) {
        return unsure(Certainty::Tie);
    }
    let (Some(first), Some(next)) = (arms[leader].share(criteria), arms[second].share(criteria)) else {
        return unsure(Certainty::NotTested);
    };
    let others = arms.iter().filter(|arm| arm.delivered > 0).count().saturating_sub(1);
    #[allow(clippy::cast_precision_loss, reason = "at most four")]
    let p_value = p_value(first, next).map(|p| (p * others as f64).min(1.0));
    let certainty = if p_value.is_some_and(|p| p < ALPHA) { Certainty::Clear } else { Certainty::Unclear };
    Verdict { leader, certainty, p_value }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opens(opened: i64, delivered: i64) -> Arm {
        Arm { recipients: delivered, sent: delivered, delivered, opened, ..Arm::default() }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    #[test]
    fn known_values() {
        // As R has them: prop.test(c(15, 25), c(100, 100), correct = FALSE), and its interval of 15 in 100.
        assert!(near(p_value(Share::new(15, 100), Share::new(25, 100)).unwrap(), 0.077_10));
        let (low, high) = Share::new(15, 100).interval().unwrap();
        assert!(near(low, 0.093_1) && near(high, 0.232_8), "{low} {high}");
        // 200 of 1,000 against 250 of 1,000: z = 2.6774, p = 0.0074.
        assert!(near(p_value(Share::new(200, 1_000), Share::new(250, 1_000)).unwrap(), 0.007_4));
        let (low, high) = Share::new(0, 10).interval().unwrap();
        assert!(low == 0.0 && near(high, 0.277_5), "{high}");
    }

    #[test]
    fn the_higher_rate_leads_and_chance_is_told_from_a_difference() {
        let verdict = judge(WinnerCriteria::OpenRate, &[opens(200, 1_000), opens(250, 1_000)]);
        assert_eq!((verdict.leader, verdict.certainty), (1, Certainty::Clear));
        let verdict = judge(WinnerCriteria::OpenRate, &[opens(3, 10), opens(4, 10)]);
        assert_eq!((verdict.leader, verdict.certainty), (1, Certainty::Unclear));
        // The same difference among five is less surprising.
        let two = judge(WinnerCriteria::OpenRate, &[opens(20, 100), opens(33, 100)]);
        let five = [opens(20, 100), opens(33, 100), opens(20, 100), opens(19, 100), opens(18, 100)];
        let five = judge(WinnerCriteria::OpenRate, &five);
        assert_eq!((two.certainty, five.certainty), (Certainty::Clear, Certainty::Unclear));
    }

    #[test]
    fn a_tie_and_silence_go_to_the_first() {
        let tie = judge(WinnerCriteria::OpenRate, &[opens(0, 10), opens(1, 2), opens(5, 10)]);
        assert_eq!((tie.leader, tie.certainty, tie.p_value), (1, Certainty::Tie, None));
        let silence = judge(WinnerCriteria::ClickRate, &[opens(4, 10), opens(5, 10)]);
        assert_eq!((silence.leader, silence.certainty), (0, Certainty::NoData));
        let one_reached = judge(WinnerCriteria::OpenRate, &[opens(0, 0), opens(1, 10)]);
        assert_eq!((one_reached.leader, one_reached.certainty), (1, Certainty::NoData));
        let nobody = judge(WinnerCriteria::OpenRate, &[opens(0, 0), opens(0, 0)]);
        assert_eq!((nobody.leader, nobody.certainty), (0, Certainty::NoData));
    }

    #[test]
    fn revenue_is_compared_by_message_and_not_tested() {
        let earns = |revenue_e4, delivered| Arm { delivered, revenue_e4, ..Arm::default() };
        let verdict = judge(WinnerCriteria::Revenue, &[earns(100_000, 20), earns(90_000, 10)]);
        assert_eq!((verdict.leader, verdict.certainty, verdict.p_value), (1, Certainty::NotTested, None));
    }

    proptest! {
        #[test]
        fn nobody_did_better_than_the_leader(arms in prop::collection::vec((0..200_i64, 1..200_i64), 2..6)) {
            let arms: Vec<_> = arms.into_iter().map(|(opened, delivered)| opens(opened.min(delivered), delivered)).collect();
            let verdict = judge(WinnerCriteria::OpenRate, &arms);
            let rate = |arm: &Arm| arm.share(WinnerCriteria::OpenRate).unwrap().rate();
            let best = rate(&arms[verdict.leader]);
            prop_assert!(arms.iter().all(|arm| rate(arm) <= best));
            prop_assert!(arms[..verdict.leader].iter().all(|arm| rate(arm) < best));
            prop_assert!(verdict.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }

        #[test]
        fn a_rate_lies_in_its_interval(hits in 0..1_000_i64, of in 1..1_000_i64) {
            let share = Share::new(hits, of);
            let (low, high) = share.interval().unwrap();
            prop_assert!(0.0 <= low && low <= share.rate() + 1e-12 && share.rate() <= high + 1e-12 && high <= 1.0);
        }
    }
}
