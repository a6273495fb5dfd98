//! Rates of a campaign: percents for people, fractions for conditions.

use rust_decimal::Decimal;

/// `part` of `whole` in percent with two decimals, rounded half up; 0 when `whole` is not positive.
///
/// 3200 of 9500 is `33.68`. The arithmetic is on integers, so that the same counts always give the
/// same figure.
pub fn percent(part: i64, whole: i64) -> Decimal {
    Decimal::from_i128_with_scale(hundredths(part, whole), 2)
}

/// The same figure as [`percent`] as the JSON number that the API shows (`33.68`).
pub fn percent_number(part: i64, whole: i64) -> f64 {
    // Two decimals of a count that fits 53 bits print exactly as they were rounded.
    hundredths(part, whole) as f64 / 100.0
}

/// `part / whole` for conditions such as `delivery_rate > 0.8`; 0 when `whole` is not positive.
pub fn fraction(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn hundredths(part: i64, whole: i64) -> i128 {
    if whole <= 0 || part <= 0 {
        return 0;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    (part * 20_000 + whole) / (whole * 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_examples_hold() {
        for (part, whole, shown) in [
            (3200, 9500, "33.68"),
            (850, 9500, "8.95"),
            (200, 9800, "2.04"),
            (1, 3, "33.33"),
            (2, 3, "66.67"),
            (1, 8, "12.50"),
            (1, 800, "0.13"), // 0.125 rounds up
            (0, 10, "0.00"),
            (5, 0, "0.00"),
            (7, 7, "100.00"),
        ] {
            assert_eq!(percent(part, whole).to_string(), shown, "{part}/{whole}");
        }
        assert_eq!(serde_json::to_string(&percent_number(3200, 9500)).unwrap(), "33.68");
        assert!((fraction(8, 10) - 0.8).abs() < f64::EPSILON);
        assert_eq!(fraction(8, 0), 0.0);
    }

    proptest! {
        #[test]
        fn a_percent_is_within_half_a_hundredth(part in 0i64..10_000_000, whole in 1i64..10_000_000) {
            let exact = part as f64 * 100.0 / whole as f64;
            prop_assert!((percent_number(part, whole) - exact).abs() <= 0.005 + 1e-6);
        }

        #[test]
        fn more_of_the_same_is_never_less(part in 0i64..1_000_000, whole in 1i64..1_000_000) {
            prop_assert!(percent(part + 1, whole) >= percent(part, whole));
        }
    }
}
