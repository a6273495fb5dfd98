use std::sync::Arc;

use Step::{Body, Expect, Say, StartTls};
use muster_channels::{
    ProbeError, Sender,
    email::{SmtpConfig, SmtpCredentials, Tls},
};
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::{
    letter, relay,
    scripted::{Scripted, Step, envelope, script},
    sender, short,
};

/// A self-made certificate for `host`: what the server presents, and the PEM to trust it by.
pub fn certificate(host: &str) -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

fn login_and_send() -> Vec<Step> {
    let login: &[Step] = &[
        Expect("EHLO sender.test"),
        Say("250-scripted\r\n250 AUTH PLAIN LOGIN"),
        // base64 of NUL user NUL secret
        Expect("AUTH PLAIN AHVzZXIAc2VjcmV0"),
        Say("235 2.7.0 Accepted"),
    ];
    script(&[login, &envelope(), &[Body, Say("250 Ok: queued as 1")]])
}

pub fn secured(port: u16, tls: Tls, trusted: Option<String>) -> SmtpConfig {
    SmtpConfig {
        host: "localhost".into(),
        tls,
        root_certificate: trusted,
        credentials: Some(SmtpCredentials { user: "user".into(), password: "secret".into() }),
        ..relay(port)
    }
}

pub fn before_upgrade() -> Vec<Step> {
    vec![
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250 STARTTLS"),
        Expect("STARTTLS"),
        Say("220 go"),
        StartTls,
    ]
}

#[tokio::test]
async fn mail_goes_over_starttls_with_a_login() {
    let (acceptor, pem) = certificate("localhost");
    let steps = script(&[&before_upgrade(), &login_and_send()]);
    let server = Scripted::start_with(vec![steps], Some(acceptor), false).await;
    let outcomes = sender(secured(server.port, Tls::StartTls, Some(pem))).send(vec![letter(1)]).await;
    server.assert_followed();
    assert_eq!(short(&outcomes[0]), "accepted", "{outcomes:?}");
}

#[tokio::test]
async fn mail_goes_over_implicit_tls_with_a_login() {
    let (acceptor, pem) = certificate("localhost");
    let steps = script(&[&[Say("220 scripted")], &login_and_send()]);
    let server = Scripted::start_with(vec![steps], Some(acceptor), true).await;
    let outcomes = sender(secured(server.port, Tls::Implicit, Some(pem))).send(vec![letter(1)]).await;
    server.assert_followed();
    assert_eq!(short(&outcomes[0]), "accepted", "{outcomes:?}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_names_another_host_gets_nothing() {
    for (tls, first) in [(Tls::StartTls, before_upgrade()), (Tls::Implicit, vec![Say("220 scripted")])] {
        let (stranger, _) = certificate("localhost");
        let (other_host, pem) = certificate("mail.example.com");
        for (acceptor, trusted) in [(stranger, None), (other_host, Some(pem))] {
            let steps = script(&[&first, &login_and_send()]);
            let server = Scripted::start_with(vec![steps], Some(acceptor), tls == Tls::Implicit).await;
            let outcomes = sender(secured(server.port, tls, trusted)).send(vec![letter(1)]).await;
            assert_eq!(short(&outcomes[0]), "retry Provider");
            let reason = outcomes[0].reason().unwrap().to_string().to_lowercase();
            assert!(reason.contains("certificate"), "{reason}");
        }
    }
}

#[tokio::test]
async fn a_stripped_starttls_ends_before_the_password() {
    let steps = vec![Say("220 scripted"), Expect("EHLO"), Say("250-scripted\r\n250 AUTH PLAIN"), Expect("")];
    let server = Scripted::start(vec![steps.clone(), steps]).await;
    let sender = sender(secured(server.port, Tls::StartTls, None));
    let outcomes = sender.send(vec![letter(1)]).await;
    assert_eq!(short(&outcomes[0]), "retry Provider");
    let refusal = sender.probe().await.unwrap_err();
    assert!(matches!(&refusal, ProbeError::Configuration(why) if why.contains("STARTTLS")), "{refusal}");
}

#[tokio::test]
async fn a_wrong_password_is_the_relays_trouble_and_is_said() {
    let steps = vec![
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250 AUTH PLAIN"),
        Expect("AUTH PLAIN"),
        Say("535 5.7.8 Username and Password not accepted"),
    ];
    let server = Scripted::start(vec![steps.clone(), steps]).await;
    let sender = sender(secured(server.port, Tls::None, None));
    let outcomes = sender.send((0..50).map(letter).collect()).await;
    assert!(outcomes.iter().all(|outcome| short(outcome) == "retry Provider"));
    let refusal = sender.probe().await.unwrap_err();
    assert!(matches!(&refusal, ProbeError::Refused(why) if why.contains("not accepted")), "{refusal}");
    assert!(!format!("{:?}", secured(1, Tls::None, None)).contains("secret"));
}
