//! From the text of a reply to its class.

use chrono::NaiveDate;

use super::absence;
use super::corpus;
use super::disposition::{Disposition, Sentiment};
use super::model::{Model, Sample};
use super::quote;
use super::rules::{self, BounceReport};
use super::sentiment::sentiment;
use super::summary::one_line;

/// Below this probability a person decides.
pub const SURE_ENOUGH: f64 = 0.5;

/// Most recent corrections that are learned from.
pub const MAX_CORRECTIONS: usize = 2_000;

/// How much a correction counts beside a built-in sample.
const CORRECTION_WEIGHT: f32 = 4.0;

/// Whether the sender is a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// An active customer.
    Active,
    /// Nobody that we know, or a customer who is no longer active.
    Unknown,
}

/// A reply as it came in.
#[derive(Debug, Clone, Copy)]
pub struct ReplyInput<'a> {
    pub from: &'a str,
    pub subject: &'a str,
    /// Plain text, with whatever the mail client quoted.
    pub body: &'a str,
    /// The `Auto-Submitted` header (RFC 3834), when there is one.
    pub auto_submitted: Option<&'a str>,
    pub sender: Sender,
    /// The day on which it came, against which "Monday" and "5 January" are read.
    pub received_on: NaiveDate,
}

crate::text_enum! {
    /// Who decided the class.
    pub enum DecidedBy {
        Rule = "rule",
        Model = "model",
        Person = "person",
    }
}

/// What a reply means.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    pub disposition: Disposition,
    pub sentiment: Sentiment,
    /// Between 0 and 1, two decimals.
    pub confidence: f64,
    /// One line.
    pub summary: String,
    pub decided_by: DecidedBy,
    /// What the person wrote, without quoted text and signature.
    pub own_text: String,
    /// The day on which an absent writer is back, when it was named.
    pub return_date: Option<NaiveDate>,
    /// What a delivery report says.
    pub bounce: Option<BounceReport>,
}

/// A class that a person set right.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// What the customer wrote, without quoted text.
    pub text: String,
    pub disposition: Disposition,
}

/// Decides the class of replies. Building one trains the model (well under a second); keep it.
#[derive(Debug, Clone)]
pub struct Classifier {
    model: Model,
}

impl Classifier {
    /// A classifier that knows the built-in corpus and what people corrected (newest first; at most
    /// [`MAX_CORRECTIONS`] are used).
    pub fn new(corrections: &[Correction]) -> Self {
        let mut samples = corpus::samples();
        samples.extend(corrections.iter().take(MAX_CORRECTIONS).map(|c| Sample {
            text: c.text.clone(),
            class: c.disposition,
            weight: CORRECTION_WEIGHT,
        }));
        Self { model: Model::train(&samples) }
    }

    /// The class of a reply. Rules come first: an opt-out, a bounce or an absence never depends on
    /// the model.
    pub fn classify(&self, input: &ReplyInput<'_>) -> Classification {
        if let Some(report) = rules::bounce(input.from, input.subject, input.body) {
            return Classification::of_bounce(input.body, report);
        }
        let own = quote::strip(input.body);
        let absent = absence::is_absence(input.subject, &own, input.auto_submitted);
        if !absent && (rules::is_opt_out(&own) || own.is_empty() && rules::is_opt_out(input.subject)) {
            return decided(&own, Disposition::Unsubscribe, 0.99, DecidedBy::Rule);
        }
        if absent {
            let mut class = decided(&own, Disposition::OutOfOffice, 0.97, DecidedBy::Rule);
            class.return_date = absence::return_date(input.subject, &own, input.received_on);
            return class;
        }
        self.by_model(&own, input)
    }

    fn by_model(&self, own: &str, input: &ReplyInput<'_>) -> Classification {
        let guess = self.model.guess(own);
        let probability = if own.is_empty() { 0.0 } else { guess.probability };
        let sure = probability >= SURE_ENOUGH;
        let class = if sure { guess.class } else { Disposition::EscalateUnclear };
        let wants_something = !matches!(class, Disposition::NotInterested | Disposition::OutOfOffice);
        if input.sender == Sender::Unknown && wants_something {
            return decided(own, Disposition::NoActiveProfile, 0.95, DecidedBy::Rule);
        }
        let mut answer = decided(own, class, probability, DecidedBy::Model);
        if class == Disposition::OutOfOffice {
            answer.return_date = absence::return_date(input.subject, own, input.received_on);
        }
        answer
    }
}

fn decided(own: &str, disposition: Disposition, confidence: f64, decided_by: DecidedBy) -> Classification {
    Classification {
        disposition,
        sentiment: sentiment(own, disposition),
        confidence: (confidence * 100.0).round() / 100.0,
        summary: one_line(own),
        decided_by,
        own_text: own.to_owned(),
        return_date: None,
        bounce: None,
    }
}

impl Classification {
    /// Of a report that a mail server made; `body` is what it says to people.
    pub fn of_bounce(body: &str, report: BounceReport) -> Self {
        let why = report.status.as_deref().map_or_else(String::new, |s| format!(" ({s})"));
        let kind = match report.kind {
            rules::BounceKind::Hard => "for good",
            rules::BounceKind::Soft => "for now",
        };
        let mut class = decided(body.trim(), Disposition::Bounce, 0.99, DecidedBy::Rule);
        class.summary = format!("Could not be delivered {kind}{why}");
        class.bounce = Some(report);
        class
    }
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
