//! Jobs that events start. Reading an event and starting what it starts is one transaction: at most once per event and job,
//! and never not at all, however many nodes read.

use std::collections::HashMap;

use muster_db::{event_readers, job_plans};
use muster_domain::job::trigger::Trigger;
use muster_domain::job::words::TriggeredBy;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::book::{Ask, BookError, Cause, definition_of, start};
use super::desk::Desk;

/// The name of this reader.
const READER: &str = "jobs";
/// Events of one transaction.
const AT_ONCE: i64 = 200;

/// Reads the events that came; gives whether there are more.
pub(super) async fn read(desk: &Desk) -> Result<bool, BookError> {
    {
        let mut tx = desk.db.read_all().await?;
        if !event_readers::has_new(&mut tx).await? {
            return Ok(false);
        }
    }
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
            let Some(job) = job_plans::lock(&mut tx, ws, *id).await? else { continue };
            let ask = Ask {
                ws,
                job: *id,
                by: TriggeredBy::Event,
                user: None,
                parameters: Map::new(),
                event: Some(Value::Object(payload.clone())),
                due_at: event.at,
                correlation_id: &event.correlation_id,
            };
            let key = format!("event:{}", event.id);
            let cause = Cause { key: Some(&key), ..Cause::default() };
            let started = match definition_of(&mut tx, ws, &job).await {
                Ok(definition) => start(&mut tx, desk.ids.as_ref(), now, &ask, &cause, &job, &definition).await,
                Err(error) => Err(error),
            };
            match started {
                Ok(_) => {}
                Err(BookError::Db(error)) => return Err(error.into()),
                Err(error) => tracing::error!(job = %job.code, %error, "an event could not start it"),
            }
        }
    }
    tx.commit().await?;
    for ws in triggers.keys() {
        desk.announce(*ws);
    }
    Ok(events.len() == usize::try_from(AT_ONCE).unwrap_or(usize::MAX))
}
