//! How far the client runs ahead.

use Step::{Body, Expect, Gone, NothingMore, Say};
use futures::{StreamExt, stream};
use muster_channels::{Outcome, email::bulk::Relay};
use tokio::sync::mpsc;

use super::{ACCEPTED, GROUP, PIPELINING, TAKEN, against, bulk};
use crate::{
    relay,
    scripted::{Scripted, Step, envelope, greeting, script},
};

#[tokio::test]
async fn an_envelope_leaves_with_the_body_before_it() {
    // The second group is read before the first body is answered: it has to come without waiting.
    let both: &[Step] =
        &[Body, Expect("MAIL FROM:<bounces+1@"), Expect("RCPT TO:<customer1@"), Expect("DATA"), NothingMore];
    let answers: &[Step] = &[Say("250 2.0.0 Ok: queued as 1\r\n250 Ok\r\n250 Ok\r\n354 go")];
    let sent = against(&[&[PIPELINING, GROUP, &[NothingMore], TAKEN, both, answers, ACCEPTED, &[Gone]]], 2).await;
    assert_eq!(sent.outcomes, ["accepted", "accepted"]);
    assert_eq!(sent.end, Ok(()));
}

#[tokio::test]
async fn without_pipelining_every_command_waits_for_its_answer() {
    let steps: &[Step] = &[
        Expect("MAIL FROM:"),
        NothingMore,
        Say("250 Ok"),
        Expect("RCPT TO:"),
        NothingMore,
        Say("250 Ok"),
        Expect("DATA"),
        NothingMore,
        Say("354 go"),
        Body,
        NothingMore,
        Say("250 Ok"),
    ];
    let sent = against(&[&[&greeting(), steps, steps, &[Gone]]], 2).await;
    assert_eq!(sent.outcomes, ["accepted", "accepted"]);
}

#[tokio::test]
async fn answers_may_come_in_pieces_and_late() {
    let pieces = ["25", "0-2.1.0 Ok\r\n250", " 2.1.0 Ok", "\r", "\n250 Ok\r\n354", " go\r\n"].map(Step::Mutter);
    let sent = against(&[&[PIPELINING, GROUP, &pieces, ACCEPTED, &[Gone]]], 1).await;
    assert_eq!(sent.outcomes, ["accepted"]);
}

#[tokio::test]
async fn a_letter_that_comes_late_is_sent_at_once() {
    let waits: &[Step] = &[Body, NothingMore, Say("250 Ok")];
    let server =
        Scripted::start(vec![script(&[PIPELINING, GROUP, TAKEN, waits, GROUP, TAKEN, ACCEPTED, &[Gone]])]).await;
    let (letters, mut queue) = mpsc::channel(4);
    let (outcomes, mut settled) = mpsc::unbounded_channel();
    let mut lane = Relay::new(relay(server.port)).unwrap().lane();
    let task = tokio::spawn(async move {
        let mut queue = stream::poll_fn(move |cx| queue.poll_recv(cx));
        lane.run(&mut queue, &mut |tag, outcome| outcomes.send((tag, outcome)).unwrap()).await
    });
    for number in 0..2 {
        letters.send(bulk(number)).await.unwrap();
        let (tag, outcome): (usize, Outcome) = settled.recv().await.unwrap();
        assert!(tag == number && outcome.is_accepted());
    }
    drop(letters);
    assert_eq!(task.await.unwrap(), Ok(()));
    server.settled().await;
    server.assert_followed();
}

#[tokio::test]
async fn a_lane_that_was_interrupted_goes_on_where_it_was() {
    let server = Scripted::start(vec![script(&[PIPELINING, GROUP, TAKEN, ACCEPTED, GROUP, TAKEN, ACCEPTED])]).await;
    let mut lane = Relay::new(relay(server.port)).unwrap().lane();
    let mut outcomes = Vec::new();
    let mut queue = stream::iter((0..2).map(bulk)).chain(stream::pending());
    let mut report = |tag: usize, outcome: Outcome| outcomes.push((tag, outcome.is_accepted()));
    // Polled once at a time and dropped in between, until nothing is at work.
    for _ in 0..1000 {
        let run = lane.run(&mut queue, &mut report);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1), run).await;
    }
    assert_eq!(outcomes, [(0, true), (1, true)]);
    server.assert_followed();
}

#[tokio::test]
async fn a_relay_that_stumbles_over_pipelining_is_spoken_to_step_by_step() {
    let deaf: &[Step] = &[Expect("MAIL"), Say("250 Ok"), Step::Silence];
    let sent = against(&[&[PIPELINING, deaf], &[PIPELINING, &envelope(), ACCEPTED]], 2).await;
    assert_eq!(sent.outcomes, ["retry Provider", "accepted"]);
}
