//! Protected connections.

use Step::{Body, Expect, Gone, Say, StartTls};
use muster_channels::{
    ProbeError,
    email::{Tls, bulk::Relay},
};

use super::{GROUP, TAKEN, send};
use crate::{
    scripted::{Scripted, Step, script},
    tls::{before_upgrade, certificate, secured},
};

fn login_and_take() -> Vec<Step> {
    let login: &[Step] = &[
        Expect("EHLO sender.test"),
        Say("250-scripted\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN"),
        Expect("AUTH PLAIN AHVzZXIAc2VjcmV0"),
        Say("235 2.7.0 Accepted"),
    ];
    let both: &[Step] = &[Body, Expect("MAIL"), Expect("RCPT"), Expect("DATA")];
    let rest: &[Step] = &[Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n354 go"), Body, Say("250 Ok")];
    script(&[login, GROUP, TAKEN, both, rest])
}

#[tokio::test]
async fn bulk_mail_goes_over_both_kinds_of_tls_with_a_login() {
    for (tls, first) in [(Tls::StartTls, before_upgrade()), (Tls::Implicit, vec![Say("220 scripted")])] {
        let (acceptor, pem) = certificate("localhost");
        let steps = script(&[&first, &login_and_take()]);
        let server = Scripted::start_with(vec![steps], Some(acceptor), tls == Tls::Implicit).await;
        let sent = send(secured(server.port, tls, Some(pem)), 2).await;
        server.assert_followed();
        assert_eq!(sent.outcomes, ["accepted", "accepted"]);
    }
}

#[tokio::test]
async fn what_is_slipped_in_before_tls_is_not_believed() {
    let injected: &[Step] = &[
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250-STARTTLS\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH LOGIN"),
        Expect("STARTTLS"),
        Say("220 go\r\n250-evil\r\n250-CHUNKING\r\n250 AUTH LOGIN"),
        StartTls,
    ];
    let (acceptor, pem) = certificate("localhost");
    let steps = script(&[injected, &login_and_take()]);
    let server = Scripted::start_with(vec![steps], Some(acceptor), false).await;
    let sent = send(secured(server.port, Tls::StartTls, Some(pem)), 2).await;
    server.assert_followed();
    assert_eq!(sent.outcomes, ["accepted", "accepted"]);
}

#[tokio::test]
async fn a_stripped_or_refused_starttls_ends_before_the_password() {
    let stripped: &[Step] = &[Say("220 scripted"), Expect("EHLO"), Say("250-scripted\r\n250 AUTH PLAIN"), Gone];
    let refused: &[Step] = &[
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250-STARTTLS\r\n250 AUTH PLAIN"),
        Expect("STARTTLS"),
        Say("454 4.7.0 TLS not available"),
        Gone,
    ];
    for steps in [stripped, refused] {
        let server = Scripted::start(vec![steps.to_vec(), steps.to_vec()]).await;
        let config = secured(server.port, Tls::StartTls, None);
        let sent = send(config.clone(), 1).await;
        assert_eq!(sent.outcomes, ["retry Provider"]);
        assert!(sent.end.is_err());
        let refusal = Relay::new(config).unwrap().probe().await.unwrap_err();
        assert!(matches!(refusal, ProbeError::Configuration(_) | ProbeError::Refused(_)), "{refusal}");
        server.settled().await;
        server.assert_followed();
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_names_another_host_gets_nothing() {
    for (tls, first) in [(Tls::StartTls, before_upgrade()), (Tls::Implicit, vec![Say("220 scripted")])] {
        let (stranger, _) = certificate("localhost");
        let (other_host, pem) = certificate("mail.example.com");
        for (acceptor, trusted) in [(stranger, None), (other_host, Some(pem))] {
            let steps = script(&[&first, &login_and_take()]);
            let server = Scripted::start_with(vec![steps], Some(acceptor), tls == Tls::Implicit).await;
            let sent = send(secured(server.port, tls, trusted), 1).await;
            assert_eq!(sent.outcomes, ["retry Provider"]);
            let reason = sent.end.unwrap_err().to_string().to_lowercase();
            assert!(reason.contains("certificate"), "{reason}");
        }
    }
}

#[tokio::test]
async fn a_password_is_given_in_the_way_that_the_relay_knows_and_a_wrong_one_ends_the_lane() {
    let login: &[Step] = &[
        Say("220 scripted"),
        Expect("EHLO"),
        Say("250-scripted\r\n250 AUTH LOGIN"),
        Expect("AUTH LOGIN\r\n"),
        Say("334 VXNlcm5hbWU6"),
        Expect("dXNlcg==\r\n"),
        Say("334 UGFzc3dvcmQ6"),
        Expect("c2VjcmV0\r\n"),
        Say("535 5.7.8 Username and Password not accepted"),
        Gone,
    ];
    let none: &[Step] = &[Say("220 scripted"), Expect("EHLO"), Say("250 scripted"), Gone];
    for (steps, said) in [(login, "not accepted"), (none, "AUTH")] {
        let server = Scripted::start(vec![steps.to_vec()]).await;
        let sent = send(secured(server.port, Tls::None, None), 9).await;
        assert_eq!((sent.outcomes, sent.left), (vec!["retry Provider".to_owned()], 8));
        let reason = sent.end.unwrap_err().to_string();
        assert!(reason.contains(said) && !reason.contains("c2VjcmV0"), "{reason}");
        server.settled().await;
        server.assert_followed();
    }
}
