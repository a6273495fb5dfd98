//! Decimal numbers in messages: exact to four places, without the surprises of binary fractions.

use rust_decimal::{Decimal, RoundingStrategy};

/// Ten-thousandths in one: the finest amount that is kept.
const E4: f64 = 10_000.0;
/// Above this a double no longer holds ten-thousandths.
const EXACT_BELOW: f64 = 9.0e11;

/// An amount with two decimals, grouped by thousands: `1,284.50`, with `KES ` before it when the currency is known.
pub fn format_money(amount: Decimal, currency: Option<&str>) -> String {
    let digits = grouped(&fixed(amount, 2));
    match currency.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => format!("{code} {digits}"),
        None => digits,
    }
}

/// `amount` with exactly `places` decimals, halves away from zero.
pub(crate) fn fixed(amount: Decimal, places: u32) -> String {
    let rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.*}", places as usize)
}

/// Puts commas between groups of three digits.
pub(crate) fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The decimal that a double stood for, to ten-thousandths. `None` for what is no number.
pub(crate) fn decimal_of(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    if value.abs() < EXACT_BELOW {
        return Some(Decimal::from_i128_with_scale((value * E4).round() as i128, 4));
    }
    Decimal::from_f64_retain(value)
}

/// How a decimal value is printed when no filter says otherwise: two decimals, up to four when it has them.
pub(crate) fn plain(value: f64) -> String {
    let Some(decimal) = decimal_of(value) else {
        return String::new();
    };
    let digits = fixed(decimal, 4);
    let trimmed = digits.strip_suffix("00").or_else(|| digits.strip_suffix('0')).unwrap_or(&digits);
    trimmed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn money_is_grouped_and_has_two_decimals() {
        assert_eq!(format_money(decimal("1284.5"), Some("KES")), "KES 1,284.50");
        assert_eq!(format_money(decimal("-1234567.005"), None), "-1,234,567.01");
        assert_eq!(format_money(decimal("0"), Some(" ")), "0.00");
        assert_eq!(format_money(decimal("999"), None), "999.00");
    }

    #[test]
    fn decimals_print_as_they_were_kept() {
        for (value, text) in
            [(1500.0, "1500.00"), (1.005, "1.005"), (12.5, "12.50"), (-0.1, "-0.10"), (2.34567, "2.3457")]
        {
            assert_eq!(plain(value), text);
        }
        assert_eq!(plain(f64::NAN), "");
        assert_eq!(plain(1e40), "");
    }

    proptest::proptest! {
        #[test]
        fn ten_thousandths_survive_the_way_through_a_double(e4 in -9_000_000_000_000i64..9_000_000_000_000) {
            let exact = Decimal::new(e4, 4);
            let double: f64 = exact.to_string().parse().unwrap();
            proptest::prop_assert_eq!(decimal_of(double), Some(exact));
        }
    }
}
