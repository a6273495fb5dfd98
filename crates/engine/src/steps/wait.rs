//! `wait`: for a time, an event or a condition.

use std::time::Duration;

use muster_db::audit::{self, EventRow};
use muster_domain::clock::Millis;
use muster_domain::job::action::Wait;
use muster_domain::job::condition::Condition;
use muster_domain::job::reference::fill;
use muster_domain::job::workflow::Outcome;
use muster_domain::time::{MINUTE, SECOND, parse_moment, rfc3339};
use serde_json::{Map, Value};

use super::{Done, Try, fault, sentence, talk, trouble};

/// The clock may be moved, by its owner or by a test: it is looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A transaction that writes an event ends within this long.
const SETTLING: Millis = 10 * MINUTE;
/// Events that are looked at in one go.
const EVENTS: i64 = 500;

impl Try<'_> {
    pub(super) async fn wait(&mut self, wait: &Wait) -> Done<Outcome> {
        match wait {
            Wait::Seconds { seconds } => self.until(self.steps.clock.now() + seconds * SECOND).await?,
            Wait::Until { until } => {
                let moment = match fill(&Value::String(until.clone()), &self.order.values) {
                    Value::String(text) => parse_moment(&text),
                    Value::Number(number) => number.as_i64(),
                    _ => None,
                };
                self.until(moment.ok_or_else(|| fault(format!("“{until}” is not a moment: write one like 2026-11-24T08:30:00Z, or the name of a value that is one.")))?).await?;
            }
            Wait::Event { event, condition } => return self.event(event, condition.as_deref()).await,
            Wait::Condition { query, condition, check_every_seconds } => {
                return self.condition(query, condition, check_every_seconds * SECOND).await;
            }
        }
        Ok(Outcome::default())
    }

    async fn until(&self, moment: Millis) -> Done<()> {
        self.talk.info(&format!("Waiting until {}.", rfc3339(moment))).await;
        self.sleep_until(moment).await
    }

    /// Waits for a moment of the clock, the end of the step's time, or to be stopped.
    async fn sleep_until(&self, moment: Millis) -> Done<()> {
        loop {
            let left = moment - self.steps.clock.now();
            if left <= 0 {
                return Ok(());
            }
            let nap = LOOK_EVERY.min(Duration::from_millis(left.unsigned_abs()));
            self.within(async {
                tokio::time::sleep(nap).await;
                Ok(())
            })
            .await?;
            if self.order.deadline <= self.steps.clock.now() {
                return Err(self.too_long());
            }
        }
    }

    /// What happened since the execution began counts: what an earlier step set off may be over before this one starts.
    async fn event(&self, name: &str, condition: Option<&str>) -> Done<Outcome> {
        let condition = condition.map(Condition::parse).transpose().map_err(sentence)?;
        let since = self.order.values.get("started_at_ms").and_then(Value::as_i64).unwrap_or(0);
        self.talk.info(&format!("Waiting for {name}.")).await;
        // Up to here nothing comes in between any more: events get their numbers before they are committed.
        let mut settled = 0;
        let mut after = 0;
        loop {
            let now = self.steps.clock.now();
            let mut tx = self.steps.db.read(self.order.ws).await.map_err(trouble)?;
            let events =
                audit::events_named(&mut tx, self.order.ws, name, since, after, EVENTS).await.map_err(trouble)?;
            drop(tx);
            let is_more = i64::try_from(events.len()).is_ok_and(|found| found == EVENTS);
            for EventRow { id, data, at, .. } in events {
                after = id;
                if at < now - SETTLING {
                    settled = id;
                }
                let payload = data.0.as_object().cloned().unwrap_or_default();
                // A payload that a condition cannot be asked of is another event of this name.
                if condition.as_ref().is_none_or(|condition| condition.holds(&payload).unwrap_or(false)) {
                    self.talk.info(&format!("{name} happened at {}.", rfc3339(at))).await;
                    let output = [(String::from("event"), Value::Object(payload))].into_iter().collect();
                    return Ok(Outcome { output, ..Outcome::default() });
                }
            }
            if !is_more {
                after = settled;
                // Counted from before the look: what came while it was looked for is found the next time.
                self.sleep_until(now + SECOND).await?;
            }
        }
    }

    async fn condition(&mut self, query: &str, text: &str, every: Millis) -> Done<Outcome> {
        let condition = Condition::parse(text).map_err(sentence)?;
        let mut last = None;
        loop {
            let now = self.steps.clock.now();
            let row = self.look(query).await?.ok_or_else(|| {
                fault("The query gives no row, so the condition has no answer: COUNT(*) always gives one.")
            })?;
            self.measured.rows_read += 1;
            if condition.holds(&row).map_err(sentence)? {
                self.talk.info(&format!("“{text}” holds.")).await;
                return Ok(Outcome { output: row, ..Outcome::default() });
            }
            // Said again only when something changed: a wait of a day would fill the log.
            if last.as_ref() != Some(&row) {
                self.talk.info(&format!("“{text}” does not hold yet: {}.", described(&row))).await;
                last = Some(row);
            }
            self.sleep_until(now + every).await?;
        }
    }
}

fn described(row: &Map<String, Value>) -> String {
    row.iter().map(|(name, value)| format!("{name} is {}", talk::shown(Some(value)))).collect::<Vec<_>>().join(", ")
}
