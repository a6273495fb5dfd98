//! The `Message-ID` of what Muster sends: what an answer or a report says it is about.
//!
//! A campaign's message is `<campaign>.<run>.<seq>@<host>`, the campaign's id written without dashes or with them; an answer
//! from the board is `a<workspace>.<number>@<host>`, a test message `test.<id>@<host>`.

use uuid::Uuid;

/// Longest `Message-ID` that is looked at (RFC 5322 §2.1.1 bounds a line).
const MAX_ID: usize = 998;

/// What a campaign's message calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageName {
    pub campaign: Uuid,
    pub run_id: i64,
    pub seq: i64,
}

impl MessageName {
    /// Reads an id with or without its angle brackets; none when it is of somebody else's.
    pub fn parse(id: &str) -> Option<Self> {
        let id = id.trim().trim_matches(['<', '>']);
        let (local, _) = id.split_once('@').filter(|_| id.len() <= MAX_ID)?;
        let mut parts = local.split('.');
        let campaign = Uuid::try_parse(parts.next()?).ok()?;
        let number = |part: Option<&str>| part?.parse().ok().filter(|number: &i64| *number >= 0);
        let (run_id, seq) = (number(parts.next())?, number(parts.next())?);
        parts.next().is_none().then_some(Self { campaign, run_id, seq })
    }

    /// The ids of campaigns' messages that stand in a text, such as a returned message; the first `most` of them.
    pub fn find_in(text: &str, most: usize) -> Vec<&str> {
        let parted = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';');
        text.split(parted).filter(|word| Self::parse(word).is_some()).take(most).collect()
    }
}

/// Whether an id is one that Muster gave to something it sent.
pub fn is_ours(id: &str) -> bool {
    MessageName::parse(id).is_some() || is_answer(id) || is_test(id)
}

fn is_test(id: &str) -> bool {
    let id = id.trim().trim_matches(['<', '>']).strip_prefix("test.");
    id.and_then(|id| id.split_once('@')).is_some_and(|(local, _)| Uuid::try_parse(local).is_ok())
}

fn is_answer(id: &str) -> bool {
    let local = id.trim().trim_matches(['<', '>']).split_once('@').map_or("", |(local, _)| local);
    let digits = |text: &str| !text.is_empty() && text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit());
    let numbers = local.strip_prefix('a').and_then(|rest| rest.split_once('.'));
    numbers.is_some_and(|(workspace, number)| digits(workspace) && digits(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CAMPAIGN: &str = "01890000000070008000000000000000";

    #[test]
    fn our_ids_name_their_message_and_others_do_not() {
        let name = MessageName { campaign: CAMPAIGN.parse().unwrap(), run_id: 12, seq: 150 };
        assert_eq!(MessageName::parse(&format!("<{CAMPAIGN}.12.150@mail.example.com>")), Some(name));
        assert_eq!(MessageName::parse(&format!("{}.12.150@m", name.campaign)), Some(name), "with dashes");
        for other in ["CAF3x.7@mail.gmail.com", "", "@", "a1.2@x"] {
            assert_eq!(MessageName::parse(other), None, "{other}");
        }
        for wrong in ["12", "12.x", "12.1.2", "-1.2", "12.99999999999999999999"] {
            assert_eq!(MessageName::parse(&format!("{CAMPAIGN}.{wrong}@m")), None, "{wrong}");
        }
        assert!(is_ours("<a1.77@jamii.co.ke>") && is_ours(&format!("{CAMPAIGN}.1.2@m")));
        assert!(is_ours(&format!("<test.{CAMPAIGN}@m>")) && !is_ours("test.1@m"));
        assert!(!is_ours("a1.b@x") && !is_ours("a.7@x") && !is_ours("<CAF3x.7@mail.gmail.com>"));
    }

    #[test]
    fn they_are_found_in_a_returned_message() {
        let id = format!("{CAMPAIGN}.12.150@mail.example.com");
        let text = format!("--- Below this line is a copy of the message.\n\nMessage-ID: <{id}>\nTo: <j@x.org>\n");
        assert_eq!(MessageName::find_in(&text, 5), [id]);
        assert!(MessageName::find_in("nothing of <ours@x> here", 5).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,200}") {
            let _ = (MessageName::parse(&text), is_ours(&text), MessageName::find_in(&text, 3));
        }
    }
}
