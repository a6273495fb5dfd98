//! `BDAT` instead of `DATA`, and several letters in flight.

use Step::{Chunk, Close, Expect, Gone, NothingMore, Say};

use super::{GROUP, PIPELINING, TAKEN, against, send};
use crate::{
    relay,
    scripted::{Scripted, Step, script},
};

const CHUNKING: &[Step] =
    &[Say("220 scripted ESMTP"), Expect("EHLO sender.test"), Say("250-scripted\r\n250-PIPELINING\r\n250 CHUNKING")];

/// The first letter: its body waits until the server shows that it is there.
const FIRST: &[Step] = &[Expect("MAIL"), Expect("RCPT"), NothingMore, Say("250 Ok\r\n250 Ok"), Chunk];
/// One that runs ahead.
const AHEAD: &[Step] = &[Expect("RSET"), Expect("MAIL"), Expect("RCPT"), Chunk];
const TAKEN_AHEAD: &[Step] = &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n250 2.0.0 Ok")];

#[tokio::test]
async fn whole_letters_run_ahead_as_far_as_is_allowed() {
    // Four letters without an answer, and not a fifth.
    let fifth: &[Step] =
        &[NothingMore, Say("250 2.0.0 Ok"), Expect("RSET"), Expect("MAIL"), Expect("RCPT"), Chunk, NothingMore];
    let parts = [CHUNKING, FIRST, AHEAD, AHEAD, AHEAD, fifth];
    let rest = [TAKEN_AHEAD, TAKEN_AHEAD, TAKEN_AHEAD, TAKEN_AHEAD, &[Gone]];
    let sent = against(&[&[parts.concat().as_slice(), rest.concat().as_slice()]], 5).await;
    assert_eq!(sent.outcomes, ["accepted"; 5]);
}

#[tokio::test]
async fn a_refusal_among_letters_ahead_costs_only_its_letter() {
    let answers: &[Step] = &[
        Say("250 2.0.0 Ok"),
        Say("250 Ok\r\n250 Ok\r\n550 5.1.1 nobody\r\n554 no valid recipients"),
        Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n552 5.3.4 too big"),
        Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n250 2.0.0 Ok"),
    ];
    let sent = against(&[&[CHUNKING, FIRST, AHEAD, AHEAD, AHEAD, answers, &[Gone]]], 4).await;
    assert_eq!(sent.outcomes, ["accepted", "reject BadAddress", "reject Content", "accepted"]);
}

#[tokio::test]
async fn the_first_letter_may_be_refused_without_its_body() {
    let refused: &[Step] = &[Expect("MAIL"), Expect("RCPT"), NothingMore, Say("250 Ok\r\n550 5.1.1 nobody")];
    let again: &[Step] =
        &[Expect("RSET"), Expect("MAIL"), Expect("RCPT"), Say("250 Ok\r\n250 Ok\r\n250 Ok"), Chunk, Say("250 Ok")];
    let sent = against(&[&[CHUNKING, refused, again, &[Gone]]], 2).await;
    assert_eq!(sent.outcomes, ["reject BadAddress", "accepted"]);
}

#[tokio::test]
async fn all_in_flight_are_in_doubt_when_the_connection_breaks() {
    let answers: &[Step] = &[Say("250 2.0.0 Ok"), Say("250 Ok\r\n250 Ok\r\n550 5.1.1 nobody"), Close];
    let sent =
        against(&[&[CHUNKING, FIRST, AHEAD, AHEAD, AHEAD, answers], &[CHUNKING, FIRST, &[Say("250 Ok"), Gone]]], 5)
            .await;
    // What was said about the second is certain, though its chunk was not answered.
    assert_eq!(sent.outcomes, ["accepted", "reject BadAddress", "unknown", "unknown", "accepted"]);
}

#[tokio::test]
async fn a_relay_that_closes_by_421_is_listened_to_until_it_has_answered_for_what_is_in_flight() {
    let answers: &[Step] = &[
        Say("421 4.3.2 shutting down"),
        Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n250 2.0.0 Ok"),
        Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n451 4.3.0 no"),
        Gone,
    ];
    let sent = against(&[&[CHUNKING, FIRST, AHEAD, AHEAD, answers]], 3).await;
    assert_eq!(sent.outcomes, ["retry Provider", "accepted", "retry Provider"]);
}

#[tokio::test]
async fn chunks_can_be_turned_off() {
    let server = Scripted::start(vec![script(&[CHUNKING, GROUP, TAKEN, super::ACCEPTED])]).await;
    let mut config = relay(server.port);
    config.chunks_in_flight = 0;
    assert_eq!(send(config, 1).await.outcomes, ["accepted"]);
    server.assert_followed();
    // They are of use only where commands may follow each other.
    let alone: &[Step] = &[Say("220 hi"), Expect("EHLO"), Say("250-hi\r\n250 CHUNKING")];
    let sent = against(&[&[alone, &crate::scripted::envelope(), super::ACCEPTED]], 1).await;
    assert_eq!(sent.outcomes, ["accepted"]);
    let _ = PIPELINING;
}
