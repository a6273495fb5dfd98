//! Signatures, judged by a verifier that is not ours (`mail-auth`), with keys that OpenSSL would make.

mod judge;

use std::sync::Arc;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{Ed25519KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use muster_channels::{
    Channel, OutboundMessage,
    email::{DkimError, DkimKey, DkimSigner, Skeleton, build_mime, bulk::Letter, record_strings},
};
use secrecy::ExposeSecret;

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64.encode(der))
}

fn rsa_key() -> String {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    pem("PRIVATE KEY", AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap().as_ref())
}

fn ed25519_key() -> String {
    let pair = Ed25519KeyPair::generate().unwrap();
    pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref())
}

fn signers() -> [Arc<DkimSigner>; 2] {
    [
        Arc::new(DkimSigner::new("Muster.example", "k1", &rsa_key()).unwrap()),
        Arc::new(DkimSigner::new("muster.example", "k2", &ed25519_key()).unwrap()),
    ]
}

fn message() -> OutboundMessage {
    OutboundMessage {
        from: "news@muster.example".into(),
        from_name: Some("Muster Nyhetsbrev – én gang".into()),
        to_name: Some("Wanjikũ Mwangi".into()),
        reply_to: Some("help@muster.example".into()),
        subject: Some("Karibu – 20 % off, for you and the whole of your family, until the end of next week".into()),
        html: Some("<p>Habari  <b>Wanjikũ</b></p>\n.\n\t<p>kwaheri </p>\n\n\n".into()),
        message_id: "c1.2.7@muster.example".into(),
        headers: vec![
            ("List-Unsubscribe".into(), "<https://t.example/u/abc>, <mailto:u@t.example?subject=u-abc>".into()),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
        ],
        date_ms: 1_700_000_000_123,
        ..OutboundMessage::new(Channel::Email, "c1/7", "w@customer.example", "Habari  Wanjikũ \n.\nkwaheri\n\n")
    }
}

fn signed(message: &OutboundMessage, signers: &[Arc<DkimSigner>]) -> String {
    let letter = Letter::write((), message, &Skeleton::of(message), signers).unwrap();
    String::from_utf8(letter.data().to_vec()).unwrap()
}

/// What the verifier says about each signature of a mail.
async fn judge(mail: &str, signers: &[Arc<DkimSigner>]) -> Vec<bool> {
    judge::judge(mail, signers.iter().map(|signer| (signer.record_name(), signer.record()))).await
}

#[tokio::test]
async fn both_kinds_of_signature_hold() {
    let signers = signers();
    let mail = signed(&message(), &signers);
    assert_eq!(judge(&mail, &signers).await, [true, true], "{mail}");
    assert!(signers[1].record().starts_with("v=DKIM1; k=ed25519; p="));
    let field_lines = mail.lines().take_while(|line| !line.starts_with("From:"));
    assert!(field_lines.into_iter().all(|line| line.len() <= 78), "{mail}");
    // With everything a message can be without.
    let bare = OutboundMessage {
        from: "news@muster.example".into(),
        ..OutboundMessage::new(Channel::Email, "1", "w@customer.example", "")
    };
    assert_eq!(judge(&signed(&bare, &signers), &signers).await, [true, true]);
}

#[tokio::test]
async fn white_space_that_relays_change_does_not_break_them() {
    let signers = signers();
    let mail = signed(&message(), &signers);
    let refolded = mail.replacen("List-Unsubscribe: ", "list-unsubscribe:\r\n\t ", 1) + "\r\n\r\n";
    assert_eq!(judge(&refolded, &signers).await, [true, true]);
}

#[tokio::test]
async fn nothing_that_matters_can_be_changed_or_added() {
    let signers = signers();
    let mail = signed(&message(), &signers);
    for (from, to) in [
        ("t.example/u/abc", "evil.example/u/abc"),
        ("List-Unsubscribe=One-Click", "List-Unsubscribe=Never"),
        ("kwaheri", "kwaherj"),
        ("Subject: ", "Subject: Re: "),
        ("Date: Tue", "Date: Wed"),
        ("MIME-Version: ", "List-Unsubscribe: <https://evil.example/>\r\nMIME-Version: "),
        ("MIME-Version: ", "Reply-To: <eve@evil.example>\r\nMIME-Version: "),
        ("MIME-Version: ", "Cc: <eve@evil.example>\r\nMIME-Version: "),
    ] {
        assert!(mail.contains(from), "{from}");
        assert_eq!(judge(&mail.replacen(from, to, 1), &signers).await, [false, false], "{from} → {to}");
    }
    let above = mail.replacen("From:", "From: <eve@evil.example>\r\nFrom:", 1);
    assert_eq!(judge(&above, &signers).await, [false, false]);
}

#[tokio::test]
async fn the_same_message_is_signed_the_same_again() {
    let signers = signers();
    assert_eq!(signed(&message(), &signers), signed(&message(), &signers));
    let unsigned = String::from_utf8(build_mime(&message()).unwrap()).unwrap();
    assert!(signed(&message(), &signers).ends_with(&unsigned));
}

#[tokio::test]
async fn keys_that_are_made_here_sign() {
    let made = [(DkimKey::Rsa, "rsa-sha256"), (DkimKey::Ed25519, "ed25519-sha256")].map(|(kind, algorithm)| {
        let (key, other) = (kind.create().unwrap(), kind.create().unwrap());
        assert_ne!(key.expose_secret(), other.expose_secret());
        assert!(key.expose_secret().lines().all(|line| line.len() <= 64));
        assert!(!format!("{key:?}").contains("BEGIN"));
        let signer = DkimSigner::new("muster.example", algorithm, key.expose_secret()).unwrap();
        assert_eq!(signer.algorithm(), algorithm);
        Arc::new(signer)
    });
    assert_eq!(judge(&signed(&message(), &made), &made).await, [true, true]);
}

#[test]
fn a_long_record_is_published_in_strings_of_255_octets() {
    let signers = signers();
    let record = signers[0].record();
    let strings = record_strings(&record);
    assert_eq!(strings.iter().map(|string| string.len()).collect::<Vec<_>>(), [255, record.len() - 255]);
    assert_eq!(strings.concat(), record);
    assert_eq!(record_strings(&signers[1].record()), [signers[1].record()]);
    assert!(record_strings("").is_empty());
}

#[test]
fn a_key_or_name_that_cannot_work_is_refused_and_keys_are_never_printed() {
    assert_eq!(DkimSigner::new("a.example", "s", "no key").unwrap_err(), DkimError::Key);
    assert_eq!(DkimSigner::new("a.example", "s", &pem("PRIVATE KEY", b"damaged")).unwrap_err(), DkimError::Key);
    for (domain, selector) in [("a..example", "s"), ("a.example; x", "s"), ("a.example", ""), ("a.example", "s\r\n")] {
        assert!(matches!(DkimSigner::new(domain, selector, &ed25519_key()), Err(DkimError::Name(_))));
    }
    let signer = DkimSigner::new("a.example", "s", &ed25519_key()).unwrap();
    assert_eq!(format!("{signer:?}"), "DkimSigner(ed25519-sha256 for s._domainkey.a.example)");
}
