use Step::{Body, BodyLines, Close, Expect, Say, Silence, Stall};
use muster_channels::{Outcome, ProbeError, Sender};

use crate::{
    letter, relay,
    scripted::{Scripted, Step, envelope, greeting, script},
    sender, short,
};

/// Sends one letter to a server with this one script and gives the outcome.
async fn one(steps: &[&[Step]]) -> Outcome {
    let server = Scripted::start(vec![script(steps)]).await;
    let mut outcomes = sender(relay(server.port)).send(vec![letter(1)]).await;
    server.assert_followed();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

#[tokio::test]
async fn a_recipient_refused_for_good_is_rejected_with_its_code_and_the_session_goes_on() {
    let refused: &[Step] = &[
        Expect("MAIL FROM:<bounces+0@muster.example>"),
        Say("250 Ok"),
        Expect("RCPT TO:<customer0@example.com>"),
        Say("550-5.1.1 The account does not exist.\r\n550 5.1.1 Try checking the spelling."),
        Expect("RSET"),
        Say("250 Ok"),
    ];
    let accepted: &[Step] = &[Body, Say("250 2.0.0 Ok: queued as 4F1A"), Expect("MAIL FROM:")];
    let server = Scripted::start(vec![script(&[&greeting(), refused, &envelope(), accepted])]).await;

    let outcomes = sender(relay(server.port)).send(vec![letter(0), letter(1)]).await;

    assert_eq!(outcomes.iter().map(short).collect::<Vec<_>>(), ["reject BadAddress", "accepted"]);
    let reason = outcomes[0].reason().unwrap();
    assert_eq!(reason.code, Some(550));
    assert_eq!(reason.enhanced.unwrap().to_string(), "5.1.1");
    assert!(reason.text.contains("does not exist") && reason.text.contains("spelling"), "{reason}");
    let Outcome::Accepted { provider_message_id, answer } = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(provider_message_id.as_deref(), Some("4F1A"));
    assert_eq!(answer, "250 2.0.0 Ok: queued as 4F1A");
    assert_eq!(*server.connections.lock().unwrap(), 1);
}

#[tokio::test]
async fn temporary_refusals_are_retried() {
    let greylisted: &[Step] =
        &[Expect("MAIL"), Say("250 Ok"), Expect("RCPT"), Say("450 4.2.0 Greylisted, come back in 5 minutes")];
    assert_eq!(short(&one(&[&greeting(), greylisted]).await), "retry Message");
    assert_eq!(short(&one(&[&greeting(), &envelope(), &[Body, Say("451 4.7.1 later")]]).await), "retry Message");
    let full: &[Step] = &[Expect("MAIL"), Say("452 4.3.1 Insufficient system storage")];
    assert_eq!(short(&one(&[&greeting(), full]).await), "retry Provider");
}

#[tokio::test]
async fn a_message_refused_after_the_dot_is_rejected() {
    let outcome = one(&[&greeting(), &envelope(), &[Body, Say("554 5.7.1 spam")]]).await;
    assert_eq!(short(&outcome), "reject Content");
}

#[tokio::test]
async fn a_connection_lost_before_the_dot_is_a_retry_and_after_it_unknown() {
    // Before: while the envelope is given, and in the middle of a message too large for the
    // buffers between the two ends.
    assert_eq!(short(&one(&[&greeting(), &[Expect("MAIL"), Close]]).await), "retry Provider");
    let server = Scripted::start(vec![script(&[&greeting(), &envelope(), &[BodyLines(3), Close]])]).await;
    let mut large = letter(1);
    large.text = "all work and no play\n".repeat(2_000_000);
    let outcomes = sender(relay(server.port)).send(vec![large]).await;
    assert_eq!(short(&outcomes[0]), "retry Provider", "{outcomes:?}");
    // After: the whole message was read, and no answer came.
    assert_eq!(short(&one(&[&greeting(), &envelope(), &[Body, Close]]).await), "unknown");
    assert_eq!(short(&one(&[&greeting(), &envelope(), &[Body, Silence]]).await), "unknown");
    assert_eq!(short(&one(&[&greeting(), &envelope(), &[Body, Say("what?")]]).await), "unknown");
    assert_eq!(short(&one(&[&greeting(), &envelope(), &[Body, Say("354 more")]]).await), "unknown");
}

#[tokio::test]
async fn a_server_that_stops_reading_in_the_middle_is_a_retry() {
    let server = Scripted::start(vec![script(&[&greeting(), &envelope(), &[BodyLines(1), Stall]])]).await;
    let mut large = letter(1);
    large.text = "all work and no play\n".repeat(2_000_000);
    let outcomes = sender(relay(server.port)).send(vec![large]).await;
    assert_eq!(short(&outcomes[0]), "retry Provider", "{outcomes:?}");
}

#[tokio::test]
async fn nonsense_silence_and_refusal_before_the_message_are_retries_that_name_the_relay() {
    for steps in [
        script(&[&[Say("HTTP/1.1 400 Bad Request")]]),
        script(&[&[Silence]]),
        script(&[&[Say("554 5.3.2 no service here")]]),
        script(&[&[Say("421 4.7.0 too many connections"), Close]]),
        script(&[&greeting(), &[Expect("MAIL"), Say("\u{0}\u{1}garbage")]]),
        script(&[&greeting(), &[Expect("MAIL"), Silence]]),
        script(&[&greeting(), &[Expect("MAIL"), Say("503 5.5.1 out of order")]]),
        script(&[
            &greeting(),
            &[Expect("MAIL"), Say("250 Ok"), Expect("RCPT"), Say("250 Ok"), Expect("DATA"), Say("250 what")],
        ]),
    ] {
        let described = format!("{steps:?}");
        let outcome = one(&[&steps]).await;
        assert_eq!(short(&outcome), "retry Provider", "{described}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_session_closed_in_the_middle_of_a_batch_is_opened_again() {
    let first = script(&[&greeting(), &envelope(), &[Body, Say("250 Ok"), Close]]);
    let second =
        script(&[&greeting(), &envelope(), &[Body, Say("250 Ok"), Expect("MAIL"), Say("421 4.4.2 idle"), Close]]);
    let third = script(&[&greeting(), &envelope(), &[Body, Say("250 Ok")], &envelope(), &[Body, Say("250 Ok")]]);
    let server = Scripted::start(vec![first, second, third]).await;

    let outcomes = sender(relay(server.port)).send((0..4).map(letter).collect()).await;

    // The message that the server answered with 421 goes again over the next session.
    let shorts: Vec<_> = outcomes.iter().map(short).collect();
    assert_eq!(shorts, ["accepted", "accepted", "accepted", "accepted"]);
    server.assert_followed();
}

#[tokio::test]
async fn a_relay_that_is_down_gives_the_whole_batch_back_at_once() {
    let server = Scripted::start(Vec::new()).await;
    let outcomes = sender(relay(server.port)).send((0..500).map(letter).collect()).await;
    assert_eq!(outcomes.len(), 500);
    assert!(outcomes.iter().all(|outcome| short(outcome) == "retry Provider"));
    assert!(*server.connections.lock().unwrap() <= 2);
    assert!(matches!(sender(relay(server.port)).probe().await, Err(ProbeError::Unreachable(_))));
}

#[tokio::test]
async fn an_abandoned_dialogue_is_not_continued_by_the_next_message() {
    let hung = script(&[&greeting(), &[Expect("MAIL"), Silence]]);
    let good = script(&[&greeting(), &envelope(), &[Body, Say("250 Ok")]]);
    let server = Scripted::start(vec![hung, good]).await;
    let mut config = relay(server.port);
    config.command_timeout = std::time::Duration::from_secs(20);
    let sender = sender(config);
    let patience = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, sender.send(vec![letter(1)])).await.is_err());

    assert!(sender.send(vec![letter(2)]).await[0].is_accepted());
    server.assert_followed();
}

#[tokio::test]
async fn addresses_outside_ascii_need_a_relay_that_takes_them() {
    let mut international = letter(1);
    international.to = "jürgen@müller.example".into();
    let server = Scripted::start(vec![greeting()]).await;
    let outcomes = sender(relay(server.port)).send(vec![international.clone()]).await;
    assert_eq!(short(&outcomes[0]), "reject Other");

    let taking: &[Step] = &[
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250 SMTPUTF8"),
        Expect("MAIL FROM:<bounces+1@muster.example> SMTPUTF8"),
        Say("250 Ok"),
        Expect("RCPT TO:<jürgen@xn--mller-kva.example>"),
        Say("250 Ok"),
        Expect("DATA"),
        Say("354 go"),
        Body,
        Say("250 Ok"),
    ];
    let server = Scripted::start(vec![taking.to_vec()]).await;
    let outcomes = sender(relay(server.port)).send(vec![international]).await;
    assert_eq!(short(&outcomes[0]), "accepted");
    server.assert_followed();
}
