//! TLS by a test authority, and passwords.

use std::fs;

use muster_channels::{
    ProbeError,
    email::{SmtpConfig, SmtpCredentials, Tls, bulk::Relay},
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::{Postfix, message, sasl};
use crate::bulk::send;

/// Nobody gets in without TLS and a password: `STARTTLS`, and TLS from the first octet.
const LOCKED: &str = "smtpd_client_restrictions = permit_sasl_authenticated, reject";
const LOGIN: [&str; 5] = [
    "smtpd_sasl_auth_enable = yes",
    "smtpd_sasl_type = dovecot",
    "smtpd_sasl_path = private/auth",
    "smtpd_tls_cert_file = HOME/server.pem",
    "smtpd_tls_key_file = HOME/server.key",
];

/// One whose certificate for `localhost` comes from an authority of the test's own; gives that one's certificate too.
async fn locked() -> (Postfix, String) {
    let home = Postfix::home();
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Authority of a test");
    let root = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(home.path().join("server.pem"), server.pem()).unwrap();
    fs::write(home.path().join("server.key"), key.serialize_pem()).unwrap();
    sasl::serve(&home.path().join("queue/private/auth"));
    let with = |more: &[&'static str]| [&LOGIN[..], &[LOCKED], more].concat();
    let (upgraded, implicit) = (
        with(&["smtpd_tls_security_level = encrypt", "smtpd_tls_auth_only = yes"]),
        with(&["smtpd_tls_wrappermode = yes"]),
    );
    (Postfix::start_in(home, &[&upgraded, &implicit]).await, root)
}

fn secured(postfix: &Postfix, tls: Tls, root: Option<&str>, password: Option<&str>) -> SmtpConfig {
    SmtpConfig {
        host: "localhost".into(),
        tls,
        root_certificate: root.map(str::to_owned),
        credentials: password.map(|password| SmtpCredentials { user: "user".into(), password: password.into() }),
        ..postfix.relay(usize::from(tls == Tls::Implicit))
    }
}

#[tokio::test]
async fn bulk_mail_goes_over_tls_with_a_password() {
    let (postfix, root) = locked().await;
    for tls in [Tls::StartTls, Tls::Implicit] {
        let config = secured(&postfix, tls, Some(&root), Some("secret"));
        Relay::new(config.clone()).unwrap().probe().await.unwrap();
        let sent = send(config, 20).await;
        assert_eq!(sent.outcomes, ["accepted"; 20], "{:?}", sent.reasons);
    }
    let arrived = postfix.mail(40).await;
    assert!(arrived.iter().all(|mail| mail.contains("with ESMTPSA") && !message(mail).contains("..hidden dot")));
    postfix.says(" bdat=20 ").await;
}

#[tokio::test]
async fn without_trust_or_the_right_password_nothing_leaves() {
    let (postfix, root) = locked().await;
    for tls in [Tls::StartTls, Tls::Implicit] {
        for (root, password, said) in [
            (Some(&*root), Some("wrong"), "authentication failed"),
            (Some(&*root), None, "access denied"),
            (None, Some("secret"), "certificate"),
        ] {
            let config = secured(&postfix, tls, root, password);
            let sent = send(config.clone(), 5).await;
            assert!(sent.outcomes.iter().all(|outcome| !["accepted", "unknown"].contains(&&**outcome)));
            let reason = sent.reasons[0].to_string().to_lowercase();
            assert!(reason.contains(said) && !reason.contains("secret"), "{reason}");
            if password.is_some() {
                assert_eq!((&*sent.outcomes, sent.left), (&["retry Provider".to_owned()][..], 4));
                let refusal = Relay::new(config).unwrap().probe().await.unwrap_err();
                assert!(!matches!(refusal, ProbeError::Configuration(_)), "{refusal}");
            }
        }
    }
    // In clear, where TLS is asked for.
    let sent = send(secured(&postfix, Tls::None, None, None), 3).await;
    assert!(sent.outcomes.iter().all(|outcome| outcome == "retry Provider"), "{:?}", sent.reasons);
    assert!(sent.reasons[0].text.contains("STARTTLS"), "{}", sent.reasons[0]);
    postfix.mail(0).await;
}
