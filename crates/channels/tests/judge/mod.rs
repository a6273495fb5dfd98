//! A verifier of DKIM signatures that is not ours: `mail-auth`, with a DNS of its own.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Instant,
};

use mail_auth::{
    AuthenticatedMessage, DkimResult, MX, MessageAuthenticator, RecordSet, ResolverCache, Txt,
    common::{cache::NoCache, parse::TxtRecordParser, verify::DomainKey},
    hickory_resolver::config::{ResolverConfig, ResolverOpts},
};

/// The DNS of these tests.
struct Records(HashMap<String, String>);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        let (_, record) = self.0.iter().find(|(known, _)| {
            let known: Box<str> = format!("{known}.").into();
            known.borrow() == name
        })?;
        Some(DomainKey::parse(record.as_bytes()).map_or_else(Txt::Error, |key| Txt::DomainKey(Arc::new(key))))
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// What the verifier says about each signature of a mail, where these TXT records are published: name and text.
pub async fn judge(mail: &str, records: impl Iterator<Item = (String, String)>) -> Vec<bool> {
    let records = Records(records.collect());
    let verifier = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()).unwrap();
    let parsed = AuthenticatedMessage::parse(mail.as_bytes()).unwrap();
    let parameters = mail_auth::Parameters::<
        '_,
        _,
        NoCache<Box<str>, Txt>,
        NoCache<Box<str>, RecordSet<MX>>,
        NoCache<Box<str>, RecordSet<Ipv4Addr>>,
        NoCache<Box<str>, RecordSet<Ipv6Addr>>,
        NoCache<IpAddr, RecordSet<Box<str>>>,
    >::from(&parsed)
    .with_txt_cache(&records);
    let outputs = verifier.verify_dkim(parameters).await;
    outputs.iter().map(|output| *output.result() == DkimResult::Pass).collect()
}
