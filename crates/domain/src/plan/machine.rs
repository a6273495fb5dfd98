//! The machine: what a node wants of a contact, and where the contact goes. Pure and total.

use super::event::Event;
use super::model::{Action, Node, Plan, Transition};
use crate::clock::Millis;

/// Where a contact is, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Contact<'c> {
    pub node: &'c str,
    /// When it came to the node.
    pub entered_at: Millis,
    /// Whether the node's action was carried out. Of a `send`: its message was handed to the sending path, and is `message`.
    pub is_acted: bool,
    /// The last message that the plan sent to it.
    pub message: Option<Message>,
}

/// A message of the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Message {
    /// When it left; none while it has not.
    pub sent_at: Option<Millis>,
    pub facts: Facts,
}

/// When what first happened to a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    pub delivered: Option<Millis>,
    pub opened: Option<Millis>,
    pub clicked: Option<Millis>,
    pub replied: Option<Millis>,
    pub bounced: Option<Millis>,
    pub unsubscribed: Option<Millis>,
    pub converted: Option<Millis>,
}

/// A timeout to look at when it is due: [`Plan::react`] says whether it fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeout {
    pub event: Event,
    pub due: Millis,
}

crate::text_enum! {
    /// How a contact's way through a plan ended.
    pub enum Ending {
        /// A node that leads nowhere was carried out.
        Completed = "completed",
        /// It came to a `stop`.
        Stopped = "stopped",
        /// Its message will not leave, and the plan says nothing about that.
        Exited = "exited",
    }
}

/// What a node wants of a contact that has come to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival<'p> {
    /// It is over.
    Ends(Ending),
    /// What the node waits for has already happened.
    Moves(&'p Transition),
    /// Its action is due then; none for a wait that only events end. Meanwhile these timeouts run.
    Waits { due: Option<Millis>, timeouts: Vec<Timeout> },
}

/// What an event does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction<'p> {
    Moves(&'p Transition),
    Ends(Ending),
    /// Nothing. After [`Event::Done`] the timeouts of the node begin: [`Plan::timeouts`].
    Stays,
}

impl Plan {
    /// What becomes of a contact that has just come to a node (`contact.is_acted` is false).
    pub fn arrive(&self, contact: &Contact<'_>, now: Millis) -> Arrival<'_> {
        let Some(node) = self.node(contact.node) else { return Arrival::Ends(Ending::Exited) };
        if node.action == Action::Stop {
            return Arrival::Ends(Ending::Stopped);
        }
        if node.action != Action::Wait {
            return Arrival::Waits { due: Some(self.due(&node.schedule, now)), timeouts: Vec::new() };
        }
        if let Some(transition) = node.first_true(contact, now) {
            return Arrival::Moves(transition);
        }
        let has_end = node.transitions.is_empty() || node.on(&Event::Done).is_some();
        let sent_at = contact.message.and_then(|message| message.sent_at);
        Arrival::Waits {
            due: has_end.then(|| self.due(&node.schedule, now)),
            timeouts: sent_at.map(|sent_at| node.timeouts(sent_at)).unwrap_or_default(),
        }
    }

    /// What an event does to a contact. One of a message is of `contact.message`.
    pub fn react(&self, contact: &Contact<'_>, event: &Event, at: Millis) -> Reaction<'_> {
        let contact = &contact.with(event, at);
        let Some(node) = self.node(contact.node) else { return Reaction::Stays };
        let moves = match event {
            Event::Done | Event::Yes | Event::No | Event::NotSent => return node.carried_out(contact, event, at),
            _ if node.action == Action::Stop => None,
            Event::Custom(_) => {
                node.transitions.iter().find(|transition| transition.on == *event && transition.is_in_time(contact, at))
            }
            _ if node.action == Action::Wait || contact.is_acted => node.first_true(contact, at),
            _ => None,
        };
        moves.map_or(Reaction::Stays, Reaction::Moves)
    }

    /// The timeouts of a node for a message that was sent then; due in the past when they are over already.
    pub fn timeouts(&self, node: &str, sent_at: Millis) -> Vec<Timeout> {
        self.node(node).map(|node| node.timeouts(sent_at)).unwrap_or_default()
    }
}

impl Contact<'_> {
    /// The same, where this has happened to its message.
    fn with(self, event: &Event, at: Millis) -> Self {
        let message = self.message.map(|mut message| {
            let fact = match event {
                Event::Delivered => &mut message.facts.delivered,
                Event::Opened => &mut message.facts.opened,
                Event::Clicked => &mut message.facts.clicked,
                Event::Replied => &mut message.facts.replied,
                Event::Bounced => &mut message.facts.bounced,
                Event::Unsubscribed => &mut message.facts.unsubscribed,
                Event::Converted => &mut message.facts.converted,
                _ => return message,
            };
            fact.get_or_insert(at);
            message
        });
        Self { message, ..self }
    }
}

impl Node {
    fn timeouts(&self, sent_at: Millis) -> Vec<Timeout> {
        let due =
            |t: &Transition| Some(Timeout { event: t.on.clone(), due: sent_at.saturating_add(t.after?.millis()) });
        self.transitions.iter().filter(|transition| transition.on.is_timeout()).filter_map(due).collect()
    }

    /// The action was carried out, or will not be.
    fn carried_out(&self, contact: &Contact<'_>, event: &Event, at: Millis) -> Reaction<'_> {
        let what_counts = || self.first_true(contact, at);
        match (self.on(event), event) {
            (Some(transition), _) => Reaction::Moves(transition),
            (None, Event::Done) if self.transitions.is_empty() => Reaction::Ends(Ending::Completed),
            (None, Event::Done) => what_counts().map_or(Reaction::Stays, Reaction::Moves),
            (None, _) => Reaction::Ends(Ending::Exited),
        }
    }

    /// The first transition, in their order, whose event has happened by now.
    fn first_true(&self, contact: &Contact<'_>, now: Millis) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.is_true(contact, now))
    }
}

impl Transition {
    /// Whether what it waits for is known to have happened to the message.
    fn is_true(&self, contact: &Contact<'_>, now: Millis) -> bool {
        let Some(message) = contact.message else { return false };
        if let Some(happened) = self.on.of_facts(&message.facts) {
            return happened.is_some_and(|at| self.is_in_time(contact, at));
        }
        let (Some(denied), Some(after), Some(sent_at)) = (self.on.denied(), self.after, message.sent_at) else {
            return false;
        };
        let due = sent_at.saturating_add(after.millis());
        let happened = denied.of_facts(&message.facts).flatten();
        // What happened only after the time was over came too late, whoever looked when.
        now >= due && happened.is_none_or(|at| at > due)
    }

    fn is_in_time(&self, contact: &Contact<'_>, at: Millis) -> bool {
        let from = contact.message.and_then(|message| message.sent_at).unwrap_or(contact.entered_at);
        self.within.is_none_or(|within| at <= from.saturating_add(within.millis()))
    }
}
