//! What receivers make of the records that a sender's domain has in the DNS: DKIM keys (RFC 6376 §3.6.1), SPF (RFC 7208 §4.5)
//! and DMARC (RFC 7489 §6.6.3).

use serde::{Deserialize, Serialize};

/// How what is published stands to what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Published {
    /// It is there, once.
    Ok,
    Missing,
    /// There is another one, or one that says nothing.
    Different,
    /// There are several, of which receivers take none, or any.
    Several,
    /// The DNS gave no answer.
    NoAnswer,
}

/// The keys at the name of a selector, against the one that signs.
pub fn dkim(expected: &str, found: &[String]) -> Published {
    let keys: Vec<_> = found.iter().map(|text| tags(text)).filter(|tags| value(tags, "p").is_some()).collect();
    let own = tags(expected);
    of(&keys, |key| {
        let kind = |tags| value(tags, "k").unwrap_or_else(|| String::from("rsa"));
        value(key, "v").is_none_or(|version| version == "DKIM1")
            && kind(key) == kind(&own)
            && value(key, "p") == value(&own, "p")
            && value(key, "h").is_none_or(|hashes| hashes.split(':').any(|hash| hash == "sha256"))
            && value(key, "s").is_none_or(|services| services.split(':').any(|one| one == "*" || one == "email"))
    })
}

/// Who may send for the domain of a return path. One that lets everybody says nothing.
pub fn spf(found: &[String]) -> Published {
    let of_spf = |text: &&String| text.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case("v=spf1"));
    let records: Vec<_> = found.iter().filter(of_spf).collect();
    of(&records, |text| {
        !text.split(' ').any(|term| term.eq_ignore_ascii_case("all") || term.eq_ignore_ascii_case("+all"))
    })
}

/// What receivers are asked to do with mail that is not proven to be the domain's.
pub fn dmarc(found: &[String]) -> Published {
    let policies: Vec<_> = found
        .iter()
        .map(|text| tags(text))
        .filter(|tags| tags.first().is_some_and(|(n, v)| n == "v" && v == "DMARC1"))
        .collect();
    of(&policies, |tags| value(tags, "p").is_some())
}

/// Servers that take the mail of a domain.
pub fn mail_servers(found: &[String]) -> Published {
    if found.is_empty() { Published::Missing } else { Published::Ok }
}

fn of<T>(records: &[T], is_right: impl Fn(&T) -> bool) -> Published {
    match records {
        [] => Published::Missing,
        [one] if is_right(one) => Published::Ok,
        [_] => Published::Different,
        _ => Published::Several,
    }
}

/// `name=value; name=value`; white space within values is of no meaning.
fn tags(text: &str) -> Vec<(String, String)> {
    let tag = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.split_whitespace().collect::<String>()))
    };
    text.split(';').filter_map(tag).collect()
}

fn value(tags: &[(String, String)], name: &str) -> Option<String> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_key_is_the_same_however_it_is_written() {
        let own = "v=DKIM1; k=rsa; p=MIIBAB";
        for (found, expected) in [
            (&["v=DKIM1; k=rsa; p=MIIBAB"][..], Published::Ok),
            (&["p=MII BAB;"], Published::Ok),
            (&["v=DKIM1;k=rsa;h=sha1:sha256;s=email;t=y;p=MIIBAB"], Published::Ok),
            (&["some note", "k=rsa; p=MIIBAB"], Published::Ok),
            (&[], Published::Missing),
            (&["some note"], Published::Missing),
            (&["v=DKIM1; k=rsa; p="], Published::Different),
            (&["v=DKIM1; k=ed25519; p=MIIBAB"], Published::Different),
            (&["v=DKIM1; h=sha1; p=MIIBAB"], Published::Different),
            (&["v=DKIM1; s=tlsrpt; p=MIIBAB"], Published::Different),
            (&["v=DKIM1; p=MIIBAB", "v=DKIM1; p=MIIBAC"], Published::Several),
        ] {
            assert_eq!(dkim(own, &texts(found)), expected, "{found:?}");
        }
    }

    #[test]
    fn the_other_records_are_told_from_what_stands_beside_them() {
        assert_eq!(spf(&texts(&["google-site-verification=x", "v=spf1 include:relay.example -all"])), Published::Ok);
        assert_eq!(spf(&texts(&["v=spf10 -all"])), Published::Missing);
        assert_eq!(spf(&texts(&["v=spf1 +all"])), Published::Different);
        assert_eq!(spf(&texts(&["v=spf1 -all", "v=spf1 mx -all"])), Published::Several);
        assert_eq!(dmarc(&texts(&["v=DMARC1; p=none; rua=mailto:a@b.example"])), Published::Ok);
        assert_eq!(dmarc(&texts(&["v=DMARC1; rua=mailto:a@b.example"])), Published::Different);
        assert_eq!(dmarc(&texts(&["p=none"])), Published::Missing);
        assert_eq!(mail_servers(&[]), Published::Missing);
    }
}
