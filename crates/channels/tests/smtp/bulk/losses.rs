//! A server that does not answer, or not in its language.

use Step::{Body, Close, Expect, Gone, Reset, Say, Silence};

use super::{ACCEPTED, GROUP, PIPELINING, TAKEN, against, bulk, send, send_all};
use crate::{
    letter, relay,
    scripted::{Scripted, Step, script},
};

const GOOD: &[&[Step]] = &[PIPELINING, GROUP, TAKEN, ACCEPTED];
/// A body with the envelope after it.
const BOTH: &[Step] = &[Body, Expect("MAIL"), Expect("RCPT"), Expect("DATA")];

#[tokio::test]
async fn a_body_whose_answer_is_lost_is_in_doubt_and_what_follows_it_goes_elsewhere() {
    for end in [
        Close,
        Reset,
        Silence,
        Say("what?"),
        Say("354 more"),
        Say("200 fine"),
        Say("250-yes\r\n550 no"),
        Say("250_Ok"),
        Say("25"),
        Say("\u{1}\u{0}\u{7f}"),
    ] {
        let lost: &[Step] = &[end];
        let sent = against(&[&[PIPELINING, GROUP, TAKEN, BOTH, lost], GOOD], 2).await;
        assert_eq!(sent.outcomes, ["unknown", "accepted"], "{lost:?}");
        assert!(!sent.reasons[0].text.is_empty());
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let lines = Box::leak("250-and more\r\n".repeat(2000).into_boxed_str());
    let line = Box::leak("250 ".repeat(2000).into_boxed_str());
    for endless in [lines, line] {
        let sent = against(&[&[PIPELINING, GROUP, TAKEN, BOTH, &[Say(endless)]], GOOD], 2).await;
        assert_eq!(sent.outcomes, ["unknown", "accepted"]);
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_body_costs_nothing_when_it_worked_before() {
    for lost in [
        &[Say("250 Ok"), Close][..],
        &[Say("250 Ok\r\n250 Ok"), Reset],
        &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n250 what"), Gone],
        &[Say("250 Ok\r\n250 Ok"), Silence],
    ] {
        let sent = against(&[&[PIPELINING, GROUP, TAKEN, BOTH, lost], GOOD], 2).await;
        assert_eq!(sent.outcomes, ["accepted", "accepted"], "{lost:?}");
    }
}

#[tokio::test]
async fn what_is_lost_on_a_fresh_connection_names_the_relay() {
    for lost in [
        &[Close][..],
        &[Say("250 Ok\r\n250 Ok"), Reset],
        &[Say("\u{0}garbage"), Gone],
        &[Say("250 Ok\r\n250 Ok\r\n250 Ok"), Gone],
        &[Say("250 Ok\r\n354 Ok"), Gone],
        &[Say("250 Ok\r\n250 Ok\r\n354 go\r\n250 taken already"), Gone],
        &[Silence],
    ] {
        let sent = against(&[&[PIPELINING, GROUP, lost]], 1).await;
        assert_eq!(sent.outcomes, ["retry Provider"], "{lost:?}");
        assert_eq!(sent.end, Ok(()));
    }
}

#[tokio::test]
async fn a_letter_that_breaks_two_connections_is_itself_at_fault() {
    let first: &[&[Step]] = &[PIPELINING, GROUP, TAKEN, BOTH, &[Say("250 Ok"), Reset]];
    let second: &[&[Step]] = &[PIPELINING, GROUP, &[Reset]];
    // Step by step now, since the connection before brought nothing.
    let third = script(&[PIPELINING, &crate::scripted::envelope(), ACCEPTED]);
    let sent = against(&[first, second, &[&third]], 3).await;
    assert_eq!(sent.outcomes, ["accepted", "retry Message", "accepted"]);
}

#[tokio::test]
async fn a_connection_closed_while_it_was_idle_is_no_loss() {
    let sent = against(&[&[PIPELINING, GROUP, TAKEN, ACCEPTED, &[Close]], GOOD], 2).await;
    assert_eq!(sent.outcomes, ["accepted", "accepted"]);
    let bye: &[Step] = &[Say("421 4.4.2 idle for too long"), Close];
    let sent = against(&[&[PIPELINING, GROUP, TAKEN, ACCEPTED, bye], GOOD], 2).await;
    assert_eq!(sent.outcomes, ["accepted", "accepted"]);
}

#[tokio::test]
async fn a_body_that_did_not_leave_whole_was_not_taken() {
    for stuck in [&[Step::BodyLines(3), Close][..], &[Step::BodyLines(3), Step::Stall]] {
        let server = Scripted::start(vec![script(&[PIPELINING, GROUP, TAKEN, stuck])]).await;
        let mut large = letter(0);
        large.text = "all work and no play\n".repeat(2_000_000);
        let large = muster_channels::email::bulk::Letter::of(0, &large).unwrap();
        let sent = send_all(relay(server.port), vec![large]).await;
        assert_eq!(sent.outcomes, ["retry Provider"], "{:?}", sent.reasons);
    }
}

#[tokio::test]
async fn a_relay_that_is_down_or_refuses_the_session_leaves_the_queue_alone() {
    for opening in [
        &[Say("554 5.3.2 no service here")][..],
        &[Say("421 4.7.0 too many connections"), Close],
        &[Say("HTTP/1.1 400 Bad Request")],
        &[Say("220 hi"), Expect("EHLO"), Say("550 5.7.1 go away")],
        &[Silence],
        &[],
    ] {
        let sent = against(&[&[opening]], 9).await;
        assert_eq!(sent.outcomes, ["retry Provider"], "{opening:?}");
        assert_eq!(sent.left, 8);
        assert!(sent.end.is_err());
    }
    assert!(send(relay(1), 9).await.end.is_err());
}

#[tokio::test]
async fn a_relay_that_breaks_every_session_stops_the_lane() {
    let dead: &[&[Step]] = &[PIPELINING, &[Expect("MAIL"), Close]];
    let sent = against(&[dead, dead, dead, dead], 9).await;
    assert_eq!(sent.outcomes, ["retry Provider", "retry Provider"]);
    assert_eq!(sent.left, 7);
    assert!(sent.end.is_err());
}

#[tokio::test]
async fn a_server_from_before_esmtp_is_greeted_in_its_way() {
    let old: &[Step] = &[Say("220 old"), Expect("EHLO"), Say("502 what?"), Expect("HELO sender.test"), Say("250 hi")];
    let sent = against(&[&[old, &crate::scripted::envelope(), ACCEPTED]], 1).await;
    assert_eq!(sent.outcomes, ["accepted"]);
    drop(bulk(0));
}
