//! How a workspace sends where a provider does not say: the part `sending` of its settings.

use std::time::Duration;

use muster_channels::sandbox::Behaviour;
use muster_db::workspaces::WorkspaceRow;
use muster_domain::channel::Channel;
use muster_domain::domain_limit::{self, DomainLimit};
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};

/// Most characters of an SMS sender id.
const MAX_SENDER_ID: usize = 12;

/// Defaults of the workspace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SendingSettings {
    /// Sender address of emails.
    pub from_address: Option<String>,
    /// Sender name of emails; the workspace's name when empty.
    pub from_name: Option<String>,
    /// Where answers to emails go.
    pub reply_to: Option<String>,
    /// Sender of text messages: a number or at most 12 characters.
    pub sender_id: Option<String>,
    /// What the servers of recipient domains are given at most.
    pub domain_limits: Vec<DomainLimit>,
    /// Keeps every message in the test inbox, whatever providers there are.
    pub sandbox_only: bool,
    /// How the test inbox behaves where it stands in for a provider.
    pub sandbox: SandboxSettings,
}

/// How the sandbox behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SandboxSettings {
    pub min_delay_ms: u64,
    /// At most 60,000.
    pub max_delay_ms: u64,
    /// Share of messages refused for good.
    pub fail_percent: f64,
    /// Share of messages put off.
    pub defer_percent: f64,
    /// The same seed plays the same game.
    pub seed: u64,
}

impl SendingSettings {
    /// The settings of a workspace; what cannot be read counts as not set.
    pub fn of(workspace: &WorkspaceRow) -> Self {
        workspace
            .settings
            .get("sending")
            .and_then(|value| serde_json::from_value(value.clone()).ok())
            .unwrap_or_default()
    }

    /// What is wrong with them.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.sandbox.problems("sending.sandbox");
        problems.extend(domain_limit::problems(&self.domain_limits, "sending.domainLimits"));
        for (path, address) in [("sending.fromAddress", &self.from_address), ("sending.replyTo", &self.reply_to)] {
            if filled(address).is_some_and(|address| crate::auth::normal_email(&address).is_none()) {
                problems.push(Problem::new(path, "bad_email", "This is not an e-mail address."));
            }
        }
        if filled(&self.from_name).is_some_and(|name| name.chars().count() > 100 || name.chars().any(char::is_control))
        {
            problems.push(Problem::new(
                "sending.fromName",
                "too_long",
                "A sender name is one line of at most 100 characters.",
            ));
        }
        let is_number = |id: &str| id.starts_with('+') && id[1..].bytes().all(|b| b.is_ascii_digit());
        if filled(&self.sender_id).is_some_and(|id| !is_number(&id) && id.chars().count() > MAX_SENDER_ID) {
            problems.push(Problem::new("sending.senderId", "too_long", "A sender id has at most 12 characters."));
        }
        problems
    }

    /// Default sender of a channel.
    pub fn sender(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Email => filled(&self.from_address),
            Channel::Sms | Channel::Whatsapp => filled(&self.sender_id),
            Channel::Push => None,
        }
    }

    /// Sender of what stays in the sandbox, where nothing is set up: made of the workspace's name.
    pub fn sandbox_sender(&self, channel: Channel, workspace: &str) -> String {
        let plain: String = workspace.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = if plain.is_empty() { String::from("Muster") } else { plain };
        self.sender(channel).unwrap_or_else(|| match channel {
            Channel::Email => {
                format!("hello@{}.example", plain.to_ascii_lowercase().chars().take(40).collect::<String>())
            }
            Channel::Sms | Channel::Whatsapp | Channel::Push => plain.chars().take(11).collect(),
        })
    }

    /// Sender name of emails.
    pub fn name(&self, workspace: &str) -> String {
        filled(&self.from_name).unwrap_or_else(|| workspace.to_owned())
    }
}

impl SandboxSettings {
    /// What is wrong with them, below a path.
    pub(crate) fn problems(&self, path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let percent = |share: f64| (0.0..=100.0).contains(&share);
        if !percent(self.fail_percent) || !percent(self.defer_percent) || self.fail_percent + self.defer_percent > 100.0
        {
            problems.push(Problem::new(
                format!("{path}.failPercent"),
                "out_of_range",
                "Shares are between 0 and 100 %, together too.",
            ));
        }
        if self.max_delay_ms < self.min_delay_ms || self.max_delay_ms > 60_000 {
            problems.push(Problem::new(
                format!("{path}.maxDelayMs"),
                "out_of_range",
                "The longest delay is at least the shortest and at most 60 s.",
            ));
        }
        problems
    }

    /// The same for the sandbox itself.
    pub(crate) fn behaviour(&self) -> Behaviour {
        Behaviour {
            min_delay: Duration::from_millis(self.min_delay_ms),
            max_delay: Duration::from_millis(self.max_delay_ms),
            reject_rate: self.fail_percent / 100.0,
            defer_rate: self.defer_percent / 100.0,
            seed: self.seed,
            ..Behaviour::default()
        }
    }
}

fn filled(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
