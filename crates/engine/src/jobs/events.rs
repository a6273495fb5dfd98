//! Jobs that events start. Reading an event and starting what it starts is one transaction: at most once per event and job,
//! and never not at all, however many nodes read. A start that fails is undone alone and tried again (`late.rs`).

use std::collections::HashMap;

use muster_db::audit::EventRow;
use muster_db::{Tx, event_readers, job_plans};
use muster_domain::clock::Millis;
use muster_domain::job::trigger::Trigger;
use muster_domain::job::words::TriggeredBy;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::book::{Ask, BookError, Cause, definition_of, start};
use super::desk::Desk;
use super::late;

/// The name of this reader.
const READER: &str = "jobs";
/// Events of one transaction.
const AT_ONCE: i64 = 200;

/// Reads the events that came.
pub(super) async fn read(desk: &Desk) -> Result<(), BookError> {
    let mut tx = desk.db.write_all().await?;
    let events = event_readers::next(&mut tx, READER, AT_ONCE).await?;
    let now = desk.now();
    let mut triggers: HashMap<WorkspaceId, Vec<(Uuid, Trigger)>> = HashMap::new();
    for event in &events {
        let ws = WorkspaceId(event.tenant_id);
        if let std::collections::hash_map::Entry::Vacant(e) = triggers.entry(ws) {
            let rows = job_plans::triggered(&mut tx, ws).await?;
            let read = |row: job_plans::TriggeredRow| Some((row.id, Trigger::of(&row.trigger_condition?.0)?));
            e.insert(rows.into_iter().filter_map(read).collect());
        }
        let nothing = Map::new();
        let payload = event.data.as_object().unwrap_or(&nothing);
        for (id, trigger) in triggers.get(&ws).into_iter().flatten() {
            match trigger.matches(&event.name, payload) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    tracing::warn!(job = %id, event = %event.name, %error, "the condition has no answer: it does not start");
                    continue;
                }
            }
            tx.savepoint().await?;
            let started = start_by(&mut tx, desk, event, *id, now).await;
            late::settle(&mut tx, ws, *id, late::Cause::Event(event.id), started, now).await?;
        }
    }
    tx.commit().await?;
    for ws in triggers.keys() {
        desk.announce(*ws);
    }
    Ok(())
}

/// Starts a job whose trigger an event meets.
pub(super) async fn start_by(
    tx: &mut Tx,
    desk: &Desk,
    event: &EventRow,
    job: Uuid,
    now: Millis,
) -> Result<(), BookError> {
    let ws = WorkspaceId(event.tenant_id);
    let Some(job) = job_plans::lock(tx, ws, job).await? else { return Ok(()) };
    let ask = Ask {
        ws,
        job: job.id,
        by: TriggeredBy::Event,
        user: None,
        parameters: Map::new(),
        event: Some(event.data.0.clone()).filter(Value::is_object).or_else(|| Some(Value::Object(Map::new()))),
        due_at: event.at,
        correlation_id: &event.correlation_id,
    };
    let key = format!("event:{}", event.id);
    let cause = Cause { key: Some(&key), ..Cause::default() };
    let definition = match definition_of(tx, ws, &job).await {
        Ok(definition) => definition,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(job = %job.code, %error, "an event could not start it");
            return Ok(());
        }
    };
    start(tx, desk.ids.as_ref(), now, &ask, &cause, &job, &definition).await.map(drop)
}
