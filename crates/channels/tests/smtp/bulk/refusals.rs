//! A server that answers, but not always yes.

use Step::{Body, Expect, Gone, Say};

use super::{ACCEPTED, GROUP, PIPELINING, TAKEN, against, send_all};
use crate::{
    letter, relay,
    scripted::{Scripted, Step, envelope, greeting, script},
};

const AFRESH: &[Step] = &[Expect("RSET"), Expect("MAIL FROM:"), Expect("RCPT TO:"), Expect("DATA")];
const TAKEN_AFRESH: &[Step] = &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n354 go")];

#[tokio::test]
async fn a_recipient_refused_inside_a_group_costs_only_its_letter() {
    for refusal in ["554 5.5.1 no valid recipients", "503 5.5.1 RCPT first", "451 later"] {
        let answers = format!("250 Ok\r\n550-5.1.1 No such user.\r\n550 5.1.1 Really.\r\n{refusal}").leak();
        let refused: &[Step] = &[Say(answers)];
        let rest = [AFRESH, TAKEN_AFRESH, ACCEPTED, &[Gone]];
        let sent = against(&[&[PIPELINING, GROUP, refused, rest[0], rest[1], rest[2], rest[3]]], 2).await;
        assert_eq!(sent.outcomes, ["reject BadAddress", "accepted"]);
        let reason = &sent.reasons[0];
        assert_eq!((reason.code, reason.enhanced.unwrap().to_string()), (Some(550), "5.1.1".to_owned()));
        assert_eq!(reason.text, "No such user.\nReally.");
    }
}

#[tokio::test]
async fn data_accepted_for_nobody_is_ended_by_a_lone_dot() {
    for answer in ["250 2.0.0 Ok: queued as 4F1A", "554 5.5.1 no valid recipients"] {
        let nobody: &[Step] = &[
            Say("250 Ok\r\n450 4.2.0 Greylisted\r\n354 go"),
            Expect(".\r\n"),
            Step::NothingMore,
            Say(answer.to_owned().leak()),
        ];
        let sent = against(&[&[PIPELINING, GROUP, nobody, GROUP, TAKEN, ACCEPTED]], 2).await;
        assert_eq!(sent.outcomes, ["retry Message", "accepted"]);
    }
}

#[tokio::test]
async fn no_dot_sends_an_empty_mail_to_somebody() {
    let confused: &[Step] = &[Say("550 5.7.1 not you\r\n250 Ok\r\n354 go"), Gone];
    let sent = against(&[&[PIPELINING, GROUP, confused], &[PIPELINING, GROUP, TAKEN, ACCEPTED]], 2).await;
    assert_eq!(sent.outcomes, ["reject Blocked", "accepted"]);
}

#[tokio::test]
async fn a_sender_refused_and_data_refused_are_told_apart() {
    let sender: &[Step] = &[Say("550 5.1.8 sender refused\r\n503 5.5.1 MAIL first\r\n503 5.5.1 RCPT first")];
    let data: &[Step] = &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n451 4.7.1 come later")];
    let sent = against(&[&[PIPELINING, GROUP, sender, AFRESH, data, AFRESH, TAKEN_AFRESH, ACCEPTED]], 3).await;
    assert_eq!(sent.outcomes, ["reject Blocked", "retry Message", "accepted"]);
}

#[tokio::test]
async fn step_by_step_a_refusal_ends_the_letter_at_once() {
    let sender: &[Step] = &[Expect("MAIL"), Say("553 5.1.8 no"), Expect("RSET"), Say("250 Ok")];
    let recipient: &[Step] =
        &[Expect("MAIL"), Say("250 Ok"), Expect("RCPT"), Say("550 5.1.1 no"), Expect("RSET"), Say("250 Ok")];
    let data: &[Step] = &[
        Expect("MAIL"),
        Say("250 Ok"),
        Expect("RCPT"),
        Say("250 Ok"),
        Expect("DATA"),
        Say("450 busy"),
        Expect("RSET"),
        Say("250 Ok"),
    ];
    let sent = against(&[&[&greeting(), sender, recipient, data, &envelope(), ACCEPTED, &[Gone]]], 4).await;
    assert_eq!(sent.outcomes, ["reject Blocked", "reject BadAddress", "retry Message", "accepted"]);
}

#[tokio::test]
async fn a_body_that_is_refused_costs_only_its_letter() {
    let both: &[Step] = &[Body, Expect("MAIL"), Expect("RCPT"), Expect("DATA")];
    for (answer, outcome) in [("554 5.7.1 spam", "reject Content"), ("451 4.7.1 later", "retry Message")] {
        let refused: &[Step] = &[Say(format!("{answer}\r\n250 Ok\r\n250 Ok\r\n354 go").leak())];
        let sent = against(&[&[PIPELINING, GROUP, TAKEN, both, refused, ACCEPTED]], 2).await;
        assert_eq!(sent.outcomes, [outcome, "accepted"]);
    }
}

#[tokio::test]
async fn a_relay_that_closes_by_421_keeps_what_it_said_and_gets_the_rest_on_a_new_connection() {
    let good: &[&[Step]] = &[PIPELINING, GROUP, TAKEN, ACCEPTED];
    for (answers, outcome) in [
        ("421 4.3.2 shutting down", "retry Provider"),
        ("250 Ok\r\n421 4.3.2 shutting down", "retry Provider"),
        ("250 Ok\r\n250 Ok\r\n421 4.3.2 shutting down", "retry Provider"),
    ] {
        let bye: &[Step] = &[Say(answers), Step::Close];
        let sent = against(&[&[PIPELINING, GROUP, bye], good], 2).await;
        assert_eq!(sent.outcomes, [outcome, "accepted"], "{answers}");
        assert_eq!(sent.reasons[0].code, Some(421));
    }
    // To the body: it was not taken, and the envelope after it goes elsewhere.
    let both: &[Step] =
        &[Body, Expect("MAIL"), Expect("RCPT"), Expect("DATA"), Say("421 4.3.2 shutting down"), Step::Close];
    let sent = against(&[&[PIPELINING, GROUP, TAKEN, both], good], 2).await;
    assert_eq!(sent.outcomes, ["retry Provider", "accepted"]);
}

#[tokio::test]
async fn trouble_of_the_relay_as_a_whole_ends_the_lane_when_it_lasts() {
    let full: &[Step] = &[Say("452 4.3.1 Insufficient system storage\r\n503 no\r\n503 no"), Gone];
    let sent = against(&[&[PIPELINING, GROUP, full], &[PIPELINING, GROUP, full]], 5).await;
    assert_eq!(sent.outcomes, ["retry Provider", "retry Provider"]);
    assert_eq!((sent.end.unwrap_err().code, sent.left), (Some(452), 3));
}

#[tokio::test]
async fn a_message_refused_before_it_was_complete_is_refused_and_the_connection_left() {
    let early: &[Step] = &[Step::BodyLines(3), Say("552 5.3.4 too big"), Step::Stall];
    let server = Scripted::start(vec![
        script(&[PIPELINING, GROUP, TAKEN, early]),
        script(&[PIPELINING, GROUP, TAKEN, ACCEPTED]),
    ])
    .await;
    let mut large = letter(0);
    large.text = "all work and no play\n".repeat(2_000_000);
    let large = muster_channels::email::bulk::Letter::of(0, &large).unwrap();
    let sent = send_all(relay(server.port), vec![large, super::bulk(1)]).await;
    assert_eq!(sent.outcomes, ["reject Content", "accepted"]);
    server.assert_followed();
}
