//! Lengths of time as plans write them: ISO 8601 durations, `PT72H`, `P3D`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::clock::Millis;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// A length of time in milliseconds, from nothing to [`Span::MAX`]. A day is 24 hours: what should happen at a time of the
/// wall clock says so with `at`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span(Millis);

/// The text is no duration that a plan can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write a duration in ISO 8601, up to 365 days: PT72H is 72 hours, P3D three days, PT30M half an hour.")]
pub struct BadSpan;

impl Span {
    pub const ZERO: Self = Self(0);
    /// 365 days.
    pub const MAX: Self = Self(365 * DAY);

    /// In milliseconds.
    pub fn millis(self) -> Millis {
        self.0
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    /// Weeks, days, hours, minutes and whole seconds. Years and months are refused: they have no length.
    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let rest = text.strip_prefix('P').ok_or(BadSpan)?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return Err(BadSpan),
            Some((date, time)) => (date, time),
            None if rest.is_empty() => return Err(BadSpan),
            None => (rest, ""),
        };
        let date = parts(date, &[('W', 7 * DAY), ('D', DAY)])?;
        let total = date + parts(time, &[('H', HOUR), ('M', MINUTE), ('S', SECOND)])?;
        Some(Self(total)).filter(|span| *span <= Self::MAX).ok_or(BadSpan)
    }
}

/// Numbers with their units, each unit once at most and in order.
fn parts(mut text: &str, units: &[(char, Millis)]) -> Result<Millis, BadSpan> {
    let mut total = 0;
    for (letter, length) in units {
        if let Some((number, rest)) = text.split_once(*letter) {
            // Eight digits of weeks fit.
            if !(1..=8).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(BadSpan);
            }
            total += number.parse::<Millis>().map_err(|_| BadSpan)? * length;
            text = rest;
        }
    }
    if text.is_empty() { Ok(total) } else { Err(BadSpan) }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, rest) = (self.0 / HOUR, self.0 % HOUR);
        let (minutes, seconds) = (rest / MINUTE, rest % MINUTE / SECOND);
        f.write_str("PT")?;
        for (number, letter) in [(hours, 'H'), (minutes, 'M'), (seconds, 'S')] {
            if number > 0 || (letter == 'S' && self.0 == 0) {
                write!(f, "{number}{letter}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_iso_8601_has_them() {
        let hours = |text: &str| text.parse::<Span>().map(|span| span.millis() / HOUR);
        for (text, expected) in [("PT72H", 72), ("P3D", 72), ("P1W", 168), ("P1DT12H", 36), ("PT0S", 0), ("PT90M", 1)] {
            assert_eq!(hours(text), Ok(expected), "{text}");
        }
        for wrong in [
            "",
            "P",
            "PT",
            "P1DT",
            "72H",
            "P1Y",
            "P1M",
            "PT1.5H",
            "PT1M1H",
            "-PT1H",
            "PT1H1H",
            "P366D",
            "pt1h",
            "P99999999999999999999D",
            "PT+1H",
            "PTH",
        ] {
            assert_eq!(hours(wrong), Err(BadSpan), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in 0..=365 * 86_400_i64) {
            let span = Span(seconds * SECOND);
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,20}|P?[0-9WDTHMS]{0,20}") {
            let _ = text.parse::<Span>();
        }
    }
}
