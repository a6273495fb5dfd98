//! Amounts: exact decimals, kept in columns as ten-thousandths of the unit (`_e4`).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Ten-thousandths of a unit, as they stand in a BIGINT column.
pub type E4 = i64;

/// The column value of an amount.
///
/// # Errors
/// `None` when it has more than four decimals or does not fit (±922 trillion).
pub fn to_e4(amount: Decimal) -> Option<E4> {
    let scaled = amount.checked_mul(Decimal::from(10_000))?;
    if scaled.fract().is_zero() { scaled.to_i64() } else { None }
}

/// The amount of a column value, with at least two decimals: 1500 → `1500.00`.
pub fn from_e4(value: E4) -> Decimal {
    let mut amount = Decimal::new(value, 4).normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(to_e4(Decimal::from_str("1500").unwrap()), Some(15_000_000));
        assert_eq!(from_e4(15_000_000).to_string(), "1500.00");
        assert_eq!(from_e4(-4_560_200).to_string(), "-456.02");
        assert_eq!(from_e4(12_345).to_string(), "1.2345");
        assert_eq!(to_e4(Decimal::from_str("0.00001").unwrap()), None);
    }
}
