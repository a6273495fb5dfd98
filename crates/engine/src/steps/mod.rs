//! Doing the steps of jobs: one file per kind. How they follow each other is `domain::job::workflow`.
//!
//! A step's secrets are taken by name when it starts, and hidden in all that it logs, gives to later steps and says when it
//! fails. Whatever reaches out of the machine goes through [`muster_channels::http`]'s guard.

mod api_call;
mod notification;
mod ports;
mod query;
mod script;
mod talk;
mod transfer;
mod validation;
mod wait;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use muster_db::Db;
use muster_domain::clock::Clock;
use muster_domain::job::action::Action;
use muster_domain::job::words::{FailureCode, StepType};
use muster_domain::job::workflow::{Failure, Outcome, pre_validation, too_long};
use muster_domain::time::SECOND;
use rustls::pki_types::CertificateDer;
use tokio_util::sync::CancellationToken;

pub use ports::{Note, Ports};

use crate::child::{Host, Language};
use crate::jobs::step::{Measured, SaidSender, StepOrder, StepReport, StepRunner};
use crate::registry::SenderRegistry;
use talk::Talk;

/// Why a step failed, for the person.
type Fault = Failure;
/// What came of a part of a step.
type Done<T> = Result<T, Fault>;

/// Does the steps of all workspaces.
pub struct Steps {
    db: Db,
    clock: Arc<dyn Clock>,
    senders: Arc<dyn SenderRegistry>,
    ports: Arc<dyn Ports>,
    /// The program that keeps scripts.
    host: Host,
    /// Where `local` places are, a folder for each workspace.
    files: PathBuf,
    /// Certificates that are trusted beside those of the system.
    trusted: Vec<CertificateDer<'static>>,
}

/// One try of a step, and what belongs to it.
pub(crate) struct Try<'a> {
    steps: &'a Steps,
    order: &'a StepOrder,
    talk: Talk,
    stop: CancellationToken,
    measured: Measured,
}

impl Steps {
    /// `files` is the folder of `local` places.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        senders: Arc<dyn SenderRegistry>,
        ports: Arc<dyn Ports>,
        files: PathBuf,
    ) -> Self {
        Self { db, clock, senders, ports, host: Host::this_program(), files, trusted: Vec::new() }
    }

    /// The same, with another program that keeps scripts than this one.
    pub fn kept_by(self, host: Host) -> Self {
        Self { host, ..self }
    }

    /// The same, trusting this certificate and those that it signs, beside what the system trusts.
    pub fn trusting(mut self, certificate: CertificateDer<'static>) -> Self {
        self.trusted.push(certificate);
        self
    }
}

#[async_trait]
impl StepRunner for Steps {
    async fn run(&self, order: StepOrder, said: SaidSender, stop: CancellationToken) -> StepReport {
        let mut this = Try { steps: self, order: &order, talk: Talk::new(said), stop, measured: Measured::default() };
        let result = this.whole().await;
        if let Err(failure) = &result {
            this.talk.error(&failure.message).await;
        }
        let result = match result {
            Ok(mut outcome) => {
                this.talk.hide_in(&mut outcome.output);
                if let Some(value) = &mut outcome.post_validation {
                    this.talk.hide_in_value(value);
                }
                Ok(outcome)
            }
            Err(failure) => Err(Failure::new(failure.code, this.talk.hidden(&failure.message))),
        };
        StepReport { result, measured: this.measured }
    }
}

impl Try<'_> {
    /// The queries before and after, and the action between them.
    async fn whole(&mut self) -> Done<Outcome> {
        let step = self.order.step();
        if let Some(sql) = &step.pre_validation_query {
            let first = self.look(sql).await?.and_then(|row| row.into_iter().next()).map(|(_, value)| value);
            self.talk.info(&format!("The check before the step gave {}.", talk::shown(first.as_ref()))).await;
            if let Some(failure) = pre_validation(first.as_ref()) {
                return Err(failure);
            }
        }
        let mut outcome = match &step.step_action {
            Action::Sql(query) => self.sql(query).await?,
            Action::StoredProc(procedure) => self.stored_proc(procedure).await?,
            Action::ApiCall(call) => self.api_call(call).await?,
            Action::Script(script) => self.script(script, language(step.step_type)).await?,
            Action::FileTransfer(transfer) => self.file_transfer(transfer).await?,
            Action::DataValidation(validation) => self.data_validation(validation).await?,
            Action::Notification(notification) => self.notification(notification).await?,
            Action::Wait(wait) => self.wait(wait).await?,
        };
        if let Some(sql) = &step.post_validation_query {
            let first = self.look(sql).await?.and_then(|row| row.into_iter().next()).map(|(_, value)| value);
            self.talk.info(&format!("The check after the step gave {}.", talk::shown(first.as_ref()))).await;
            outcome.post_validation = first;
        }
        Ok(outcome)
    }

    /// What is left of the step's time.
    fn time_left(&self) -> Duration {
        let left = self.order.deadline.saturating_sub(self.steps.clock.now());
        Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1))
    }

    /// Ends with its work, with the step's time, or when it is stopped, whatever comes first.
    async fn within<T>(&self, work: impl Future<Output = Done<T>>) -> Done<T> {
        tokio::select! {
            done = work => done,
            () = tokio::time::sleep(self.time_left()) => Err(self.too_long()),
            () = self.stop.cancelled() => Err(fault("The step was stopped before it was done.")),
        }
    }

    /// The step's time is over.
    fn too_long(&self) -> Fault {
        Failure::new(FailureCode::Timeout, too_long(self.order.step().timeout_ms() / SECOND))
    }
}

/// The step's action itself went wrong.
fn fault(message: impl Into<String>) -> Fault {
    Failure::new(FailureCode::Action, message)
}

/// Something that has nothing to do with what the person wrote.
fn trouble(error: impl std::fmt::Display) -> Fault {
    fault(format!(
        "Muster could not do its part: {error}. Try again, and tell whoever looks after Muster if it stays so."
    ))
}

/// What a part says that begins as the rest of a sentence does.
fn sentence(error: impl std::fmt::Display) -> Fault {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    fault(format!("{first}{}.", chars.as_str()))
}

fn language(kind: StepType) -> Language {
    match kind {
        StepType::PythonScript => Language::Python,
        StepType::NodeJsScript => Language::Node,
        _ => Language::Shell,
    }
}
