//! What arrives is what was written, to the byte.

use std::{collections::BTreeMap, sync::Arc};

use muster_channels::{
    OutboundMessage,
    email::{DkimKey, DkimSigner, Skeleton, bulk::Letter},
};
use muster_domain::template::RenderedText;
use secrecy::ExposeSecret;

use super::{Postfix, message, recipient};
use crate::{bulk::send_all, judge::judge, letter};

/// Listeners that take messages by `BDAT` and by `DATA`.
const LISTENERS: &[&[&str]] = &[&[], &["smtpd_discard_ehlo_keywords = chunking"]];

/// A campaign's message with whatever a creative may have at the beginning of a line.
fn personal(number: usize, terms: &Arc<str>) -> OutboundMessage {
    let mut html = RenderedText::from(format!("<p>Habari</p>\n.\n<p>.{}</p>\n\n\n", "é and ".repeat(number * 70)));
    if !number.is_multiple_of(3) {
        html.push_shared(Arc::clone(terms));
        html.push(".");
    }
    OutboundMessage {
        from_name: Some("Muster – nyheter".into()),
        to_name: Some("Wanjikũ".into()),
        subject: Some(format!("Karibu, Wanjikũ! {number} % off")),
        text: format!("Habari,\n.\n..\n.one dot\n\nFrom here\n{}\n", "word ".repeat(number * 90)),
        html: Some(html),
        headers: vec![
            ("List-Unsubscribe".into(), format!("<https://t.example/u/{number}>")),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
        ],
        ..letter(number)
    }
}

/// Bodies that no creative makes, but that must not be read as commands or be changed.
fn odd() -> Vec<Vec<u8>> {
    let head = "From: a@b.example\r\nMessage-ID: <odd@muster.example>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\n";
    let bodies = [
        String::new(),
        ".".into(),
        ".\r\n".into(),
        "\r\n.\r\nQUIT\r\n".into(),
        "..\r\n...\r\n.\r\n.\r\n".into(),
        "no end of line".into(),
        "ends with many\r\n\r\n\r\n\r\n".into(),
        "BDAT 3 LAST\r\nRSET\r\nFrom me\r\n".into(),
        "æøå, ũ and 🎉 in eight bits\r\n".into(),
        // A line longer than Postfix's records, and a message larger than its buffers.
        format!("{}\r\n.\r\n{}\r\n", "x".repeat(5_000), ".y\r\n".repeat(40_000)),
    ];
    bodies.iter().map(|body| format!("{head}{body}").into_bytes()).collect()
}

fn signers() -> Vec<Arc<DkimSigner>> {
    [(DkimKey::Rsa, "k1"), (DkimKey::Ed25519, "k2")]
        .map(|(kind, name)| {
            Arc::new(DkimSigner::new("muster.example", name, kind.create().unwrap().expose_secret()).unwrap())
        })
        .into()
}

#[tokio::test]
async fn what_postfix_keeps_is_what_was_written_and_its_signatures_hold() {
    let postfix = Postfix::start(LISTENERS).await;
    let signers = signers();
    let terms: Arc<str> = format!(".\n.Terms – for all\n{}.", "and all. ".repeat(200)).into();
    let mut written: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for listener in 0..LISTENERS.len() {
        let mut letters = Vec::new();
        let skeleton = Skeleton::of(&personal(0, &terms));
        for number in 0..30 {
            let mut message = personal(number, &terms);
            message.to = format!("customer{number}.{listener}@example.com");
            letters.push((message.to.clone(), Letter::write(number, &message, &skeleton, &signers).unwrap()));
        }
        for (place, body) in odd().into_iter().enumerate() {
            let to = format!("customer.odd{place}.{listener}@example.com");
            let letter = Letter::new(30 + place, Some("bounces@muster.example"), &to, body).unwrap();
            letters.push((to, letter));
        }
        written.extend(letters.iter().map(|(to, letter)| (to.clone(), letter.data().to_vec())));
        let sent = send_all(postfix.relay(listener), letters.into_iter().map(|(_, letter)| letter).collect()).await;
        assert!(sent.outcomes.iter().all(|outcome| outcome == "accepted"), "{:?}", sent.reasons);
        assert_eq!((sent.outcomes.len(), sent.end), (40, Ok(())));
    }
    // Each listener was spoken to in the way that it is there for.
    postfix.says(" bdat=40 ").await;
    postfix.says(" data=40 ").await;

    let records: Vec<_> = signers.iter().map(|signer| (signer.record_name(), signer.record())).collect();
    let arrived = postfix.mail(written.len()).await;
    for mail in &arrived {
        let to = recipient(mail);
        let expected = written.remove(to).unwrap_or_else(|| panic!("{to} got it twice, or was never written to"));
        assert!(message(mail).as_bytes() == expected, "{to} got something else:\n{mail}");
        if !to.contains("odd") {
            assert_eq!(judge(mail, records.iter().cloned()).await, [true, true], "{mail}");
        }
    }
    assert!(written.is_empty());
}

#[tokio::test]
async fn addresses_outside_ascii_arrive() {
    let postfix = Postfix::start(LISTENERS).await;
    for listener in 0..LISTENERS.len() {
        let data = "From: Jürgen <jürgen@müller.example>\r\nSubject: ü\r\n\r\n.ü\r\n".as_bytes().to_vec();
        let to = format!("jürgen{listener}@example.com");
        let letter = Letter::new(0, Some("jürgen@xn--mller-kva.example"), &to, data.clone()).unwrap();
        let sent = send_all(postfix.relay(listener), vec![letter]).await;
        assert_eq!(sent.outcomes, ["accepted"], "{:?}", sent.reasons);
        let arrived = postfix.mail(listener + 1).await;
        let mail = arrived.iter().find(|mail| recipient(mail) == to).unwrap();
        assert!(mail.contains("with UTF8SMTP") && message(mail).as_bytes().ends_with(&data), "{mail}");
    }
}
