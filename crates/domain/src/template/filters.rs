//! The filters of templates. Each takes a missing value for what it is: nothing in, nothing out.

use jiff::civil::Date;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use rust_decimal::Decimal;

use super::environment::{is_missing, number_text};
use super::number;

/// Longest text that a filter may make, in bytes.
const MAX_FILTERED: usize = 64 * 1024;

/// The language of the words that filters write: names of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, also where a language is not known.
    #[default]
    English,
    /// Swahili.
    Swahili,
    /// French.
    French,
}

impl Language {
    /// The language of a locale such as `sw` or `fr-CD`.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['-', '_']).next().map(str::to_ascii_lowercase).as_deref() {
            Some("sw") => Self::Swahili,
            Some("fr") => Self::French,
            _ => Self::English,
        }
    }

    fn month(self, month: i8) -> &'static str {
        let names: [&str; 12] = match self {
            Self::English => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Swahili => [
                "Januari", "Februari", "Machi", "Aprili", "Mei", "Juni", "Julai", "Agosti", "Septemba", "Oktoba",
                "Novemba", "Desemba",
            ],
            Self::French => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
        };
        usize::try_from(month - 1).ok().and_then(|index| names.get(index)).copied().unwrap_or("")
    }
}

/// Makes every allowed filter known to `env`.
pub(crate) fn add_to(env: &mut Environment<'static>, language: Language) {
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("money", money);
    env.add_filter("number", number_filter);
    env.add_filter("date", move |value: &Value, format: Option<&str>| date(value, format, language));
    env.add_filter("upper", |value: &Value| text_of(value).to_uppercase());
    env.add_filter("lower", |value: &Value| text_of(value).to_lowercase());
    env.add_filter("title", |value: &Value| title(&text_of(value)));
    env.add_filter("capitalize", |value: &Value| capitalize(&text_of(value)));
    env.add_filter("trim", |value: &Value| text_of(value).trim().to_owned());
    env.add_filter("truncate", truncate);
    env.add_filter("replace", replace);
    env.add_filter("first_word", |value: &Value| text_of(value).split_whitespace().next().unwrap_or("").to_owned());
    env.add_filter("length", |value: &Value| text_of(value).chars().count());
    env.add_filter("round", round);
    env.add_filter("int", |value: &Value| {
        decimal_of(value).map(|number| number.trunc().to_string().parse::<i64>().unwrap_or(0))
    });
    env.add_filter("abs", |value: &Value| decimal_of(value).map(|number| double(number.abs())));
    env.add_filter("urlencode", |value: &Value| urlencode(&text_of(value)));
    env.add_filter("escape", |value: Value| value);
    env.add_filter("e", |value: Value| value);
}

/// Text of a value as it would be printed.
fn text_of(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Number => number_text(value),
        _ => match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        },
    }
}

/// A missing or empty value becomes `other`.
fn default(value: Value, other: Option<Value>) -> Value {
    if is_missing(&value) { other.unwrap_or_else(|| Value::from("")) } else { value }
}

/// `KES 1,284.50`; the currency is the argument, else the customer's.
fn money(state: &mut State, value: &Value, currency: Option<&str>) -> String {
    let Some(amount) = decimal_of(value) else {
        return text_of(value);
    };
    let own = currency.is_none().then(|| state.lookup("currency")).flatten();
    number::format_money(amount, currency.or_else(|| own.as_ref().and_then(Value::as_str)))
}

/// Thousands grouped, with as many decimals as asked for (else as many as there are).
fn number_filter(value: &Value, decimals: Option<u32>) -> String {
    let Some(amount) = decimal_of(value) else {
        return text_of(value);
    };
    let digits = match decimals {
        Some(places) => number::fixed(amount, places.min(8)),
        None => amount.normalize().to_string(),
    };
    number::grouped(&digits)
}

fn round(value: &Value, decimals: Option<u32>) -> Option<Value> {
    let rounded = number::fixed(decimal_of(value)?, decimals.unwrap_or(0).min(8));
    match rounded.parse::<i64>() {
        Ok(whole) => Some(Value::from(whole)),
        Err(_) => rounded.parse::<f64>().ok().map(Value::from),
    }
}

/// A day: `30 June 2024` (in the language of the creative), `short` 30/06/2024, `iso` 2024-06-30, or a pattern such as
/// `%d.%m.%Y`. What is no date stays as it is.
fn date(value: &Value, format: Option<&str>, language: Language) -> Result<String, Error> {
    let text = text_of(value);
    let Some(day) = parse_day(&text) else {
        return Ok(text);
    };
    match format.unwrap_or("long") {
        "long" => Ok(format!("{} {} {}", day.day(), language.month(day.month()), day.year())),
        "short" => Ok(format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())),
        "iso" => Ok(day.to_string()),
        pattern => format_day(pattern, day, language)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{pattern}` is no date format"))),
    }
}

/// A day as a pattern says, `None` when the pattern is none. Names of months are in `language`.
pub(crate) fn format_day(pattern: &str, day: Date, language: Language) -> Option<String> {
    let pattern = pattern.replace("%B", language.month(day.month()));
    jiff::fmt::strtime::format(&pattern, day).ok()
}

/// A date, or the date of a moment in time, as customers' fields hold them.
fn parse_day(text: &str) -> Option<Date> {
    text.get(..10).and_then(|day| day.parse().ok())
}

fn title(text: &str) -> String {
    text.split(' ').map(capitalize).collect::<Vec<_>>().join(" ")
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect())
}

/// At most `length` characters, the last of them dots when something was cut.
fn truncate(value: &Value, length: Option<usize>, kwargs: Kwargs) -> Result<String, Error> {
    let length = kwargs.get::<Option<usize>>("length")?.or(length).unwrap_or(40);
    kwargs.assert_all_used()?;
    let text = text_of(value);
    if text.chars().count() <= length {
        return Ok(text);
    }
    let kept: String = text.chars().take(length.saturating_sub(3)).collect();
    Ok(format!("{}...", kept.trim_end()))
}

fn replace(value: &Value, from: &str, to: &str) -> Result<String, Error> {
    let text = text_of(value);
    let found = if from.is_empty() { text.len() + 1 } else { text.matches(from).count() };
    if text.len().saturating_add(found.saturating_mul(to.len())) > MAX_FILTERED {
        return Err(Error::new(ErrorKind::InvalidOperation, "the replaced text is too long"));
    }
    Ok(text.replace(from, to))
}

/// For a value inside of a link.
fn urlencode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn decimal_of(value: &Value) -> Option<Decimal> {
    match value.kind() {
        ValueKind::Number if value.is_integer() => value.to_string().parse().ok(),
        ValueKind::Number => f64::try_from(value.clone()).ok().and_then(number::decimal_of),
        ValueKind::String => value.as_str()?.trim().replace(',', "").parse().ok(),
        _ => None,
    }
}

fn double(amount: Decimal) -> Value {
    amount.to_string().parse::<f64>().map_or(Value::UNDEFINED, Value::from)
}
