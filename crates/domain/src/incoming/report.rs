//! Reports of machines (RFC 6522): on delivery (RFC 3464), and of readers' complaints (RFC 5965).

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders};

use super::headers::in_text;
use super::{Kind, MAX_TEXT, Why, clean, cut, text_of, type_of};
use crate::reply::normalise::normalise;
use crate::reply::rules::{self, BounceKind, BounceReport};
use crate::tracking::MessageName;

/// Recipients of one report that are looked at: our messages have one each.
const MAX_RECIPIENTS: usize = 100;
/// Parts of a report that are looked at.
const MAX_PARTS: usize = 50;
/// Bytes of the fields that a machine writes for machines.
const MAX_FIELDS: usize = 64 * 1024;

/// A report, and which message it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub kind: Kind,
    /// Ids of the message that is reported on.
    pub about: Vec<String>,
    /// Where that message came from, if it says so.
    pub addresses: Vec<String>,
}

impl Report {
    /// The report that a mail is; none when it is something else.
    pub(super) fn of(mail: &Message<'_>) -> Option<Self> {
        let root = mail.parts.first()?;
        if type_of(root) != "multipart/report" {
            return None;
        }
        let parts = || mail.parts.iter().take(MAX_PARTS);
        let fields = |kinds: &[&str]| {
            let part = parts().find(|part| kinds.contains(&type_of(*part).as_str()));
            part.map(|part| groups(part.contents()))
        };
        let (mut about, mut addresses) = (Vec::new(), Vec::new());
        for part in parts().skip(1) {
            returned(part, &mut about, &mut addresses);
        }
        let kind = if let Some(groups) = fields(&["message/delivery-status", "message/global-delivery-status"]) {
            delivery(&groups, text_of(mail))
        } else if let Some(groups) = fields(&["message/feedback-report"]) {
            for name in ["original-mail-from", "original-envelope-id"] {
                addresses.extend(groups.iter().filter_map(|group| group.get(name)).flat_map(in_text));
            }
            complaint(&groups)
        } else if is_receipt(root) {
            Kind::Nothing(Why::Receipt)
        } else {
            return None;
        };
        addresses.truncate(MAX_RECIPIENTS);
        Some(Self { kind, about, addresses })
    }
}

fn is_receipt(root: &MessagePart<'_>) -> bool {
    let said = root.content_type().and_then(|kind| kind.attribute("report-type"));
    said.is_some_and(|said| said.to_ascii_lowercase().contains("disposition-notification"))
}

/// What a report returns of the message: all of it, or its fields.
fn returned(part: &MessagePart<'_>, about: &mut Vec<String>, addresses: &mut Vec<String>) {
    let mut take = |mail: &Message<'_>| {
        for field in mail.parts.first().into_iter().flat_map(|part| &part.headers) {
            let is = |name: &str| field.name.as_str().eq_ignore_ascii_case(name);
            match &field.value {
                HeaderValue::Text(id) if is("Message-ID") && about.len() < 5 => about.push(clean(id, 998)),
                HeaderValue::Text(path) if is("Return-Path") => addresses.extend(in_text(path)),
                _ => {}
            }
        }
    };
    match type_of(part).as_str() {
        "message/rfc822" | "message/global" => match part.message() {
            Some(mail) => take(mail),
            None => about.extend(named(part.contents())),
        },
        "text/rfc822-headers" | "message/global-headers" => {
            match MessageParser::default().parse_headers(&bytes(part)[..]) {
                Some(mail) => take(&mail),
                None => about.extend(named(part.contents())),
            }
        }
        _ => {}
    }
}

fn bytes(part: &MessagePart<'_>) -> Vec<u8> {
    let all = part.contents();
    let mut bytes = all[..all.len().min(MAX_FIELDS)].to_vec();
    // So that fields without a body are fields all the same.
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

fn named(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_FIELDS)]).into_owned();
    MessageName::find_in(&text, 3).into_iter().map(str::to_owned).collect()
}

/// Fields that stand together, their names in lower case.
#[derive(Debug, Default)]
struct Group(Vec<(String, String)>);

impl Group {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The groups of fields in a part for machines; a blank line parts them.
fn groups(bytes: &[u8]) -> Vec<Group> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_FIELDS)]).into_owned();
    let mut groups = vec![Group::default()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.0.is_empty() && groups.len() <= MAX_RECIPIENTS {
                groups.push(Group::default());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.0.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

/// What a report on delivery says: of several recipients, the worst.
fn delivery(groups: &[Group], text: String) -> Kind {
    let failed = groups.iter().filter_map(undelivered);
    let worst = failed.reduce(|worst, next| if worst.kind == BounceKind::Hard { worst } else { next });
    match worst {
        Some(report) => Kind::Bounce { report, text: cut(&text, MAX_TEXT).to_owned() },
        None => Kind::Nothing(Why::Receipt),
    }
}

fn undelivered(group: &Group) -> Option<BounceReport> {
    let action = group.get("action")?.to_ascii_lowercase();
    let is_delayed = action.starts_with("delayed");
    if !is_delayed && !action.starts_with("failed") {
        return None;
    }
    let diagnostic = group.get("diagnostic-code").unwrap_or_default();
    let status = group.get("status").and_then(rules::status_code);
    // `5.0.0` says no more than `failed`; the server's own answer may.
    let said = status.clone().filter(|code| !code.ends_with(".0.0"));
    let status = said.or_else(|| rules::status_code(diagnostic)).or(status);
    let kind = match is_delayed {
        true => BounceKind::Soft,
        false => rules::bounce_kind(status.as_deref(), &normalise(diagnostic)),
    };
    let recipient = ["original-recipient", "final-recipient"].iter().find_map(|name| address(group.get(name)?));
    Some(BounceReport { kind, status, recipient })
}

/// `rfc822; John@Example.com`
fn address(field: &str) -> Option<String> {
    let address = clean(field.rsplit(';').next()?, 320);
    let address = address.trim_matches(['<', '>', ' ']).to_lowercase();
    address.contains('@').then_some(address)
}

/// What a reader's complaint says. Reports of other kinds are about authentication, viruses, or that something is no spam.
fn complaint(groups: &[Group]) -> Kind {
    let kind = groups.iter().find_map(|group| group.get("feedback-type")).unwrap_or_default();
    match kind.trim().to_ascii_lowercase().as_str() {
        "abuse" | "fraud" | "other" | "opt-out" | "opt-out-list" => Kind::Complaint,
        _ => Kind::Nothing(Why::OtherReport),
    }
}
