//! What the row of a provider says, checked, and the sender that is made of it.

use std::sync::Arc;

use muster_channels::email::{DkimSigner, SmtpConfig, SmtpCredentials, SmtpSender, Tls};
use muster_channels::http::{
    AfricasTalking, Dialect, HttpLimits, HttpProvider, HttpTemplate, Reach, TemplateSender, Twilio,
};
use muster_channels::sandbox::{SandboxInbox, SandboxSender};
use muster_channels::{ProbeError, ProviderInfo, Sender};
use muster_db::providers::ProviderRow;
use muster_domain::channel::Channel;
use muster_domain::problem::Problem;
use muster_domain::tracking::ReturnPath;
use muster_domain::warm_up::WarmUp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::secrets::Secrets;
use super::signing::Signing;
use crate::settings::SandboxSettings;

/// Kinds of providers and the channels that each can carry.
const KINDS: [(&str, &[Channel]); 5] = [
    ("smtp", &[Channel::Email]),
    ("twilio", &[Channel::Sms]),
    ("africas_talking", &[Channel::Sms]),
    ("http", &[Channel::Sms, Channel::Whatsapp, Channel::Push]),
    ("sandbox", &[Channel::Email, Channel::Sms, Channel::Whatsapp, Channel::Push]),
];

/// Every setting of every kind; which are needed depends on the kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ProviderConfig {
    host: String,
    port: Option<u16>,
    /// `none`, `starttls` or `tls`.
    security: String,
    username: String,
    /// Sender of what brings none: an address, a number or a sender id.
    pub from: String,
    pub from_name: Option<String>,
    hello_name: Option<String>,
    root_certificate: Option<String>,
    messages_per_connection: Option<u32>,
    /// Where bounces go: a domain or an address, see [`ReturnPath`].
    return_path: String,
    /// How the messages a day grow while the relay is new.
    pub warm_up: Option<WarmUp>,
    base_url: Option<String>,
    account_sid: String,
    /// Name of the SMS route, such as `Route 1`.
    pub route: Option<String>,
    /// Whether the URL may lead to this machine itself: a gateway beside us.
    allow_loopback: bool,
    template: Option<HttpTemplate>,
    #[serde(flatten)]
    sandbox: SandboxSettings,
}

impl ProviderConfig {
    /// Reads the settings of a row.
    pub(super) fn read(config: &Value) -> Result<Self, Problem> {
        serde_json::from_value(config.clone()).map_err(|error| Problem::new("config", "wrong_type", error.to_string()))
    }

    /// Where bounces go; none where they go to the sender.
    pub(super) fn return_path(&self) -> Result<Option<ReturnPath>, String> {
        let written = Some(self.return_path.trim()).filter(|written| !written.is_empty());
        written.map(ReturnPath::parse).transpose().map_err(|error| error.to_string())
    }
}

/// Everything that is wrong with a provider, before it is kept.
pub(super) fn problems(row: &ProviderRow, has_secret: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    if row.name.trim().is_empty() || row.name.chars().count() > 100 {
        problems.push(Problem::new("name", "required", "Give the provider a name of at most 100 characters."));
    }
    if !(0..=10_000).contains(&row.weight) {
        problems.push(Problem::new("weight", "out_of_range", "A weight is between 0 and 10,000."));
    }
    let limits = [
        ("messagesPerMinute", row.messages_per_minute),
        ("messagesPerHour", row.messages_per_hour),
        ("messagesPerDay", row.messages_per_day),
    ];
    for (path, _) in limits.into_iter().filter(|(_, limit)| limit.is_some_and(|limit| limit < 1)) {
        problems.push(Problem::new(path, "out_of_range", "A limit is at least 1 message; leave it empty for none."));
    }
    if row.max_connections.is_some_and(|connections| !(1..=100).contains(&connections)) {
        problems.push(Problem::new("maxConnections", "out_of_range", "Between 1 and 100 connections are possible."));
    }
    match KINDS.iter().find(|(kind, _)| *kind == row.kind) {
        None => problems.push(Problem::new(
            "kind",
            "unknown_kind",
            "A provider is smtp, twilio, africas_talking, http or sandbox.",
        )),
        Some((_, channels)) if !channels.contains(&row.channel) => {
            problems.push(Problem::new(
                "channel",
                "wrong_channel",
                format!("This kind of provider does not carry {}.", row.channel),
            ));
        }
        Some(_) => match ProviderConfig::read(&row.config) {
            Err(problem) => problems.push(problem),
            Ok(config) => problems.extend(config_problems(&row.kind, &config, has_secret)),
        },
    }
    problems
}

fn config_problems(kind: &str, config: &ProviderConfig, has_secret: bool) -> Vec<Problem> {
    let (mut problems, mut refused) = (Vec::new(), Vec::new());
    let mut needs = |given: bool, path: &str, text: &str| {
        if !given {
            problems.push(Problem::new(path, "required", text));
        }
    };
    match kind {
        "smtp" => {
            if config.messages_per_connection.is_some_and(|messages| !(1..=100_000).contains(&messages)) {
                let text = "A connection carries between 1 and 100,000 messages.";
                refused.push(Problem::new("config.messagesPerConnection", "out_of_range", text));
            }
            if let Err(error) = config.return_path() {
                refused.push(Problem::new("config.returnPath", "bad_return_path", error));
            }
            refused.extend(config.warm_up.iter().flat_map(|plan| plan.problems("config.warmUp")));
            needs(!config.host.trim().is_empty(), "config.host", "Say the name of the mail server.");
            needs(config.port.is_some_and(|port| port > 0), "config.port", "Say the port: usually 587, 465 or 25.");
            needs(
                matches!(config.security.as_str(), "none" | "starttls" | "tls"),
                "config.security",
                "The security is none, starttls or tls.",
            );
            needs(
                config.username.is_empty() || has_secret,
                "secret",
                "Give the password that belongs to the user name.",
            );
            let from = &config.from;
            needs(
                from.is_empty() || crate::auth::normal_email(from).is_some(),
                "config.from",
                "This is not an e-mail address.",
            );
        }
        "twilio" => {
            needs(!config.account_sid.trim().is_empty(), "config.accountSid", "Say the account SID.");
            needs(
                !config.from.trim().is_empty(),
                "config.from",
                "Say the number, sender name or messaging service to send from.",
            );
            needs(has_secret, "secret", "Give the auth token.");
        }
        "africas_talking" => {
            needs(!config.username.trim().is_empty(), "config.username", "Say the user name of the application.");
            needs(has_secret, "secret", "Give the API key.");
        }
        "http" => needs(config.template.is_some(), "config.template", "Describe the request."),
        _ => problems.extend(config.sandbox.problems("config")),
    }
    if let Some(url) = &config.base_url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        problems.push(Problem::new("config.baseUrl", "bad_url", "The address begins with https://."));
    }
    problems.extend(refused);
    problems
}

/// Makes the sender of a row. The error is for the person who configures it.
pub(super) fn sender(
    row: &ProviderRow,
    secrets: Secrets,
    inbox: Arc<dyn SandboxInbox>,
) -> Result<Arc<dyn Sender>, String> {
    let config = ProviderConfig::read(&row.config).map_err(|problem| problem.message)?;
    let secret = secrets.password.unwrap_or_else(|| SecretString::from(""));
    match row.kind.as_str() {
        "smtp" => {
            let signer = Signing::signer(row, secrets.signing_key)?;
            Ok(Arc::new(SmtpSender::new(smtp(row, config, secret, signer)?).map_err(said)?))
        }
        "twilio" => {
            let twilio = Twilio {
                base_url: url(config.base_url.as_deref(), "https://api.twilio.com")?,
                account_sid: config.account_sid.trim().to_owned(),
                auth_token: secret,
                default_from: config.from.trim().to_owned(),
                status_callback: None,
            };
            over_http(row, config.allow_loopback, Box::new(twilio))
        }
        "africas_talking" => {
            let application = AfricasTalking {
                base_url: url(config.base_url.as_deref(), "https://api.africastalking.com")?,
                username: config.username.trim().to_owned(),
                api_key: secret,
                default_from: config.from.trim().to_owned(),
            };
            over_http(row, config.allow_loopback, Box::new(application))
        }
        "http" => {
            let template = config.template.ok_or("the request is not described")?;
            let described = TemplateSender::new(template, secret, config.from).map_err(|error| error.to_string())?;
            over_http(row, config.allow_loopback, Box::new(described))
        }
        "sandbox" => Ok(Arc::new(SandboxSender::new(inbox, config.sandbox.behaviour()))),
        other => Err(format!("{other} is no kind of provider")),
    }
}

fn smtp(
    row: &ProviderRow,
    config: ProviderConfig,
    password: SecretString,
    signer: Option<DkimSigner>,
) -> Result<SmtpConfig, String> {
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let defaults = SmtpConfig::new(row.id.to_string(), config.host.trim(), config.port.unwrap_or(587));
    let return_path = config.return_path()?;
    Ok(SmtpConfig {
        name: row.name.clone(),
        tls: match config.security.as_str() {
            "none" => Tls::None,
            "tls" => Tls::Implicit,
            _ => Tls::StartTls,
        },
        root_certificate: filled(config.root_certificate),
        credentials: (!config.username.is_empty()).then(|| SmtpCredentials { user: config.username, password }),
        hello_name: filled(config.hello_name),
        connections: connections(row),
        messages_per_connection: config.messages_per_connection.unwrap_or(defaults.messages_per_connection).max(1),
        dkim: signer.into_iter().map(Arc::new).collect(),
        return_path,
        ..defaults
    })
}

fn connections(row: &ProviderRow) -> usize {
    row.max_connections.and_then(|n| usize::try_from(n).ok()).unwrap_or(10).clamp(1, 100)
}

fn over_http(row: &ProviderRow, allow_loopback: bool, dialect: Box<dyn Dialect>) -> Result<Arc<dyn Sender>, String> {
    let kind = KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind == row.kind).unwrap_or("http");
    let info = ProviderInfo {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind,
        channels: vec![row.channel],
        concurrency: 0,
        max_batch: 0,
    };
    let reach = if allow_loopback { Reach::PublicAndLoopback } else { Reach::Public };
    let limits = HttpLimits { concurrency: connections(row), reach, ..HttpLimits::default() };
    Ok(Arc::new(HttpProvider::new(info, limits, dialect).map_err(said)?))
}

fn url<U: std::str::FromStr>(given: Option<&str>, usual: &str) -> Result<U, String> {
    let text = given.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(usual);
    text.parse().map_err(|_| format!("{text} is no address of a server"))
}

fn said(error: ProbeError) -> String {
    error.to_string()
}
