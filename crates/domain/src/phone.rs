//! A telephone number in international form.

use std::fmt;
use std::str::FromStr;

use phonenumber::{Mode, country};
use thiserror::Error;

/// A valid telephone number in E.164 form, such as `+254712345678`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// The country whose national spelling a number without `+` is read in: `KE`, `TZ`, `FR` …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(country::Id);

/// A text that is no ISO 3166 country code of two letters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a country code of two letters such as KE")]
pub struct RegionError(String);

/// Why a text is not a telephone number; the message says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing but white space.
    #[error("the phone number is empty")]
    Empty,
    /// A spreadsheet has turned the number into `2.54712E+11` and lost its last digits.
    #[error("a spreadsheet has shortened this number to a power of ten; format the column as text and export it again")]
    Scientific,
    /// No number that the numbering plan of its country knows.
    #[error("not a valid phone number; write it with its country code, such as +254712345678")]
    Invalid,
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        text.trim().to_ascii_uppercase().parse().map(Self).map_err(|_| RegionError(text.to_owned()))
    }
}

impl Region {
    /// Digits after the `+` of this country's numbers.
    pub fn calling_code(self) -> String {
        phonenumber::metadata::DATABASE
            .by_id(self.0.as_ref())
            .map_or_else(String::new, |meta| meta.country_code().to_string())
    }

    /// The country to read numbers in where nobody has said one: that of the workspace's currency.
    pub fn of_currency(currency: &str) -> Self {
        use country::Id;
        Self(match currency {
            "KES" => Id::KE,
            "TZS" => Id::TZ,
            "UGX" => Id::UG,
            "RWF" => Id::RW,
            "ETB" => Id::ET,
            "NGN" => Id::NG,
            "GHS" => Id::GH,
            "ZAR" => Id::ZA,
            "EGP" => Id::EG,
            "XOF" => Id::SN,
            "XAF" => Id::CM,
            "CDF" => Id::CD,
            "EUR" => Id::FR,
            "GBP" => Id::GB,
            "INR" => Id::IN,
            "BRL" => Id::BR,
            _ => Id::US,
        })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref())
    }
}

impl Phone {
    /// Reads a number in international or national spelling; without `+` it is a number of `region`.
    ///
    /// An extension is refused: nothing can be sent to one.
    pub fn parse(text: &str, region: Region) -> Result<Self, PhoneError> {
        let cleaned = cleaned(text);
        if cleaned.is_empty() {
            return Err(PhoneError::Empty);
        }
        if looks_scientific(&cleaned) {
            return Err(PhoneError::Scientific);
        }
        // More than fifteen digits is no number (E.164), and letters would be read as vanity keys.
        let digits = cleaned.bytes().filter(u8::is_ascii_digit).count();
        if digits > 18 || cleaned.chars().any(char::is_alphabetic) {
            return Err(PhoneError::Invalid);
        }
        let valid = |text: &str| {
            let number = phonenumber::parse(Some(region.0), text).ok()?;
            phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
        };
        valid(&cleaned)
            .or_else(|| valid(&with_plus(&cleaned)?))
            .filter(|e164| e164.bytes().skip(1).all(|b| b.is_ascii_digit()))
            .map(Self)
            .ok_or(PhoneError::Invalid)
    }

    /// The number with `+` and country code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes off what spreadsheets and address books add: `tel:`, the text apostrophe, invisible marks.
fn cleaned(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    text.trim_start_matches('\'')
        .chars()
        .filter(
            |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'),
        )
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn looks_scientific(text: &str) -> bool {
    text.split_once(['e', 'E']).is_some_and(|(mantissa, exponent)| {
        !mantissa.is_empty()
            && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
            && exponent.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit())
    })
}

/// `00254…` and `254…`: international numbers whose `+` was lost on the way.
fn with_plus(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match text.starts_with('+') {
        true => None,
        false => Some(format!("+{}", digits.strip_prefix("00").unwrap_or(&digits))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kenya() -> Region {
        "KE".parse().unwrap()
    }

    #[test]
    fn national_and_international_spellings_are_one_number() {
        for text in [
            "0712345678",
            "0712 345678",
            "254712345678",
            "+254712345678",
            "+254 712 345 678",
            "+254 (0)712-345-678",
            "00254712345678",
            "'0712345678",
            "712345678",
            "tel:+254-712-345-678",
        ] {
            assert_eq!(Phone::parse(text, kenya()).map(|p| p.0), Ok("+254712345678".to_owned()), "{text}");
        }
        assert_eq!(Phone::parse("+33 6 12 34 56 78", kenya()).unwrap().as_str(), "+33612345678");
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for (text, wanted) in [
            ("", PhoneError::Empty),
            ("  ", PhoneError::Empty),
            ("12", PhoneError::Invalid),
            ("CALL-ME-NOW", PhoneError::Invalid),
            ("2.54712E+11", PhoneError::Scientific),
            ("99999999999999999999999999", PhoneError::Invalid),
        ] {
            assert_eq!(Phone::parse(text, kenya()), Err(wanted), "{text}");
        }
    }

    #[test]
    fn a_region_is_a_country_code() {
        assert_eq!("ke".parse::<Region>().unwrap().to_string(), "KE");
        assert!("Kenya".parse::<Region>().is_err());
    }
}
