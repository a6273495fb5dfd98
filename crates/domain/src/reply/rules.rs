//! Opt-outs and bounces: what must be recognised by rule, never by a model.

use super::normalise::{normalise, padded_words, words};

/// Words that, alone or at the start of a very short reply, ask to get nothing more.
const STOP_WORDS: [&str; 26] = [
    "stop",
    "stopall",
    "stopp",
    "unsubscribe",
    "unsub",
    "cancel",
    "end",
    "quit",
    "optout",
    "remove",
    "revoke",
    // Swahili
    "acha",
    "achana",
    "acheni",
    "sitisha",
    "sitisheni",
    "simamisha",
    "ondoa",
    "niondoe",
    "jiondoe",
    "komesha",
    // French
    "arret",
    "arreter",
    "arretez",
    "desabonner",
    "desinscrire",
];

/// Words that may stand beside a stop word without changing its meaning.
const COMPANIONS: [&str; 30] = [
    "please",
    "pls",
    "plz",
    "now",
    "all",
    "sms",
    "msg",
    "msgs",
    "text",
    "texts",
    "messages",
    "message",
    "emails",
    "email",
    "me",
    "it",
    "this",
    "thanks",
    "thank",
    "you",
    "tafadhali",
    "sasa",
    "yote",
    "ujumbe",
    "tu",
    "svp",
    "merci",
    "maintenant",
    "tout",
    "ok",
];

/// Phrases that ask to be taken off, wherever they stand in what the person wrote.
const PHRASES: [&str; 50] = [
    "unsubscribe me",
    "please unsubscribe",
    "want to unsubscribe",
    "like to unsubscribe",
    "wish to unsubscribe",
    "opt out",
    "opt me out",
    "take me off",
    "remove me from",
    "remove my email",
    "remove my number",
    "remove my address",
    "delete me from your list",
    "delete my details",
    "stop sending",
    "stop emailing",
    "stop texting",
    "stop messaging",
    "stop contacting",
    "stop these messages",
    "stop spamming",
    "do not contact me",
    "don't contact me",
    "do not email me",
    "don't email me",
    "do not text me",
    "don't text me",
    "do not send me any more",
    "don't send me any more",
    "no more emails",
    "no more messages",
    "no more sms",
    "leave me alone",
    // Swahili
    "acha kunitumia",
    "acheni kunitumia",
    "msinitumie",
    "usinitumie",
    "usinitumie tena",
    "niondoe kwenye",
    "niondoeni",
    "nitoe kwenye",
    "sitaki ujumbe",
    "sitaki kupokea ujumbe",
    // French
    "desabonnez moi",
    "desinscrivez moi",
    "me desabonner",
    "me desinscrire",
    "retirez moi",
    "ne m'envoyez plus",
    "ne me contactez plus",
];

const NEGATIONS: [&str; 10] =
    ["don't", "dont", "not", "never", "didn't", "didnt", "won't", "wouldn't", "pas", "without"];

/// Whether what the person wrote asks to get nothing more. `own_text` is already without quoted text:
/// an unsubscribe link in the quoted message is no wish.
pub fn is_opt_out(own_text: &str) -> bool {
    let text = normalise(own_text);
    let padded = padded_words(&text);
    is_stop_word_alone(&text) || PHRASES.iter().any(|p| says(&padded, p)) || asks_by_word(&padded)
}

/// "STOP", "Stop please", "Acha SMS": a stop word first and only companions after it.
fn is_stop_word_alone(text: &str) -> bool {
    let all: Vec<&str> = words(text).take(6).collect();
    if all.is_empty() || all.len() > 5 || text.contains('?') {
        return false;
    }
    let heard = |w: &str| STOP_WORDS.contains(&w);
    all.iter().any(|w| heard(w)) && all.iter().all(|w| heard(w) || COMPANIONS.contains(w))
}

/// The phrase stands there and the word right before it does not turn it round. Anything less clear is
/// taken as a wish to opt out: the wrong silence is mended more easily than the wrong message.
fn says(padded: &str, phrase: &str) -> bool {
    let needle = format!(" {} ", phrase.replace('-', " "));
    padded.match_indices(&needle).any(|(at, _)| {
        let before = padded[..at].rsplit(' ').next().unwrap_or("");
        !NEGATIONS.contains(&before)
    })
}

/// "Unsubscribe" and its relatives inside a short reply ("kindly unsubscribe this address").
fn asks_by_word(padded: &str) -> bool {
    let count = padded.split_ascii_whitespace().count();
    let asks = |words: &[&str]| words.iter().any(|w| says(padded, w));
    count <= 12
        && asks(&["unsubscribe", "desabonner", "desinscrire", "desabonnement", "jiondoe", "niondoe"])
        && !asks(&["how", "why"])
}

/// How a message bounced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceKind {
    /// The address does not take mail, now or later.
    Hard,
    /// A full mailbox, a busy server, a delay.
    Soft,
}

/// What a delivery report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceReport {
    pub kind: BounceKind,
    /// Enhanced status code (RFC 3463) such as `5.1.1`, when the report names one.
    pub status: Option<String>,
    /// The address that could not be reached, when the report names it.
    pub recipient: Option<String>,
}

const BOUNCE_SENDERS: [&str; 3] = ["mailer-daemon", "mail-daemon", "postmaster@"];

const BOUNCE_SUBJECTS: [&str; 14] = [
    "undelivered mail returned to sender",
    "undeliverable",
    "delivery status notification",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery subsystem",
    "delivery failure",
    "failure notice",
    "returned mail",
    "message could not be delivered",
    "mail system error",
    "non remis",
    "echec de la remise",
    "haikuweza kutumwa",
];

const BOUNCE_TEXTS: [&str; 10] = [
    "this is the mail system at host",
    "your message could not be delivered",
    "could not be delivered to one or more",
    "wasn't delivered to",
    "delivery to the following recipient",
    "the following address failed",
    "the following addresses had permanent",
    "final-recipient:",
    "diagnostic-code:",
    "recipient address rejected",
];

/// The report in a bounce message (RFC 3464, and the free texts of servers that do not keep to it),
/// or nothing when the message is none.
pub fn bounce(from: &str, subject: &str, body: &str) -> Option<BounceReport> {
    let (sender, subject, text) = (normalise(from), normalise(subject), normalise(body));
    let by_sender = BOUNCE_SENDERS.iter().any(|s| sender.contains(s));
    let by_subject = BOUNCE_SUBJECTS.iter().any(|s| subject.contains(s));
    let by_text = BOUNCE_TEXTS.iter().any(|t| text.contains(t));
    // One sign alone may be a person who forwards or cites a bounce.
    if [by_sender, by_subject, by_text].into_iter().filter(|sign| *sign).count() < 2 {
        return None;
    }
    let status = status_code(&text);
    Some(BounceReport { kind: bounce_kind(status.as_deref(), &text), status, recipient: final_recipient(body) })
}

pub(crate) fn bounce_kind(status: Option<&str>, text: &str) -> BounceKind {
    const SOFT: [&str; 8] = [
        "mailbox full",
        "mailbox is full",
        "over quota",
        "quota exceeded",
        "try again later",
        "has been delayed",
        "action: delayed",
        "temporarily",
    ];
    let soft = match status {
        // 5.2.2 is a full mailbox: permanent for this message, not for the address. 5.7.x is the
        // receiver's policy, which says nothing about whether the address exists.
        Some(code) => code.starts_with('4') || code == "5.2.2" || code.starts_with("5.7."),
        None => SOFT.iter().any(|s| text.contains(s)),
    };
    if soft { BounceKind::Soft } else { BounceKind::Hard }
}

/// The first enhanced status code: one digit 4 or 5, two groups of up to three digits.
pub(crate) fn status_code(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|t| t.trim_matches('.')).find_map(|token| {
        let parts: Vec<&str> = token.split('.').collect();
        let fits = matches!(parts[..], ["4" | "5", a, b] if (1..=3).contains(&a.len()) && (1..=3).contains(&b.len()));
        fits.then(|| token.to_owned())
    })
}

fn final_recipient(body: &str) -> Option<String> {
    let line = body.lines().find(|l| l.trim_start().to_ascii_lowercase().starts_with("final-recipient:"))?;
    let address = line.rsplit([';', ':']).next()?.trim().trim_matches(['<', '>']);
    address.contains('@').then(|| address.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn opt_outs_are_heard() {
        for text in [
            "STOP",
            "stop.",
            "Stop!",
            "STOP SMS",
            "Stop please",
            "unsubscribe",
            "Please unsubscribe me from this list",
            "Kindly unsubscribe this address",
            "I would like to opt out",
            "Take me off your list",
            "stop sending me these",
            "Do not contact me again",
            "Remove me from your mailing list now",
            "ACHA",
            "Acha tafadhali",
            "sitisha",
            "Niondoe",
            "Msinitumie tena ujumbe",
            "Acheni kunitumia hizi",
            "Sitaki ujumbe wenu",
            "ARRÊT",
            "Désabonnez-moi svp",
            "Retirez-moi de votre liste",
            "Je veux me désinscrire",
            "Ne m’envoyez plus rien",
            "Not interested, please unsubscribe me",
        ] {
            assert!(is_opt_out(text), "{text}");
        }
    }

    #[test]
    fn other_wishes_are_not_opt_outs() {
        for text in [
            "Not interested",
            "Stop by our office tomorrow",
            "Please don't stop sending me offers",
            "Don't unsubscribe me!",
            "When does the promotion end?",
            "Yes, interested!",
            "How do I cancel my old bundle?",
            "Can I stop?",
            "Sitaki",
            "I did not unsubscribe, why no offers?",
            "Non merci",
            "",
            "end of month works for me",
        ] {
            assert!(!is_opt_out(text), "{text}");
        }
    }

    #[test]
    fn bounces_are_told_hard_from_soft() {
        let dsn = |status: &str| {
            bounce(
                "MAILER-DAEMON@mx.example.com (Mail Delivery System)",
                "Undelivered Mail Returned to Sender",
                &format!(
                    "This is the mail system at host mx.\nFinal-Recipient: rfc822; Bob@Example.com\nStatus: {status}\n"
                ),
            )
            .unwrap()
        };
        assert_eq!(dsn("5.1.1").kind, BounceKind::Hard);
        assert_eq!(dsn("5.1.1").recipient.as_deref(), Some("bob@example.com"));
        assert_eq!(dsn("4.4.1").kind, BounceKind::Soft);
        assert_eq!(dsn("5.2.2").kind, BounceKind::Soft);
        let free = bounce("postmaster@x.org", "Mail delivery failed", "The mailbox is full, try again later").unwrap();
        assert_eq!((free.kind, free.status), (BounceKind::Soft, None));
        assert_eq!(bounce("jane@x.org", "Re: offer", "my last mail was undeliverable"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(from in ".{0,40}", subject in ".{0,60}", body in "(?s).{0,300}") {
            let _ = is_opt_out(&body);
            let _ = bounce(&from, &subject, &body);
        }

        #[test]
        fn a_stop_word_is_heard_in_any_case_and_dress(at in 0usize..STOP_WORDS.len(), mask in any::<u16>(), mark in "[.! ]{0,3}") {
            let word: String = STOP_WORDS[at].chars().enumerate()
                .map(|(i, c)| if mask >> (i % 16) & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
            let said = format!("{mark}{word}{mark}");
            prop_assert!(is_opt_out(&said));
        }
    }
}
