//! Calendar dates in running text, in English, French and Swahili.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::normalise::words;

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "janv", "januari"],
    &["february", "feb", "fevrier", "fevr", "fev", "februari"],
    &["march", "mar", "mars", "machi"],
    &["april", "apr", "avril", "avr", "aprili"],
    &["may", "mai", "mei"],
    &["june", "jun", "juin", "juni"],
    &["july", "jul", "juillet", "juil", "julai"],
    &["august", "aug", "aout", "agosti"],
    &["september", "sept", "sep", "septembre", "septemba"],
    &["october", "oct", "octobre", "oktoba"],
    &["november", "nov", "novembre", "novemba"],
    &["december", "dec", "decembre", "desemba"],
];

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "mon", "lundi", "jumatatu"], Weekday::Mon),
    (&["tuesday", "tue", "tues", "mardi", "jumanne"], Weekday::Tue),
    (&["wednesday", "wed", "mercredi", "jumatano"], Weekday::Wed),
    (&["thursday", "thu", "thurs", "jeudi", "alhamisi"], Weekday::Thu),
    (&["friday", "fri", "vendredi", "ijumaa"], Weekday::Fri),
    (&["saturday", "sat", "samedi", "jumamosi"], Weekday::Sat),
    (&["sunday", "sun", "dimanche", "jumapili"], Weekday::Sun),
];

/// The dates that a normalised text names, seen from `today`; a date without a year is the next one.
/// Numbers such as `05/01/2026` are day first unless the second number cannot be a month.
pub fn dates_in(normalised: &str, today: NaiveDate) -> Vec<NaiveDate> {
    let mut found = numeric_dates(normalised, today);
    let words: Vec<&str> = words(normalised).take(400).collect();
    for (i, word) in words.iter().enumerate() {
        if let Some(month) = month_number(word) {
            found.extend(around_month(&words, i, month, today));
        }
    }
    if found.is_empty() {
        found.extend(words.iter().enumerate().filter_map(|(i, _)| relative_day(&words, i, today)));
    }
    found
}

fn month_number(word: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, names)| names.contains(&word)).map(|(n, _)| n)
}

/// "5 January 2026", "5th of January", "January 5th, 2026", "le 1er janvier", "tarehe 5 Januari".
fn around_month(words: &[&str], at: usize, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let before = at.checked_sub(1).map(|i| words[i]);
    let before = if matches!(before, Some("of" | "ya" | "de")) { at.checked_sub(2).map(|i| words[i]) } else { before };
    let (day, year_at) = match before.and_then(day_number) {
        Some(day) => (day, at + 1),
        None => (words.get(at + 1).and_then(|w| day_number(w))?, at + 2),
    };
    let year = words.get(year_at).and_then(|w| year_number(w));
    on(year, month, day, today)
}

fn day_number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    let suffix = &word[digits.len()..];
    if !matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "er") {
        return None;
    }
    digits.parse().ok().filter(|d| (1..=31).contains(d))
}

fn year_number(word: &str) -> Option<i32> {
    word.parse().ok().filter(|y| (2000..2200).contains(y))
}

/// The date; without a year the first one that is not before `today`.
fn on(year: Option<i32>, month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        // Four years hold a 29 February, but for one century in four.
        None => {
            (0..=4).filter_map(|n| NaiveDate::from_ymd_opt(today.year() + n, month, day)).find(|date| *date >= today)
        }
    }
}

fn numeric_dates(text: &str, today: NaiveDate) -> Vec<NaiveDate> {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '-' | '.')))
        .map(|t| t.trim_matches(['/', '-', '.']))
        .filter_map(|token| {
            let mark = ['/', '-', '.'].into_iter().find(|m| token.contains(*m))?;
            let parts: Vec<u32> = token.split(mark).map(|p| p.parse().ok()).collect::<Option<_>>()?;
            match parts[..] {
                [year, month, day] if year > 1999 => on(i32::try_from(year).ok(), month, day, today),
                [a, b, year] => {
                    let year = if year < 100 { 2000 + year } else { year };
                    let (day, month) = if b > 12 { (b, a) } else { (a, b) };
                    on(year_number(&year.to_string()), month, day, today)
                }
                // "05/01" only: "10.5" is more often a number than a day.
                [a, b] if mark == '/' => {
                    let (day, month) = if b > 12 { (b, a) } else { (a, b) };
                    on(None, month, day, today)
                }
                _ => None,
            }
        })
        .collect()
}

/// "Monday", "next Monday", "tomorrow", "next week", "in two weeks".
fn relative_day(words: &[&str], at: usize, today: NaiveDate) -> Option<NaiveDate> {
    let next = words.get(at + 1).copied().unwrap_or("");
    if let Some((_, weekday)) = WEEKDAYS.iter().find(|(names, _)| names.contains(&words[at])) {
        return next_weekday(*weekday, today);
    }
    match (words[at], next) {
        ("tomorrow" | "demain" | "kesho", _) => today.checked_add_days(Days::new(1)),
        ("next", "week") | ("semaine", "prochaine") | ("wiki", "ijayo") => next_weekday(Weekday::Mon, today),
        ("in" | "dans" | "baada", _) => {
            let rest = &words[at + 1..];
            let rest = if rest.first() == Some(&"ya") { &rest[1..] } else { rest };
            let (first, second) = (rest.first()?, rest.get(1)?);
            // Swahili says "wiki mbili", the others "two weeks".
            let days = count(first)
                .zip(unit_days(second))
                .or_else(|| count(second).zip(unit_days(first)))
                .map(|(n, unit)| n * unit)?;
            today.checked_add_days(Days::new(days))
        }
        _ => None,
    }
}

fn next_weekday(weekday: Weekday, today: NaiveDate) -> Option<NaiveDate> {
    let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today.checked_add_days(Days::new(u64::from(if ahead == 0 { 7 } else { ahead })))
}

fn count(word: &str) -> Option<u64> {
    const NUMBERS: [&[&str]; 6] = [
        &["1", "a", "one", "un", "une", "moja"],
        &["2", "two", "deux", "mbili"],
        &["3", "three", "trois", "tatu"],
        &["4", "four", "quatre", "nne"],
        &["5", "five", "cinq", "tano"],
        &["6", "six", "sita"],
    ];
    (1..)
        .zip(NUMBERS)
        .find(|(_, n)| n.contains(&word))
        .map(|(n, _)| n)
        .or_else(|| word.parse().ok().filter(|n| *n <= 90))
}

fn unit_days(word: &str) -> Option<u64> {
    match word {
        "day" | "days" | "jour" | "jours" | "siku" => Some(1),
        "week" | "weeks" | "semaine" | "semaines" | "wiki" => Some(7),
        "month" | "months" | "mois" | "mwezi" | "miezi" => Some(30),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::normalise::normalise;
    use proptest::prelude::*;

    fn last(text: &str) -> Option<String> {
        let today = NaiveDate::from_ymd_opt(2025, 12, 17).unwrap(); // a Wednesday
        dates_in(&normalise(text), today).into_iter().max().map(|d| d.to_string())
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, date) in [
            ("back on 5 January", "2026-01-05"),
            ("until the 5th of January 2026", "2026-01-05"),
            ("Return: January 5th, 2026", "2026-01-05"),
            ("from 20 Dec to 2 Jan", "2026-01-02"),
            ("jusqu'au 1er février 2026", "2026-02-01"),
            ("hadi tarehe 5 Januari", "2026-01-05"),
            ("until 2026-01-05.", "2026-01-05"),
            ("until 05/01/2026", "2026-01-05"),
            ("until 01/25/2026", "2026-01-25"),
            ("until 05.01.26", "2026-01-05"),
            ("back 5/1", "2026-01-05"),
            ("back on Monday", "2025-12-22"),
            ("back next Wednesday", "2025-12-24"),
            ("nitarudi Jumatatu", "2025-12-22"),
            ("de retour demain", "2025-12-18"),
            ("back next week", "2025-12-22"),
            ("I return in two weeks", "2025-12-31"),
            ("nitarudi baada ya wiki mbili", "2025-12-31"),
        ] {
            assert_eq!(last(text).as_deref(), Some(date), "{text}");
        }
        assert_eq!(last("I may be away, version 10.5, call 0722 418 906"), None);
    }

    proptest! {
        #[test]
        fn a_written_date_is_found_again(days in 0u64..3_000, style in 0usize..4) {
            let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
            let date = today.checked_add_days(Days::new(days)).unwrap();
            let format = ["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d/%m/%Y"][style];
            let text = normalise(&format!("I am back on {}.", date.format(format)));
            prop_assert_eq!(dates_in(&text, today), vec![date]);
        }

        #[test]
        fn any_text_is_taken(text in "(?s).{0,200}") {
            let _ = dates_in(&normalise(&text), NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
        }
    }
}
