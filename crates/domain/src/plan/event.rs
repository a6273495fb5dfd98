//! What moves a contact from node to node.

use std::fmt;

use serde::{Serialize, Serializer};

use super::machine::Facts;
use crate::clock::Millis;

/// Something that happens to a contact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    Delivered,
    Opened,
    Clicked,
    Replied,
    Bounced,
    Unsubscribed,
    Converted,
    /// The message was not opened for so long after it was sent.
    NoOpen,
    NoClick,
    NoReply,
    /// The node's action was carried out: the message has left, the time of the wait is over, the card is made …
    Done,
    /// The message will not leave: suppressed, failed, skipped, cancelled. Without a transition the contact leaves the plan.
    NotSent,
    /// The condition of a branch holds …
    Yes,
    /// … or not.
    No,
    /// One of the workspace's own naming.
    Custom(String),
}

impl Event {
    /// Every event that Muster names itself.
    pub const NAMED: [Self; 14] = [
        Self::Delivered,
        Self::Opened,
        Self::Clicked,
        Self::Replied,
        Self::Bounced,
        Self::Unsubscribed,
        Self::Converted,
        Self::NoOpen,
        Self::NoClick,
        Self::NoReply,
        Self::Done,
        Self::NotSent,
        Self::Yes,
        Self::No,
    ];

    /// The event of a word; one of its own naming where the word is none of ours.
    pub fn of(word: &str) -> Self {
        let named = Self::NAMED.into_iter().find(|event| event.as_str() == word);
        named.unwrap_or_else(|| Self::Custom(word.to_owned()))
    }

    /// The word in plans, in the API and in the database.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Unsubscribed => "unsubscribed",
            Self::Converted => "converted",
            Self::NoOpen => "no_open",
            Self::NoClick => "no_click",
            Self::NoReply => "no_reply",
            Self::Done => "done",
            Self::NotSent => "not_sent",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Custom(name) => name,
        }
    }

    /// Whether it is about a message: something that is kept of it.
    pub fn is_of_message(&self) -> bool {
        self.of_facts(&Facts::default()).is_some()
    }

    /// Whether it is that something has not happened in time.
    pub fn is_timeout(&self) -> bool {
        self.denied().is_some()
    }

    /// What has not happened, of a timeout.
    pub fn denied(&self) -> Option<Self> {
        match self {
            Self::NoOpen => Some(Self::Opened),
            Self::NoClick => Some(Self::Clicked),
            Self::NoReply => Some(Self::Replied),
            _ => None,
        }
    }

    /// When it happened to a message, if it did; none at all for what does not happen to messages.
    pub(super) fn of_facts(&self, facts: &Facts) -> Option<Option<Millis>> {
        match self {
            Self::Delivered => Some(facts.delivered),
            Self::Opened => Some(facts.opened),
            Self::Clicked => Some(facts.clicked),
            Self::Replied => Some(facts.replied),
            Self::Bounced => Some(facts.bounced),
            Self::Unsubscribed => Some(facts.unsubscribed),
            Self::Converted => Some(facts.converted),
            _ => None,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
