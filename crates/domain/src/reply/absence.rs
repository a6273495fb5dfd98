//! Out-of-office answers and the day on which their writer is back.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::dates::dates_in;
use super::normalise::normalise;
use crate::clock::Millis;

/// How often the words of one message go again to somebody who is away each time.
pub const MAX_ROUNDS: i64 = 3;
/// The hour at which a message goes again, on the clock of its reader.
const HOUR: u32 = 9;

crate::text_enum! {
    /// How far the second sending to somebody who was away is.
    pub enum RetryStatus {
        Waiting = "waiting",
        /// A further recipient of the run: whether it has left yet, and how, its own status says.
        Sent = "sent",
        Dropped = "dropped",
    }
}

crate::text_enum! {
    /// Why a message does not go again after an absence.
    pub enum RetryDropped {
        /// The customer wrote something else, or followed a link, before the return.
        Answered = "answered",
        /// A person said so.
        Stopped = "stopped",
        /// A person said that the reply is no absence.
        Corrected = "corrected",
        /// The campaign was cancelled or deleted.
        CampaignOver = "campaign_over",
        /// The customer was erased.
        Erased = "erased",
    }
}

/// A return date further away than this is not believed.
const FURTHEST_DAYS: u64 = 400;

const SUBJECTS: [&str; 14] = [
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "auto:",
    "on leave",
    "annual leave",
    "absence du bureau",
    "reponse automatique",
    "message d'absence",
    "jibu la moja kwa moja",
    "nje ya ofisi",
];

const PHRASES: [&str; 44] = [
    "out of office",
    "out of the office",
    "away from the office",
    "away from my desk",
    "i am currently away",
    "i'm currently away",
    "i am on leave",
    "i'm on leave",
    "i am on annual leave",
    "on annual leave",
    "on maternity leave",
    "on paternity leave",
    "on parental leave",
    "on sick leave",
    "i am on vacation",
    "i'm on vacation",
    "i am on holiday",
    "i'm on holiday",
    "limited access to email",
    "limited access to my email",
    "no access to email",
    "i will be back on",
    "i'll be back on",
    "i will return on",
    "will respond when i return",
    "upon my return",
    "this is an automated reply",
    "this is an automatic reply",
    "je suis absent",
    "je suis actuellement absent",
    "actuellement absent",
    "je suis en conge",
    "en conges",
    "absent du bureau",
    "de retour le",
    "a mon retour",
    "acces limite a mes mails",
    "niko likizo",
    "nipo likizo",
    "nje ya ofisi",
    "sipo ofisini",
    "siko ofisini",
    "nitarejea ofisini",
    "jibu la kiotomatiki",
];

/// Whether the reply is an out-of-office answer. `auto_submitted` is the header of RFC 3834.
pub fn is_absence(subject: &str, text: &str, auto_submitted: Option<&str>) -> bool {
    let says_automatic = auto_submitted.is_some_and(|v| {
        let v = v.trim().to_ascii_lowercase();
        v.starts_with("auto-replied") || v == "yes"
    });
    let (subject, text) = (normalise(subject), normalise(text));
    says_automatic
        || SUBJECTS.iter().any(|s| subject.contains(s))
        || PHRASES.iter().any(|p| text.contains(p)) && !asks_back(&text)
}

/// "I am on leave but yes, please call me": a person, not a machine, when there is a question or a
/// wish beside the absence and the text is short.
fn asks_back(text: &str) -> bool {
    text.len() < 240
        && ["please call me", "call me", "interested", "nipigie", "rappelez-moi"].iter().any(|p| text.contains(p))
}

/// The day that the answer names as the return, seen from the day on which it came.
///
/// Of several dates the last one is taken (a span names its end last). Dates in the past and ones
/// more than 400 days ahead are not believed.
pub fn return_date(subject: &str, text: &str, received_on: NaiveDate) -> Option<NaiveDate> {
    let latest = received_on.checked_add_days(Days::new(FURTHEST_DAYS))?;
    let all = normalise(&format!("{subject}\n{text}"));
    dates_in(&all, received_on).into_iter().filter(|d| *d >= received_on && *d <= latest).max()
}

/// The day on which to try again: the one after the return date, or a week later when none is named.
pub fn retry_on(return_date: Option<NaiveDate>, received_on: NaiveDate) -> NaiveDate {
    let (from, days) = match return_date {
        Some(date) => (date, 1),
        None => (received_on, 7),
    };
    from.checked_add_days(Days::new(days)).unwrap_or(from)
}

/// Nine in the morning of a day in a timezone (IANA name; UTC when unknown).
pub fn retry_at(day: NaiveDate, zone: &str) -> Millis {
    let at = day.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default());
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    zone.from_local_datetime(&at)
        .earliest()
        .map_or_else(|| Utc.from_utc_datetime(&at).timestamp_millis(), |at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn absences_are_recognised_in_three_languages() {
        for (subject, text, back) in [
            ("Automatic reply: Hello", "I am out of the office until 5 January.", Some("2026-01-05")),
            (
                "Re: Hello",
                "I'm on annual leave from 20 December to 2 January with limited access to email.",
                Some("2026-01-02"),
            ),
            ("Réponse automatique", "Je suis absent jusqu'au 6 janvier 2026.", Some("2026-01-06")),
            ("Re: Hi", "Niko likizo hadi tarehe 8 Januari.", Some("2026-01-08")),
            ("Out of office", "Back soon.", None),
        ] {
            assert!(is_absence(subject, text, None), "{text}");
            let got = return_date(subject, text, day("2025-12-17"));
            assert_eq!(got, back.map(day), "{text}");
        }
        assert!(is_absence("Re: Hi", "Thanks, got it.", Some("auto-replied")));
        assert!(!is_absence("Re: Hi", "Thanks, got it.", Some("no")));
        assert!(!is_absence("Re: Hi", "I am on leave this week but interested, call me", None));
    }

    #[test]
    fn the_next_try_is_after_the_return() {
        let got = day("2025-12-17");
        assert_eq!(retry_on(Some(day("2026-01-05")), got), day("2026-01-06"));
        assert_eq!(retry_on(None, got), day("2025-12-24"));
        let at = |zone| crate::time::rfc3339(retry_at(day("2026-01-06"), zone));
        assert_eq!(
            (at("Africa/Nairobi").as_str(), at("nowhere").as_str()),
            ("2026-01-06T06:00:00Z", "2026-01-06T09:00:00Z")
        );
        assert_eq!(return_date("", "Since 1 December 2024 our office moved", got), None);
    }
}
