//! Whether the DNS says what a relay's mail needs: what receivers will find, looked up now.

use futures::future::join_all;
use muster_channels::email::Lookup;
use muster_db::workspaces;
use muster_domain::clock::Millis;
use muster_domain::published::{self, Published};
use muster_domain::time::moment;
use serde::Serialize;
use uuid::Uuid;

use super::SigningView;
use super::config::ProviderConfig;
use super::manage::find;
use crate::permissions::Operation;
use crate::settings::SendingSettings;
use crate::{App, AppError, AppResult, Ctx};

/// Names that are asked for a domain's rules at most: the domain, and those above it.
const MOST_LEVELS: usize = 5;

/// What stands in the DNS for a relay.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DnsView {
    pub findings: Vec<DnsFinding>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub checked_at: Millis,
}

/// One record that receivers look at.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DnsFinding {
    /// `dkim`: the key that signs; `spf`: who may send for the return path; `bounces`: who takes what comes back; `dmarc`:
    /// what the sender's domain asks receivers to check.
    pub check: String,
    /// `TXT` or `MX`.
    pub record_type: String,
    pub name: String,
    /// What has to stand there, where that is known.
    pub expected: Option<String>,
    /// Everything that stands there.
    pub found: Vec<String>,
    pub state: Published,
}

/// Looks up what stands in the DNS for a relay, as receivers of its mail do.
///
/// # Errors
/// 422 for a provider that is no relay; 500 when this machine does not say where names are looked up.
pub async fn dns(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<DnsView> {
    ctx.require(Operation::ManageSettings)?;
    let (row, settings) = {
        let mut tx = app.db.read(ctx.ws).await?;
        (find(&mut tx, ctx, id).await?, SendingSettings::of(&workspaces::get(&mut tx, ctx.ws).await?))
    };
    if row.kind != "smtp" {
        return Err(AppError::invalid("no_relay", "Only email relays have records in the DNS."));
    }
    let config = ProviderConfig::read(&row.config).map_err(|problem| AppError::problems(vec![problem]))?;
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
    let from = Some(config.from.clone()).filter(|from| !from.is_empty()).or(settings.from_address);
    let sender = from.as_deref().and_then(domain);
    let back = config.return_path().ok().flatten().and_then(|path| domain(&path.plain())).or_else(|| sender.clone());
    let lookup = Lookup::new(&app.dns).map_err(AppError::internal)?;
    let mut wanted = Vec::new();
    if let Some(signing) = SigningView::of(&row) {
        wanted.push(Wanted::Key(signing));
    }
    wanted.extend(back.iter().flat_map(|back| [Wanted::Senders(back.clone()), Wanted::Bounces(back.clone())]));
    wanted.extend(sender.map(Wanted::Rules));
    let findings = join_all(wanted.into_iter().map(|one| one.find(&lookup))).await;
    Ok(DnsView { findings, checked_at: app.now() })
}

/// What is looked for.
enum Wanted {
    Key(SigningView),
    Senders(String),
    Bounces(String),
    Rules(String),
}

impl Wanted {
    async fn find(self, lookup: &Lookup) -> DnsFinding {
        match self {
            Self::Key(signing) => {
                let judge = |found: &[String]| published::dkim(&signing.record_value, found);
                let found = texts(lookup, "dkim", signing.record_name.clone(), judge).await;
                DnsFinding { expected: Some(signing.record_value.clone()), ..found }
            }
            Self::Senders(domain) => texts(lookup, "spf", domain, published::spf).await,
            Self::Bounces(domain) => {
                let found = lookup.mail_servers(&domain).await;
                finding("bounces", "MX", domain, found, published::mail_servers)
            }
            Self::Rules(domain) => {
                let first = texts(lookup, "dmarc", format!("_dmarc.{domain}"), published::dmarc).await;
                let mut above = domain.as_str();
                for _ in 1..MOST_LEVELS {
                    // A domain without rules of its own has those of the one above it.
                    let Some((_, rest)) = above.split_once('.').filter(|(_, rest)| rest.contains('.')) else { break };
                    if first.state != Published::Missing {
                        break;
                    }
                    let found = texts(lookup, "dmarc", format!("_dmarc.{rest}"), published::dmarc).await;
                    if found.state != Published::Missing {
                        return found;
                    }
                    above = rest;
                }
                first
            }
        }
    }
}

async fn texts(lookup: &Lookup, check: &str, name: String, judge: impl Fn(&[String]) -> Published) -> DnsFinding {
    let found = lookup.txt(&name).await;
    finding(check, "TXT", name, found, judge)
}

fn finding(
    check: &str,
    record_type: &str,
    name: String,
    found: Result<Vec<String>, muster_channels::email::NoAnswer>,
    judge: impl Fn(&[String]) -> Published,
) -> DnsFinding {
    let state = found.as_ref().map_or(Published::NoAnswer, |found| judge(found));
    let found = found.unwrap_or_default();
    DnsFinding { check: check.to_owned(), record_type: record_type.to_owned(), name, expected: None, found, state }
}
