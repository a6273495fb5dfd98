//! Scripts in Python, Node.js and the shell: [`crate::child`] runs them, here they get their values and limits.
//!
//! A script finds each parameter of the job and of the step, and each built-in one, as a variable with its name in
//! capitals (`campaign_id` is `CAMPAIGN_ID`; lists and objects as JSON), and all values together as JSON on its standard
//! input. It speaks to later steps with `::output { … }` and `::rows n`, and to who watches with `::progress 0.4` ([`crate::child::Mark`]).

use std::collections::BTreeMap;
use std::num::NonZero;

use muster_domain::job::action::Script as Action;
use muster_domain::job::parameter::BUILT_IN;
use muster_domain::job::reference::{fill, look_up};
use muster_domain::job::words::FailureCode;
use muster_domain::job::workflow::{Failure, Outcome, too_long};
use muster_domain::time::SECOND;
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Done, Try, fault, sentence};
use crate::child::{self, ChildError, Ended, How, Language, Limit, Limits, Line, Mark, Script, Stream};
use crate::jobs::step::LogLevel;

/// Lines of a script that are kept in the execution's log.
const MAX_LINES: usize = 5_000;
/// Lines of its standard error that are told when it fails, and characters of them.
const LAST_LINES: usize = 5;
const LAST_CHARACTERS: usize = 1_000;
/// `SIGKILL`, and `SIGXFSZ` for a file beyond its limit (signal(7), on Linux and macOS alike but for odd processors).
const KILLED: i32 = 9;
const FILE_TOO_LARGE: i32 = 25;
/// Lines that wait to be kept.
const LINES_AHEAD: usize = 256;

impl Try<'_> {
    pub(super) async fn script(&mut self, action: &Action, language: Language) -> Done<Outcome> {
        let mut script = Script::new(language, action.script.clone());
        script.limits = self.limits();
        script.environment = self.variables(action);
        for (variable, name) in &action.secrets {
            let secret = self.secret(name).await?;
            script.secrets.insert(variable.clone(), secret);
        }
        script.stdin = Some(Value::Object(self.order.values.clone()).to_string().into_bytes());
        self.talk.info("Starting the script.").await;
        let (sender, lines) = mpsc::channel(LINES_AHEAD);
        let (ended, dropped) =
            tokio::join!(child::run(&self.steps.host, &script, sender, &self.stop), self.pass_on(lines));
        let dropped = dropped + ended.as_ref().map_or(0, |ended| ended.missed);
        if dropped > 0 {
            self.talk.warn(&format!("{dropped} more lines of the script are not kept.")).await;
        }
        let ended = ended.map_err(|error| match error {
            ChildError::Lost => sentence(error),
            error => fault(format!("The script was not run: {error}.")),
        })?;
        self.judge(ended).await
    }

    /// What it may use. A limit on cores is one on processor time: so much of it in the time that the step has.
    fn limits(&self) -> Limits {
        let (job, usual) = (&self.order.job, Limits::default());
        let wall_clock = self.time_left();
        let all_cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let cores = job.max_cpu_cores.and_then(|cores| u32::try_from(cores).ok());
        let cores = cores.unwrap_or_else(|| u32::try_from(all_cores).unwrap_or(1));
        let memory = job.max_memory_mb.and_then(|mb| u64::try_from(mb).ok()).map(|mb| mb << 20);
        Limits {
            wall_clock,
            cpu: wall_clock.saturating_mul(cores),
            memory_bytes: memory.unwrap_or(usual.memory_bytes),
            ..usual
        }
    }

    fn variables(&self, action: &Action) -> BTreeMap<String, String> {
        let (step, values) = (self.order.step(), &self.order.values);
        let names = step.parameters.keys().chain(self.order.job.parameters.keys()).map(String::as_str).chain(BUILT_IN);
        let own = names.map(|name| (name.to_ascii_uppercase(), as_variable(look_up(values, name))));
        let mut variables: BTreeMap<String, String> = own.filter(|(name, _)| !decides_what_runs(name)).collect();
        for (name, value) in &action.environment {
            variables.insert(name.clone(), as_variable(&fill(&Value::String(value.clone()), values)));
        }
        variables
    }

    /// Puts what the script says into the log; gives how many lines were left out.
    async fn pass_on(&self, mut lines: mpsc::Receiver<Line>) -> u64 {
        let (mut kept, mut dropped) = (0_usize, 0_u64);
        while let Some(line) = lines.recv().await {
            dropped += line.missed;
            let mark = if line.stream == Stream::Stdout { Mark::read(&line.text) } else { None };
            match mark {
                Some(Ok(Mark::Progress(share))) => {
                    self.talk.progress(share).await;
                    continue;
                }
                Some(Ok(Mark::Output(_) | Mark::Rows(_))) => continue,
                Some(Err(())) | None => {}
            }
            if kept >= MAX_LINES {
                dropped += 1;
                continue;
            }
            kept += 1;
            let level = if line.stream == Stream::Stderr { LogLevel::Warning } else { LogLevel::Info };
            self.talk.say(level, &line.text).await;
        }
        dropped
    }

    async fn judge(&mut self, ended: Ended) -> Done<Outcome> {
        if !ended.unenforced.contains(&Limit::Memory) {
            self.measured.peak_memory_mb = i64::try_from(ended.seen.peak_memory_bytes.div_ceil(1 << 20)).ok();
            self.measured.peak_cpu_percent = i64::try_from(ended.seen.peak_cpu_percent).ok();
        }
        let rows = ended.rows.and_then(|rows| i64::try_from(rows).ok());
        self.measured.rows_processed = rows.unwrap_or(0);
        if !ended.unenforced.is_empty() {
            let names: Vec<String> = ended.unenforced.iter().map(Limit::to_string).collect();
            self.talk.warn(&format!("This system cannot keep a script's limits on: {}.", names.join(", "))).await;
        }
        if ended.unreadable_marks > 0 {
            let words = format!(
                "{} lines begin with ::output, ::rows or ::progress and cannot be read.",
                ended.unreadable_marks
            );
            self.talk.warn(&words).await;
        }
        if ended.seen.left_behind > 0 {
            let words =
                format!("{} processes still ran when the script had ended; they were ended.", ended.seen.left_behind);
            self.talk.warn(&words).await;
        }
        if ended.succeeded() {
            return Ok(Outcome { rows, output: ended.outputs.unwrap_or_default(), ..Outcome::default() });
        }
        let why = self.why(&ended);
        let last = last_words(&ended.stderr.to_string());
        let message = if last.is_empty() { why } else { format!("{why} It said: {last}") };
        let code = if ended.seen.limit == Some(Limit::WallClock) { FailureCode::Timeout } else { FailureCode::Action };
        Err(Failure::new(code, message))
    }

    /// Why a script failed, and what to do about it.
    fn why(&self, ended: &Ended) -> String {
        let limits = self.limits();
        match (ended.seen.limit, ended.seen.how) {
            (Some(Limit::WallClock), _) => too_long(self.order.step().timeout_ms() / SECOND),
            (Some(Limit::Memory), _) => format!(
                "The script needed more than {} MB of memory and was ended. Let it take less at a time, or give the job more (max_memory_mb).",
                limits.memory_bytes >> 20
            ),
            (Some(Limit::Cpu), _) => String::from(
                "The script used up its processor time and was ended. Let it do less, or give the job more cores (max_cpu_cores) \
                 or the step more time.",
            ),
            (Some(Limit::Processes), _) => format!(
                "The script started more than {} processes at a time and was ended. Let it start fewer.",
                limits.processes
            ),
            (None, How::Signal(KILLED)) if !ended.seen.cancelled => String::from(
                "The script was killed from outside, as a computer without memory does it. Let it take less, or run it when less \
                 else runs.",
            ),
            (None, How::Signal(FILE_TOO_LARGE)) if !ended.seen.cancelled => format!(
                "The script wrote a file of more than {} MB and was ended. Let it write smaller ones.",
                limits.file_bytes >> 20
            ),
            (None, How::Signal(signal)) if !ended.seen.cancelled => {
                format!("The script broke down (signal {signal}).")
            }
            _ => ended.to_string(),
        }
    }

    /// A secret by its name, hidden from now on.
    pub(super) async fn secret(&mut self, name: &str) -> Done<secrecy::SecretString> {
        let found = self.steps.ports.secret(self.order.ws, name).await.map_err(super::trouble)?;
        let secret = found.ok_or_else(|| {
            fault(format!("There is no secret called {name}: an administrator adds it under Jobs, Secrets."))
        })?;
        self.talk.hide(&secret);
        Ok(secret)
    }
}

/// The last lines of what a script said about its mistakes.
fn last_words(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
    let cut = last.chars().count().saturating_sub(LAST_CHARACTERS);
    last.chars().skip(cut).collect()
}

fn as_variable(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\0', ""),
        other => other.to_string(),
    }
}

/// Variables by which data could decide which program runs.
fn decides_what_runs(name: &str) -> bool {
    const EXACTLY: [&str; 7] = ["PATH", "HOME", "TMPDIR", "IFS", "ENV", "BASH_ENV", "SHELLOPTS"];
    EXACTLY.contains(&name)
        || ["LD_", "DYLD_", "PYTHON", "NODE_", "MUSTER_"].iter().any(|start| name.starts_with(start))
}
