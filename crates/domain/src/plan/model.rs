//! What a plan is made of. Written as JSON, it reads back as the same.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::event::Event;
use super::span::Span;
use crate::card::Priority;
use crate::channel::Channel;

/// A plan without problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Of the language, [`super::VERSION`].
    pub version: String,
    /// IANA name: whose wall clock `at` and the quiet hours are of.
    pub timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<PlanQuietHours>,
    pub start_node_id: String,
    pub nodes: Vec<Node>,
}

/// Hours in which nothing is done; what falls into them is done at their end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanQuietHours {
    /// `HH:MM`.
    pub start: String,
    /// `HH:MM`; before `start` it is of the next day.
    pub end: String,
}

/// A place where contacts are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Node {
    pub id: String,
    #[serde(flatten)]
    pub action: Action,
    #[serde(skip_serializing_if = "Schedule::is_at_once")]
    pub schedule: Schedule,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
}

/// When the action of a node is due after the contact has come to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Schedule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Span>,
    /// `HH:MM`: then, when the wall clock next shows this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Schedule {
    /// Whether there is nothing to wait for.
    pub fn is_at_once(&self) -> bool {
        self.delay.is_none_or(|delay| delay == Span::ZERO) && self.at.is_none()
    }
}

/// What is done at a node.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    Send(Send),
    Wait,
    /// The contact's way ends here.
    Stop,
    Branch {
        /// In CEL, over [`super::CONDITION_NAMES`].
        condition: String,
    },
    UpdateCustomer(UpdateCustomer),
    CreateCard(CreateCard),
    Webhook(Webhook),
}

crate::text_enum! {
    /// What a node does.
    pub enum ActionKind {
        Send = "send",
        Wait = "wait",
        Stop = "stop",
        Branch = "branch",
        UpdateCustomer = "update_customer",
        CreateCard = "create_card",
        Webhook = "webhook",
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Send {
    pub channel: Channel,
    #[serde(flatten)]
    pub content: SendContent,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SendContent {
    Inline {
        /// Of emails and push messages.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        body: String,
    },
    /// By its id.
    Offer { offer: Uuid },
}

/// Custom attributes that the customer gets: texts, numbers, and yes or no.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateCustomer {
    pub attributes: BTreeMap<String, Value>,
}

/// A card on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreateCard {
    /// The name of its queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A call by `POST` that tells another program of the contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    pub url: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// Where a contact goes, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    pub on: Event,
    /// The id of a node.
    pub to: String,
    /// Only if it happens so soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// Of a timeout: so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
}

impl Action {
    /// Which one it is.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Send(_) => ActionKind::Send,
            Self::Wait => ActionKind::Wait,
            Self::Stop => ActionKind::Stop,
            Self::Branch { .. } => ActionKind::Branch,
            Self::UpdateCustomer(_) => ActionKind::UpdateCustomer,
            Self::CreateCard(_) => ActionKind::CreateCard,
            Self::Webhook(_) => ActionKind::Webhook,
        }
    }
}

impl Node {
    /// Whether a contact's way ends here, at once or when the action is carried out.
    pub fn is_end(&self) -> bool {
        self.transitions.is_empty() || self.action == Action::Stop
    }

    /// Its transition for an event, if it names it.
    pub fn on(&self, event: &Event) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.on == *event)
    }
}

impl Plan {
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The channels by which it sends, each once.
    pub fn channels(&self) -> Vec<Channel> {
        let sends = self.nodes.iter().filter_map(|node| match &node.action {
            Action::Send(send) => Some(send.channel),
            _ => None,
        });
        let mut channels: Vec<_> = sends.collect();
        channels.sort_unstable();
        channels.dedup();
        channels
    }

    /// As JSON, in the order of the language.
    pub fn write(&self) -> Value {
        // Texts and numbers: nothing in it can refuse to be written.
        serde_json::to_value(self).unwrap_or_default()
    }
}
