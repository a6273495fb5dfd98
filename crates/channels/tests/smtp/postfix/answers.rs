//! Refusals and limits as Postfix has them, beside the scripted ones.

use muster_channels::email::bulk::Letter;

use super::{Postfix, message, recipient};
use crate::{
    bulk::{bulk, send, send_all},
    letter,
};

/// Listeners that take messages by `BDAT` and by `DATA`.
const EITHER: &[&[&str]] = &[&[], &["smtpd_discard_ehlo_keywords = chunking"]];

/// Letters to these, in this order.
fn to(recipients: &[&str]) -> Vec<Letter<usize>> {
    let write = |(number, to): (usize, &&str)| {
        let mut message = letter(number);
        message.to = format!("{to}@example.com");
        Letter::of(number, &message).unwrap()
    };
    recipients.iter().enumerate().map(write).collect()
}

#[tokio::test]
async fn recipients_refused_among_letters_ahead_cost_only_their_letters() {
    let postfix = Postfix::start(EITHER).await;
    for listener in 0..EITHER.len() {
        let all = ["customer1", "nobody", "customer2", "grey", "nobody", "customer3"];
        let sent = send_all(postfix.relay(listener), to(&all)).await;
        let expected = ["accepted", "reject BadAddress", "accepted", "retry Message", "reject BadAddress", "accepted"];
        assert_eq!(sent.outcomes, expected, "{:?}", sent.reasons);
        assert_eq!(sent.reasons[1].enhanced.unwrap().to_string(), "5.1.1");
        assert_eq!((sent.reasons[3].code, sent.reasons[3].enhanced.unwrap().to_string()), (Some(450), "4.2.0".into()));
        let arrived = postfix.mail(3 * (listener + 1)).await;
        let mut recipients: Vec<_> = arrived.iter().map(|mail| recipient(mail)).collect();
        recipients.sort_unstable();
        recipients.dedup();
        assert_eq!(recipients, ["customer1@example.com", "customer2@example.com", "customer3@example.com"]);
    }
}

#[tokio::test]
async fn nobody_at_all_gets_anything() {
    let postfix = Postfix::start(EITHER).await;
    for listener in 0..EITHER.len() {
        let sent = send_all(postfix.relay(listener), to(&["nobody", "nobody", "grey"])).await;
        assert_eq!(sent.outcomes, ["reject BadAddress", "reject BadAddress", "retry Message"], "{:?}", sent.reasons);
    }
    postfix.mail(0).await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_alone_announced_or_not() {
    let size = "message_size_limit = 20000";
    let postfix = Postfix::start(&[
        &[size],
        &[size, "smtpd_discard_ehlo_keywords = chunking"],
        &[size, "smtpd_discard_ehlo_keywords = size"],
        &[size, "smtpd_discard_ehlo_keywords = size, chunking"],
    ])
    .await;
    for listener in 0..4 {
        let mut large = letter(1);
        large.text = "all work and no play\n".repeat(5_000);
        let letters = vec![bulk(0), Letter::of(1, &large).unwrap(), bulk(2)];
        let sent = send_all(postfix.relay(listener), letters).await;
        assert_eq!(sent.outcomes, ["accepted", "reject Content", "accepted"], "{listener}: {:?}", sent.reasons);
        assert_eq!(sent.reasons[1].enhanced.unwrap().to_string(), "5.3.4", "{listener}");
        // Before the first octet where the relay names its limit.
        assert_eq!(sent.reasons[1].code, (listener >= 2).then_some(552), "{listener}: {}", sent.reasons[1]);
        let arrived = postfix.mail(2 * (listener + 1)).await;
        assert!(arrived.iter().all(|mail| !message(mail).contains("all work")));
    }
}

#[tokio::test]
async fn a_relay_that_counts_messages_says_later_and_nothing_is_in_doubt() {
    let counts = "smtpd_client_message_rate_limit = 5";
    let postfix = Postfix::start(&[&[counts], &[counts, "smtpd_discard_ehlo_keywords = chunking"]]).await;
    for listener in 0..2 {
        let sent = send(postfix.relay(listener), 8).await;
        assert_eq!(sent.outcomes[..5], ["accepted"; 5], "{:?}", sent.reasons);
        assert_eq!(sent.outcomes[5..], ["retry Message"; 3], "{:?}", sent.reasons);
        assert_eq!(sent.reasons[7].enhanced.unwrap().to_string(), "4.7.1");
        assert!(sent.reasons[7].text.contains("too much mail"), "{}", sent.reasons[7]);
    }
    postfix.mail(10).await;
}

#[tokio::test]
async fn a_relay_that_closes_after_too_many_refusals_is_gone_on_with_over_another_connection() {
    let strict = "smtpd_hard_error_limit = 3";
    let postfix = Postfix::start(&[&[strict], &[strict, "smtpd_discard_ehlo_keywords = chunking"]]).await;
    let all = ["customer1", "nobody", "nobody", "nobody", "customer2", "customer3", "nobody", "customer4"];
    let mut sure = 0;
    for listener in 0..2 {
        let config = postfix.relay(listener);
        let depth = config.chunks_in_flight;
        let sent = send_all(config, to(&all)).await;
        assert_eq!((sent.outcomes.len(), &sent.end), (all.len(), &Ok(())));
        for (name, outcome) in all.iter().zip(&sent.outcomes).filter(|(_, outcome)| *outcome != "unknown") {
            let expected = if *name == "nobody" { "reject BadAddress" } else { "accepted" };
            assert_eq!(outcome, expected, "{name}: {:?} {:?}", sent.outcomes, sent.reasons);
        }
        // Postfix reads nothing after its 421, but says nothing of what had left by then; of bodies sent one by one none had.
        let in_doubt = sent.outcomes.iter().filter(|outcome| *outcome == "unknown").count();
        assert!(in_doubt < if listener == 0 { 2 * depth } else { 1 }, "{:?} {:?}", sent.outcomes, sent.reasons);
        sure += sent.outcomes.iter().filter(|outcome| *outcome == "accepted").count();
        let arrived = postfix.mail(sure).await;
        for name in ["customer1", "customer2", "customer3", "customer4"] {
            let times = arrived.iter().filter(|mail| recipient(mail) == format!("{name}@example.com")).count();
            assert!(times <= listener + 1, "{name} got it twice");
        }
    }
    postfix.says("too many errors after").await;
}

#[tokio::test]
async fn a_relay_that_has_enough_connections_takes_what_comes_over_the_others() {
    let postfix = Postfix::start(&[&["smtpd_client_connection_count_limit = 1"]]).await;
    // One that is held by somebody else of the same address.
    let held = tokio::net::TcpStream::connect(("127.0.0.1", postfix.relay(0).port)).await.unwrap();
    held.readable().await.unwrap();
    // It counts them in a program of its own, which hears a little later that one has come, or gone.
    let (mut refused, mut before) = (send(postfix.relay(0), 3).await, 0);
    for _ in 0..100 {
        if refused.end.is_err() {
            break;
        }
        before += 3;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        refused = send(postfix.relay(0), 3).await;
    }
    assert_eq!((refused.outcomes, refused.left), (vec!["retry Provider".to_owned()], 2));
    let reason = refused.end.unwrap_err();
    assert_eq!((reason.code, reason.enhanced.unwrap().to_string()), (Some(421), "4.7.0".into()), "{reason}");
    drop(held);
    let mut sent = send(postfix.relay(0), 3).await;
    for _ in 0..100 {
        if sent.end.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        sent = send(postfix.relay(0), 3).await;
    }
    assert_eq!(sent.outcomes, ["accepted"; 3], "{:?}", sent.reasons);
    postfix.mail(before + 3).await;
}
