//! Everything about a run that does not change from message to message.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use muster_db::leases::RunPosition;
use muster_db::policies::PolicyRow;
use muster_db::profiles::ProfileQuery;
use muster_db::runs::{ContentRow, RunFacts};
use muster_db::{Tx, links, plan_versions, policies, runs};
use muster_domain::campaign::CampaignType;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::creative::CreativeKey;
use muster_domain::domain_limit::DomainLimit;
use muster_domain::plan::Plan;
use muster_domain::policy::{FrequencyCap, Policy};
use muster_domain::template::{CompiledContent, ContentSource, FieldValue, StaticVariables};
use muster_domain::tracking::{TokenKey, links as html};
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use super::SLOT_WINDOW;
use super::again::LookedAgain;

/// Messages of one lease at most.
pub const CHUNK: i64 = 500;
/// A chunk is as large as what was sent in this time, so that what was read of customers is fresh when they are sent to.
const CHUNK_TIME: Duration = Duration::from_millis(250);

/// The compiled plan of one run.
pub struct RunPlan {
    pub ws: WorkspaceId,
    pub facts: RunFacts,
    pub contents: Vec<Content>,
    pub from_email: Option<String>,
    pub from_name: Option<String>,
    pub reply_to: Option<String>,
    /// Where tracking is reached from outside; none: nothing is rewritten.
    pub base_url: Option<String>,
    /// Signs what goes out; none: it is damaged, and nothing is tracked.
    pub token_key: Option<TokenKey>,
    pub tracks_opens: bool,
    /// Quiet hours and frequency caps. None: they, or the limits, are kept but cannot be read, and nothing may be sent
    /// before they can.
    pub policy: Option<Policy>,
    /// Of a campaign plan: it has quiet hours of its own, on its own clock.
    pub journey: Option<Plan>,
    /// By recipient domain.
    pub domain_limits: HashMap<String, DomainLimit>,
    /// Reads the recipients of a lease.
    pub query: ProfileQuery,
    /// Whether a template asks for custom attributes, which cost a query.
    pub wants_attributes: bool,
    /// When windows were last told about the run.
    pub told_at: AtomicI64,
    pub looked_again: LookedAgain,
    /// Messages of the next chunk.
    chunk: AtomicI64,
    is_halted: AtomicBool,
}

/// One way of saying one offer, ready to render.
pub struct Content {
    pub row: ContentRow,
    pub compiled: CompiledContent,
    /// Ids of the tracked links, in the order of the variables `track_link_<n>`.
    pub links: Vec<i64>,
    /// Names that the text mentions, of those a customer has: the snapshot keeps only these.
    pub fields: Vec<&'static str>,
}

impl Content {
    /// Whether the text names a column of the customer, by whichever of its names.
    fn names(&self, column: &str) -> bool {
        self.fields.iter().any(|field| match *field {
            "location" => column == "city",
            "last_purchase" => column == "last_purchase_date",
            "account_balance" => column == "account_balance_e4",
            field => column == field,
        })
    }

    /// Whether the text brings an address of ours.
    pub fn mentions(&self, variable: &str) -> bool {
        let row = &self.row;
        [&row.title, &row.preheader, &row.text_body, &row.html_body].iter().any(|text| text.contains(variable))
    }

    /// What choosing a creative looks at.
    pub fn key(&self) -> CreativeKey<'_> {
        CreativeKey { channel: self.row.channel, locale: &self.row.locale, is_active: true }
    }
}

/// Variable of the open pixel's address.
pub const TRACK_OPEN: &str = "track_open";

/// Beginning of the variables of tracked links' addresses.
pub const TRACK_LINK: &str = "track_link_";

/// Variable of a tracked link's address.
pub fn track_link(position: usize) -> String {
    format!("{TRACK_LINK}{position}")
}

/// The customer's fields that a template may name.
pub(super) const FIELDS: &[&str] = &[
    "external_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "city",
    "location",
    "tier",
    "client_type",
    "preferred_language",
    "preferred_channel",
    "preferred_product",
    "timezone",
    "account_balance",
    "currency",
    "registration_date",
    "first_purchase_date",
    "last_purchase",
    "last_order_at",
];

impl RunPlan {
    /// Whether the plan still says what the campaign, its policy and its workspace say.
    pub fn is_current(&self, position: &RunPosition) -> bool {
        self.facts.version == position.version
            && self.facts.policy_at == position.policy_at
            && self.facts.own_policy_at == position.own_policy_at
            && self.facts.workspace_at == position.workspace_at
    }

    /// The same, against facts that were just read.
    pub fn is_of(&self, facts: &RunFacts) -> bool {
        self.facts.version == facts.version
            && self.facts.policy_at == facts.policy_at
            && self.facts.own_policy_at == facts.own_policy_at
            && self.facts.workspace_at == facts.workspace_at
    }

    /// Reads and compiles. A content that does not compile any more is left out and its recipients fail with that reason.
    /// `is_first`: this process has no plan of the run that it stands in place of.
    pub async fn load(tx: &mut Tx, ws: WorkspaceId, facts: RunFacts, is_first: bool) -> muster_db::Result<Self> {
        let text = |value: &Value, key: &str| {
            value.get(key).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let flag = |key: &str| facts.settings.get(key).and_then(Value::as_bool).unwrap_or(true);
        // Without a whole key nothing could be signed that cannot be forged: then nothing is tracked.
        let key = <[u8; 32]>::try_from(facts.signing_key.as_slice()).ok();
        if key.is_none() {
            tracing::error!(tenantId = ws.0, "the workspace's signing key is damaged: nothing is tracked");
        }
        let base_url = facts.public_base_url.as_deref().filter(|_| key.is_some());
        let base_url = base_url.map(|u| u.trim_end_matches('/').to_owned());
        let tracks_clicks = base_url.is_some() && flag("trackClicks");
        let tracks_opens = base_url.is_some() && flag("trackOpens");
        let mut contents = Vec::new();
        for row in runs::contents(tx, ws, facts.run_id).await? {
            if let Some(content) = content(tx, ws, row, tracks_clicks, tracks_opens).await? {
                contents.push(content);
            }
        }
        let policy = match policies::of_campaign(tx, ws, facts.campaign_id).await? {
            Some(policy) => Some(policy),
            None => policies::of_workspace(tx, ws).await?,
        };
        let policy = match policy {
            Some(row) => read(row).inspect_err(|error| tracing::error!(tenantId = ws.0, campaignId = %facts.campaign_id, %error, "quiet hours and frequency caps cannot be read: nothing is sent")).ok(),
            None => Some(Policy::default()),
        };
        let journey = match facts.kind {
            CampaignType::Plan => journey(tx, ws, facts.campaign_id).await?,
            _ => None,
        };
        let domain_limits = limits(&facts.workspace_settings);
        if let Err(error) = &domain_limits {
            tracing::error!(tenantId = ws.0, %error, "limits of recipient domains cannot be read: nothing is sent");
        }
        let policy = policy.filter(|_| domain_limits.is_ok());
        let wants_attributes = contents.iter().any(|c| mentions_unknown(&c.row));
        let mut channels: Vec<Channel> = contents.iter().map(|c| c.row.channel).collect();
        channels.sort_unstable();
        channels.dedup();
        let query = ProfileQuery::new(&channels, |column| contents.iter().any(|c| c.names(column)));
        Ok(Self {
            from_email: text(&facts.settings, "fromEmail"),
            from_name: text(&facts.settings, "fromName"),
            reply_to: text(&facts.settings, "replyTo"),
            looked_again: LookedAgain::of(&facts, is_first),
            ws,
            facts,
            contents,
            base_url,
            token_key: key.map(TokenKey::new),
            tracks_opens,
            policy,
            journey,
            domain_limits: domain_limits.unwrap_or_default(),
            query,
            wants_attributes,
            told_at: AtomicI64::new(0),
            chunk: AtomicI64::new(SLOT_WINDOW),
            is_halted: AtomicBool::new(false),
        })
    }

    /// Whether nothing more may leave: the campaign was paused or ended since this plan was made.
    pub fn is_halted(&self) -> bool {
        self.is_halted.load(Ordering::Relaxed)
    }

    /// Whether the campaign's end has come: nothing leaves from then on, whoever notices first.
    pub fn is_past_its_end(&self, now: Millis) -> bool {
        self.facts.ends_at.is_some_and(|end| end <= now)
    }

    /// Lets nothing more leave by this plan; the next cycle makes another.
    pub fn halt(&self) {
        self.is_halted.store(true, Ordering::Relaxed);
    }

    /// How many messages the next chunk may have.
    pub fn chunk(&self) -> i64 {
        self.chunk.load(Ordering::Relaxed)
    }

    /// Learns from a chunk how large the next one may be.
    pub fn paced(&self, messages: i64, took: Duration, has_trouble: bool) {
        let fits = f64::from(i32::try_from(messages).unwrap_or(i32::MAX)) * CHUNK_TIME.as_secs_f64()
            / took.as_secs_f64().max(1e-6);
        let next = if has_trouble { SLOT_WINDOW } else { (fits as i64).clamp(SLOT_WINDOW, CHUNK) };
        self.chunk.store(next, Ordering::Relaxed);
    }

    /// How often a customer may be written to.
    pub fn caps(&self) -> &[FrequencyCap] {
        self.policy.as_ref().map_or(&[], |policy| &policy.frequency_caps)
    }

    /// The channels that this run sends by.
    pub fn channels(&self) -> Vec<(Channel, Option<&str>)> {
        let mut seen = Vec::new();
        for c in &self.contents {
            let key = (c.row.channel, c.row.sms_route.as_deref());
            if !seen.contains(&key) {
                seen.push(key);
            }
        }
        seen
    }
}

/// The newest plan of a campaign that can be gone through.
async fn journey(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> muster_db::Result<Option<Plan>> {
    let Some(row) = plan_versions::newest_ready(tx, ws, campaign).await? else { return Ok(None) };
    let read = serde_json::from_str(&row.plan).ok().and_then(|json| muster_domain::plan::read(&json).ok());
    Ok(read.and_then(|reading| reading.plan))
}

fn limits(workspace_settings: &Value) -> serde_json::Result<HashMap<String, DomainLimit>> {
    let Some(limits) = workspace_settings.pointer("/sending/domainLimits") else { return Ok(HashMap::new()) };
    let limits: Vec<DomainLimit> = serde_json::from_value(limits.clone())?;
    Ok(limits.into_iter().map(|limit| (limit.domain.clone(), limit)).collect())
}

fn read(row: PolicyRow) -> serde_json::Result<Policy> {
    Ok(Policy {
        quiet_hours: row.quiet_hours.map(serde_json::from_value).transpose()?,
        frequency_caps: serde_json::from_value(row.frequency_caps)?,
    })
}

async fn content(
    tx: &mut Tx,
    ws: WorkspaceId,
    row: ContentRow,
    tracks_clicks: bool,
    tracks_opens: bool,
) -> muster_db::Result<Option<Content>> {
    let mut html_body = row.html_body.clone();
    let mut link_ids = Vec::new();
    if row.channel == Channel::Email && !html_body.is_empty() && (tracks_clicks || tracks_opens) {
        let urls: Vec<String> = if tracks_clicks {
            html::plan(&html_body).unwrap_or_default().into_iter().map(|l| l.url).collect()
        } else {
            Vec::new()
        };
        let rows = links::ensure(tx, ws, row.creative_version_id, &urls).await?;
        link_ids = rows.iter().map(|r| r.id).collect();
        let pixel = tracks_opens.then(|| format!("{{{{ {TRACK_OPEN} }}}}"));
        let rewritten = html::rewrite(&html_body, pixel.as_deref(), |link| {
            (tracks_clicks && link.ordinal < link_ids.len()).then(|| format!("{{{{ {} }}}}", track_link(link.ordinal)))
        });
        match rewritten {
            Ok(text) => html_body = text,
            Err(error) => {
                tracing::warn!(creative_version = row.creative_version_id, %error, "links are not tracked: the HTML cannot be rewritten")
            }
        }
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let subject = row.subject_override.as_deref().unwrap_or(&row.title);
    let is_sender_id = row.channel == Channel::Sms;
    let source = ContentSource {
        subject: if is_sender_id { None } else { some(subject) },
        preheader: some(&row.preheader),
        text: some(&row.text_body),
        html: some(&html_body),
    };
    let statics: StaticVariables = row
        .variables
        .as_object()
        .map(|map| map.iter().filter_map(|(k, v)| Some((k.clone(), FieldValue::from_json(v)?))).collect())
        .unwrap_or_default();
    match CompiledContent::compile(&source, &row.locale, statics) {
        Ok(compiled) => {
            let all = [subject, &row.preheader, &row.text_body, &row.html_body].concat();
            let fields = FIELDS
                .iter()
                .copied()
                .filter(|f| all.contains(f) || (all.contains("name") && f.ends_with("_name")))
                .collect();
            Ok(Some(Content { row, compiled, links: link_ids, fields }))
        }
        Err(problems) => {
            tracing::error!(creative_version = row.creative_version_id, ?problems, "a creative does not compile");
            Ok(None)
        }
    }
}

/// Whether the text names something that is neither a field nor a static variable: perhaps a custom attribute.
fn mentions_unknown(row: &ContentRow) -> bool {
    let all = [
        row.title.as_str(),
        &row.preheader,
        &row.text_body,
        &row.html_body,
        row.subject_override.as_deref().unwrap_or_default(),
    ]
    .concat();
    let known = |word: &str| {
        FIELDS.contains(&word)
            || matches!(
                word,
                "name" | "last_purchase_date" | "unsubscribe_url" | "preferences_url" | "code" | "redemption_code"
            )
            || row.variables.get(word).is_some()
    };
    all.split('{').skip(1).any(|part| {
        let inside = part.split('}').next().unwrap_or_default();
        inside
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()) && !known(word))
    })
}
