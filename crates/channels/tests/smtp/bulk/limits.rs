//! What a relay takes, and how much of it.

use Step::{Expect, Gone, Say};
use muster_channels::email::bulk::Letter;

use super::{ACCEPTED, GROUP, PIPELINING, TAKEN, bulk, send, send_all};
use crate::{
    letter, relay,
    scripted::{Scripted, Step, script},
};

const QUIT: &[Step] = &[Expect("QUIT"), Say("221 bye"), Gone];

#[tokio::test]
async fn a_connection_carries_as_many_letters_as_it_may() {
    let two = script(&[PIPELINING, GROUP, TAKEN, &[Step::Body, Expect("MAIL"), Expect("RCPT"), Expect("DATA")]]);
    let rest: &[Step] = &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n354 go")];
    let server = Scripted::start(vec![
        script(&[&two, rest, ACCEPTED, QUIT]),
        script(&[PIPELINING, GROUP, TAKEN, ACCEPTED, &[Gone]]),
    ])
    .await;
    let mut config = relay(server.port);
    config.messages_per_connection = 2;
    assert_eq!(send(config, 3).await.outcomes, ["accepted"; 3]);
    server.settled().await;
    server.assert_followed();
}

#[tokio::test]
async fn what_the_relay_does_not_take_is_refused_here_and_in_turn() {
    let modest: &[Step] = &[Say("220 hi"), Expect("EHLO"), Say("250-hi\r\n250-PIPELINING\r\n250 SIZE 20000")];
    let sized: &[Step] = &[Expect("MAIL FROM:<bounces+0@muster.example> SIZE="), Expect("RCPT"), Expect("DATA")];
    let server = Scripted::start(vec![script(&[modest, sized, TAKEN, &[Step::Body, Expect("MAIL")]])]).await;
    let mut large = letter(1);
    large.text = "all work and no play\n".repeat(2_000);
    let mut international = letter(2);
    international.to = "jürgen@müller.example".into();
    let raw = Letter::new(3, Some("a@b.example"), "c@d.example", "Subject: ü\r\n\r\nü\r\n".into()).unwrap();
    let letters = vec![bulk(0), Letter::of(1, &large).unwrap(), Letter::of(2, &international).unwrap(), raw, bulk(4)];
    let sent = send_all(relay(server.port), letters).await;
    // The body of the first was never answered, so nothing that came after it can overtake it.
    assert_eq!(sent.outcomes, ["unknown", "reject Content", "reject Other", "reject Content", "retry Provider"]);
    assert!(sent.reasons[1].text.contains("20000"), "{}", sent.reasons[1]);
    assert_eq!(sent.reasons[1].enhanced.unwrap().to_string(), "5.3.4");
}

#[tokio::test]
async fn text_and_addresses_outside_ascii_are_announced() {
    let able: &[Step] =
        &[Say("220 hi"), Expect("EHLO"), Say("250-hi\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8")];
    let group: &[Step] = &[
        Expect("MAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\n"),
        Expect("RCPT TO:<jürgen@xn--mller-kva.example>\r\n"),
        Expect("DATA"),
    ];
    let server = Scripted::start(vec![script(&[able, group, TAKEN, ACCEPTED])]).await;
    let letter = Letter::new(0, None, "jürgen@müller.example", "Subject: ü\n\nü".into()).unwrap();
    assert_eq!(send_all(relay(server.port), vec![letter]).await.outcomes, ["accepted"]);
    server.assert_followed();
}

#[tokio::test]
async fn what_is_no_address_never_becomes_a_letter() {
    for (from, to) in [(Some("a@b.example"), "nobody"), (Some("nobody"), "a@b.example"), (None, "a@b\r\nDATA")] {
        assert!(Letter::new((), from, to, Vec::new()).is_err());
    }
    let mut unsigned = letter(1);
    unsigned.from = String::new();
    assert!(Letter::of((), &unsigned).is_err());
}
