use proptest::prelude::*;

use super::samples::{APPLE, ARF, EXCHANGE, GMAIL, NEWSLETTER, OURS, OUTLOOK, POSTFIX, QMAIL, TANGLED, VACATION, mail};
use super::*;
use crate::reply::quote;
use crate::reply::rules::BounceKind;

fn reply_in(sample: &str) -> (Incoming, String, bool) {
    let found = read(&mail(sample));
    let Kind::Reply { body, is_automatic, .. } = found.kind.clone() else { panic!("{found:?}") };
    (found, body, is_automatic)
}

fn bounce_in(text: &str) -> (Incoming, BounceReport) {
    let found = read(&mail(text));
    let Kind::Bounce { report, .. } = found.kind.clone() else { panic!("{found:?}") };
    (found, report)
}

#[test]
fn what_people_answer_is_read_as_their_programs_write_it() {
    for (sample, own, from) in [
        (GMAIL, "Yes, interested!  Please call me on 0722\u{202f}418906.", "John Smith <john.smith@gmail.com>"),
        (OUTLOOK, "Tell me more about pricing, s'il vous plaît.", "Jane Doe <jane@contoso.example>"),
        (APPLE, "Not interested", "Peter Otieno <peter@icloud.example>"),
    ] {
        let (found, body, is_automatic) = reply_in(sample);
        assert_eq!((quote::strip(&body).as_str(), found.from.as_str(), is_automatic), (own, from, false));
        assert_eq!(found.answers[0], OURS);
    }
    let (found, ..) = reply_in(GMAIL);
    assert_eq!(found.subject, "Re: Hey, following up – Gold");
    assert_eq!(found.message_id.as_deref(), Some("CAF3x+7Q@mail.gmail.com"));
    assert_eq!(found.answers, [OURS, "first@jamii.co.ke"]);
    assert!(found.recipients.contains(&String::from("offers@jamii.co.ke")));
}

#[test]
fn machines_are_told_from_people() {
    let (found, body, is_automatic) = reply_in(VACATION);
    assert!(is_automatic && body.contains("5 January"));
    assert_eq!(found.recipients, ["bounce+abcdefg@bounces.jamii.co.ke"], "with the sign of the message");
    let Kind::Reply { auto_submitted, .. } = found.kind else { panic!() };
    assert_eq!(auto_submitted.as_deref(), Some("auto-replied (vacation)"));
    assert!(reply_in(NEWSLETTER).2, "to many is to nobody");
    let said = GMAIL.replace("MIME-Version: 1.0", "Auto-Submitted: No\nMIME-Version: 1.0");
    assert!(!reply_in(&said).2);
}

#[test]
fn what_we_sent_ourselves_is_left_alone() {
    for id in [OURS, "a1.77@jamii.co.ke"] {
        let own = APPLE.replace("0A1B2C3D-1111-2222-3333-444455556666@icloud.example", id);
        assert_eq!(read(&mail(&own)).kind, Kind::Nothing(Why::Own), "{id}");
    }
}

#[test]
fn a_server_says_whether_it_is_for_good() {
    let (found, report) = bounce_in(POSTFIX);
    assert_eq!((report.kind, report.status.as_deref()), (BounceKind::Hard, Some("5.1.1")));
    assert_eq!(report.recipient.as_deref(), Some("nobody@example.org"));
    assert_eq!(found.answers, [OURS]);
    assert!(found.recipients.contains(&String::from("bounce+token@bounces.jamii.co.ke")));
    let Kind::Bounce { text, .. } = found.kind else { panic!() };
    assert!(text.starts_with("This is the mail system at host mx.jamii.co.ke."), "{text}");

    let (found, report) = bounce_in(EXCHANGE);
    assert_eq!((report.kind, report.status.as_deref()), (BounceKind::Soft, Some("5.2.2")), "by its diagnostic code");
    assert_eq!(
        (report.recipient.as_deref(), found.answers.as_slice()),
        (Some("full@contoso.example"), &[OURS.into()][..])
    );

    let delayed = POSTFIX.replace("Action: failed", "Action: delayed").replace("Status: 5.1.1", "Status: 4.4.1");
    assert_eq!(bounce_in(&delayed).1.kind, BounceKind::Soft);
    let given_up = POSTFIX.replace("Status: 5.1.1", "Status: 4.4.1").replace("550 5.1.1", "connect timed out");
    assert_eq!(bounce_in(&given_up).1.kind, BounceKind::Soft, "failed, but not because of the address");
    let delivered = POSTFIX.replace("Action: failed", "Action: delivered");
    assert_eq!(read(&mail(&delivered)).kind, Kind::Nothing(Why::Receipt));
    let whole = "Final-Recipient: rfc822; a@x.org\nAction: delayed\nStatus: 4.0.0\n\nFinal-Recipient: rfc822; Nobody";
    let several = POSTFIX.replace("Final-Recipient: rfc822; Nobody", whole);
    assert_eq!(bounce_in(&several).1.kind, BounceKind::Hard, "of several, the worst");
}

#[test]
fn a_returned_message_is_found_in_text_too() {
    let (found, body, is_automatic) = reply_in(QMAIL);
    assert!(is_automatic && body.contains("#5.1.1"));
    assert_eq!(found.answers, [OURS]);
}

#[test]
fn a_mail_whose_parts_are_tangled_is_read_as_far_as_it_can_be() {
    let found = read(TANGLED.as_bytes());
    assert_eq!(found.from_address, "abusedesk@example.net");
    // The part that would have made it a report is none any more: it is what somebody wrote.
    let Kind::Reply { body, .. } = found.kind else { panic!("{:?}", found.kind) };
    assert!(body.starts_with("This is an email abuse report"), "{body}");
}

#[test]
fn a_complaint_names_the_message_it_is_about() {
    let found = read(&mail(ARF));
    assert_eq!(found.kind, Kind::Complaint);
    assert_eq!(found.answers, [OURS]);
    assert!(found.recipients.contains(&String::from("bounce+token@bounces.jamii.co.ke")));
    for other in ["not-spam", "virus", "auth-failure", ""] {
        let report = ARF.replace("Feedback-Type: abuse", &format!("Feedback-Type: {other}"));
        assert_eq!(read(&mail(&report)).kind, Kind::Nothing(Why::OtherReport), "{other}");
    }
}

#[test]
fn a_mail_without_words_or_sender_is_nothing() {
    for text in ["", "\r\n\r\n", "garbage", "Subject: Hello\r\n\r\nnobody wrote this", "From: a@b.c\r\n\r\n \r\n"] {
        assert_eq!(read(text.as_bytes()).kind, Kind::Nothing(Why::Empty), "{text:?}");
    }
}

#[test]
fn what_is_huge_is_cut_and_what_is_deep_ends() {
    let mut long = mail(APPLE);
    long.extend("é\0".repeat(MAX_BYTES).bytes());
    let Kind::Reply { body, .. } = read(&long).kind else { panic!() };
    assert!(body.len() <= MAX_TEXT && body.starts_with("Not interested") && !body.contains('\0'));
    let deep: String =
        (0..5_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let _ = read(format!("From: a@b.c\r\n{deep}").as_bytes());
    let nested = "Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\n".repeat(5_000);
    let _ = read(format!("From: a@b.c\r\n{nested}").as_bytes());
    let many = "References: <a@b>\r\n".repeat(10_000);
    assert!(read(format!("From: a@b.c\r\n{many}\r\nHello").as_bytes()).answers.len() <= MAX_NAMED);
}

/// Whatever is read fits into what is made of it.
fn fits(found: &Incoming) {
    assert!(found.answers.len() <= MAX_NAMED && found.recipients.len() <= 2 * MAX_NAMED);
    assert!(found.from.len() <= 500 && found.subject.len() <= 500 && !found.subject.contains(['\0', '\n']));
    if let Kind::Reply { body, .. } | Kind::Bounce { text: body, .. } = &found.kind {
        assert!(body.len() <= MAX_TEXT && !body.contains('\0'));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        fits(&read(&bytes));
    }

    #[test]
    fn a_mail_in_which_anything_went_wrong_is_taken(
        sample in prop::sample::select(vec![GMAIL, OUTLOOK, APPLE, VACATION, POSTFIX, EXCHANGE, QMAIL, ARF]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 0..12),
    ) {
        let mut bytes = mail(sample);
        for (at, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.truncate(at),
            }
        }
        fits(&read(&bytes));
    }
}
