//! One contact on its way through a plan: what became of its message, what is due, where it goes. Nothing is written here.

use muster_db::plan_machine::{ContactRow, Moved, NewAction, Passed};
use muster_domain::clock::Millis;
use muster_domain::plan::{
    Action, Arrival, Contact, Ending, Event, Facts, MAX_NODES, Message, Node, Plan, Reaction, Timeout, Transition,
};
use muster_domain::recipient::RecipientStatus;

/// Moves of one contact at most: a plan that goes round and round has an end.
const MAX_STEPS: i64 = 10_000;

/// A contact in one turn of the machine.
pub(super) struct Walk<'p> {
    pub plan: &'p Plan,
    pub row: ContactRow,
    now: Millis,
    /// The step that is written down.
    was: i64,
    ended: Option<(Ending, Option<String>)>,
    is_changed: bool,
    pub passed: Vec<Passed>,
    pub actions: Vec<NewAction>,
}

impl<'p> Walk<'p> {
    pub fn new(plan: &'p Plan, row: ContactRow, now: Millis) -> Self {
        let was = row.step;
        Self { plan, row, now, was, ended: None, is_changed: false, passed: Vec::new(), actions: Vec::new() }
    }

    /// Whether anything can still happen to it.
    pub fn is_active(&self) -> bool {
        self.row.status == "active" && self.ended.is_none()
    }

    /// Whether it has gone on from where it was, or is at the end.
    pub fn has_moved(&self) -> bool {
        self.row.step != self.was || self.ended.is_some()
    }

    /// Where it is, if that is written down differently.
    pub fn moved(&self) -> Option<Moved> {
        let row = &self.row;
        let (status, reason) = match &self.ended {
            Some((ending, reason)) => (ending.as_str(), reason.clone()),
            None => ("active", None),
        };
        (self.is_changed || self.has_moved()).then(|| Moved {
            id: row.id,
            was: self.was,
            status: status.to_owned(),
            node_id: row.current_node_id.clone(),
            step: row.step,
            entered_at: row.entered_at,
            is_acted: row.is_acted,
            message_seq: row.message_seq,
            sent_at: row.sent_at,
            ended_at: self.ended.is_some().then_some(self.now),
            reason,
        })
    }

    /// Its node, while it is at one.
    pub fn node(&self) -> Option<&'p Node> {
        self.plan.node(&self.row.current_node_id).filter(|_| self.is_active())
    }

    /// Its message was handed to the sending path.
    pub fn was_handed_over(&mut self, seq: i64) {
        let row = &mut self.row;
        (row.message_seq, row.message_status) = (Some(seq), Some(i64::from(RecipientStatus::Pending.code())));
        (row.sent_at, row.left_at, row.failed_at) = (None, None, None);
        (row.delivered_at, row.opened_at, row.clicked_at, row.replied_at) = (None, None, None, None);
        (row.unsubscribed_at, row.converted_at) = (None, None);
        row.is_acted = true;
        self.is_changed = true;
    }

    /// The action of its node was carried out, or a wait is over, or a branch has its answer.
    pub fn was_done(&mut self, event: &Event, why: Option<String>) {
        self.row.is_acted = true;
        self.is_changed = true;
        if !self.meets(event, why)
            && let Some(sent_at) = self.row.sent_at
            && self.node().is_some_and(|node| node.action != Action::Wait)
        {
            self.waits_for(self.plan.timeouts(&self.row.current_node_id, sent_at));
        }
    }

    /// Looks at what became of its message.
    pub fn look(&mut self) {
        let has_sent = self.row.is_acted && self.node().is_some_and(|node| matches!(node.action, Action::Send(_)));
        if self.row.message_seq.is_some() && self.row.sent_at.is_none() {
            if let Some(at) = self.left_at() {
                self.row.sent_at = Some(at);
                self.is_changed = true;
                if has_sent && self.meets(&Event::Done, None) {
                    return;
                }
                let waits = self.row.is_acted || self.node().is_some_and(|node| node.action == Action::Wait);
                if waits {
                    self.waits_for(self.plan.timeouts(&self.row.current_node_id, at));
                }
            } else if has_sent && self.will_not_leave() {
                let why = self.row.message_reason.clone();
                self.meets(&Event::NotSent, why);
                return;
            }
        }
        let facts = self.facts();
        let known = [
            (Event::Delivered, facts.delivered),
            (Event::Opened, facts.opened),
            (Event::Clicked, facts.clicked),
            (Event::Replied, facts.replied),
            (Event::Bounced, facts.bounced),
            (Event::Unsubscribed, facts.unsubscribed),
            (Event::Converted, facts.converted),
        ];
        // One of them stands for all: every transition is looked at, in the order of the node.
        if let Some((event, _)) = known.iter().find(|(_, at)| at.is_some()) {
            self.meets(event, None);
        }
    }

    /// Something happened to it; whether it has gone on because of that.
    pub fn meets(&mut self, event: &Event, why: Option<String>) -> bool {
        self.meets_at(event, self.now, why)
    }

    /// The same, for what happened at a moment.
    pub fn meets_at(&mut self, event: &Event, at: Millis, why: Option<String>) -> bool {
        if !self.is_active() {
            return false;
        }
        let node = self.row.current_node_id.clone();
        match self.plan.react(&self.contact(&node), event, at) {
            Reaction::Moves(transition) => {
                self.go(transition, why);
                true
            }
            Reaction::Ends(ending) => {
                self.row.step += 1;
                self.note(None, event, why.clone().unwrap_or_default());
                self.ended = Some((ending, why.or_else(|| (ending == Ending::Exited).then(|| event.to_string()))));
                true
            }
            Reaction::Stays => false,
        }
    }

    fn go(&mut self, transition: &'p Transition, mut why: Option<String>) {
        let mut next = transition;
        for _ in 0..=MAX_NODES {
            self.row.step += 1;
            let words = why.take().unwrap_or_else(|| because(next));
            self.note(Some(&next.to), &next.on, words);
            self.row.current_node_id = next.to.clone();
            self.row.entered_at = self.now;
            self.row.is_acted = false;
            match self.plan.arrive(&self.contact(&next.to), self.now) {
                Arrival::Ends(ending) => {
                    self.ended = Some((ending, None));
                    return;
                }
                Arrival::Moves(further) => next = further,
                Arrival::Waits { due, timeouts } => {
                    if self.row.step > MAX_STEPS {
                        self.ended = Some((Ending::Exited, Some(String::from("it went round too often"))));
                        return;
                    }
                    if let Some(due_at) = due {
                        self.plans("action", None, due_at);
                    }
                    self.waits_for(timeouts);
                    return;
                }
            }
        }
        self.ended = Some((Ending::Exited, Some(String::from("it went round without waiting"))));
    }

    fn note(&mut self, to: Option<&str>, event: &Event, why: String) {
        self.passed.push(Passed {
            contact_id: self.row.id,
            step: self.row.step,
            from_node: Some(self.row.current_node_id.clone()),
            to_node: to.map(str::to_owned),
            event: event.to_string(),
            at: self.now,
            why,
        });
    }

    fn waits_for(&mut self, timeouts: Vec<Timeout>) {
        for timeout in timeouts {
            self.plans("timeout", Some(timeout.event.to_string()), timeout.due);
        }
    }

    fn plans(&mut self, kind: &'static str, event: Option<String>, due_at: Millis) {
        self.actions.push(NewAction {
            contact_id: self.row.id,
            step: self.row.step,
            node_id: self.row.current_node_id.clone(),
            kind,
            event,
            due_at,
        });
    }

    fn contact<'n>(&self, node: &'n str) -> Contact<'n> {
        let row = &self.row;
        let message = row.message_seq.map(|_| Message { sent_at: row.sent_at, facts: self.facts() });
        Contact { node, entered_at: row.entered_at, is_acted: row.is_acted, message }
    }

    /// What happened to its message.
    pub fn facts(&self) -> Facts {
        let row = &self.row;
        Facts {
            delivered: row.delivered_at,
            opened: row.opened_at,
            clicked: row.clicked_at,
            replied: row.replied_at,
            bounced: row.failed_at.filter(|_| self.is_message(&[RecipientStatus::Bounced])),
            unsubscribed: row.unsubscribed_at,
            converted: row.converted_at,
        }
    }

    /// When its message left. One that perhaps arrived counts as sent when that was noticed: it is not sent again.
    fn left_at(&self) -> Option<Millis> {
        let row = &self.row;
        row.left_at.or(row.failed_at.filter(|_| self.is_message(&[RecipientStatus::Unknown])))
    }

    fn will_not_leave(&self) -> bool {
        use RecipientStatus as S;
        self.is_message(&[S::Failed, S::Skipped, S::Suppressed, S::Cancelled])
    }

    fn is_message(&self, statuses: &[RecipientStatus]) -> bool {
        statuses.iter().any(|status| self.row.message_status == Some(i64::from(status.code())))
    }
}

/// Why a transition was taken, as far as its event does not say it.
fn because(transition: &Transition) -> String {
    match (transition.within, transition.after) {
        (Some(within), _) => format!("within {within}"),
        (_, Some(after)) => format!("after {after}"),
        _ => String::new(),
    }
}
