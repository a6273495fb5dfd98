//! What a message costs before it goes anywhere: writing it, and signing it. On one core.

use std::{hint::black_box, sync::Arc, time::Instant};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{Ed25519KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use muster_channels::{
    Attachment, Channel, OutboundMessage,
    email::{DkimSigner, Skeleton, build_mime, bulk::Letter},
};

const ROUNDS: usize = 5;

fn main() {
    for bytes in [1_000, 20_000] {
        let plain = message(bytes);
        let skeleton = Skeleton::of(&plain);
        measure(&format!("written, {bytes} octets of HTML"), 20_000, || skeleton.write(&plain).expect("it is sound"));
    }
    let mut attached = message(1_000);
    attached.attachments = vec![Attachment {
        file_name: "prices.pdf".into(),
        content_type: "application/pdf".into(),
        bytes: Arc::from(vec![7_u8; 50_000]),
    }];
    let skeleton = Skeleton::of(&attached);
    measure("written, 50 KB attached", 5_000, || skeleton.write(&attached).expect("it is sound"));
    measure("the same without a skeleton", 5_000, || build_mime(&attached).expect("it is sound"));
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).expect("a key").as_ref().to_vec();
    let ed25519 = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).expect("a key").as_ref().to_vec();
    for (name, der) in [("RSA-2048", rsa), ("Ed25519", ed25519)] {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(der));
        let signer = [Arc::new(DkimSigner::new("muster.example", "k1", &pem).expect("a key"))];
        for bytes in [1_000, 20_000] {
            let plain = message(bytes);
            let skeleton = Skeleton::of(&plain);
            let write = || Letter::write((), &plain, &skeleton, &signer).expect("it is sound");
            measure(&format!("written and signed by {name}, {bytes} octets"), 1_000, write);
        }
    }
}

/// Prints the best of some rounds: what disturbs only makes slower.
fn measure<T>(name: &str, count: u32, mut work: impl FnMut() -> T) {
    let round = |_| {
        let start = Instant::now();
        for _ in 0..count {
            black_box(work());
        }
        start.elapsed() / count
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or_default();
    println!("{name:45} {:10.0} a second {:8.1} µs", 1.0 / best.as_secs_f64(), best.as_secs_f64() * 1e6);
}

fn message(html: usize) -> OutboundMessage {
    let line = "<tr><td style=\"color: #333\">Karibu, Wanjikũ – 20 % off <a href=\"https://t.example/t/c/abc\">here</a></td></tr>\n";
    OutboundMessage {
        from: "news@muster.example".into(),
        from_name: Some("Muster News".into()),
        to_name: Some("Wanjikũ Mwangi".into()),
        subject: Some("An offer for you and for the whole of your family".into()),
        html: Some(line.chars().cycle().take(html).collect::<String>().into()),
        message_id: "c1.2.7@muster.example".into(),
        headers: vec![
            ("List-Unsubscribe".into(), "<https://t.example/u/abc>, <mailto:u@t.example?subject=u-abc>".into()),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
        ],
        date_ms: 1_700_000_000_123,
        ..OutboundMessage::new(
            Channel::Email,
            "c1/7",
            "w@customer.example",
            "Karibu, Wanjikũ – 20 % off\n".repeat(html / 50),
        )
    }
}
