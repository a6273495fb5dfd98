//! `sql` and `stored_proc`, and the queries around every step.

use muster_db::restricted::{Answer, Ask, RestrictedError, What};
use muster_domain::job::action::{Procedure, Query};
use muster_domain::job::words::FailureCode;
use muster_domain::job::workflow::{Failure, Outcome};
use serde_json::{Map, Value};

use super::{Done, Try, fault, trouble};

impl Try<'_> {
    /// One statement. What it gives to later steps are the columns of its row, when it gives exactly one: rows of people
    /// are for counting here, not for keeping.
    pub(super) async fn sql(&mut self, query: &Query) -> Done<Outcome> {
        let what = if query.writes { "Running a statement that may write." } else { "Running a query." };
        self.talk.info(what).await;
        let answer = self.ask(What::Statement(query.sql.clone()), query.writes).await?;
        self.told(answer).await
    }

    /// A saved script of the workspace, or a procedure or function of PostgreSQL.
    pub(super) async fn stored_proc(&mut self, procedure: &Procedure) -> Done<Outcome> {
        let mut tx = self.steps.db.read(self.order.ws).await.map_err(trouble)?;
        let saved = muster_db::sql_scripts::by_name(&mut tx, self.order.ws, &procedure.name).await.map_err(trouble)?;
        drop(tx);
        let answer = match saved {
            Some(saved) => {
                self.talk.info(&format!("Running the saved script {}.", procedure.name)).await;
                self.ask(What::Script(saved.body), saved.writes).await?
            }
            None => {
                self.talk.info(&format!("Calling the procedure {}.", procedure.name)).await;
                let arguments = self.order.step().parameters.keys().cloned().collect();
                self.ask(What::Procedure { name: procedure.name.clone(), arguments }, procedure.writes).await?
            }
        };
        self.told(answer).await
    }

    async fn told(&mut self, answer: Answer) -> Done<Outcome> {
        self.measured.rows_read = answer.rows;
        self.measured.rows_inserted = answer.inserted;
        self.measured.rows_updated = answer.updated;
        self.measured.rows_deleted = answer.deleted;
        let changed = answer.changed();
        let rows = if changed > 0 { changed } else { answer.rows };
        self.measured.rows_processed = rows;
        let said = match (answer.rows, changed) {
            (rows, 0) => format!("{}.", counted(rows)),
            (0, changed) => format!(
                "{} changed: {} inserted, {} updated, {} deleted.",
                counted(changed),
                answer.inserted,
                answer.updated,
                answer.deleted
            ),
            (rows, changed) => format!("{} given, {} changed.", counted(rows), counted(changed)),
        };
        self.talk.info(&said).await;
        let output = if answer.rows == 1 { answer.first.unwrap_or_default() } else { Map::new() };
        Ok(Outcome { rows: Some(rows), output, ..Outcome::default() })
    }

    /// The first row of a query that only looks.
    pub(super) async fn look(&self, sql: &str) -> Done<Option<Map<String, Value>>> {
        Ok(self.ask(What::Statement(sql.to_owned()), false).await?.first)
    }

    async fn ask(&self, what: What, writes: bool) -> Done<Answer> {
        let ask = Ask { ws: self.order.ws, what, values: self.order.values.clone(), writes, timeout: self.time_left() };
        self.steps.db.restricted(ask, &self.stop).await.map_err(|error| match error {
            RestrictedError::TimedOut(_) | RestrictedError::WroteTooLong => {
                Failure::new(FailureCode::Timeout, error.to_string())
            }
            RestrictedError::Db(error) => trouble(error),
            other => fault(other.to_string()),
        })
    }
}

fn counted(rows: i64) -> String {
    if rows == 1 { String::from("1 row") } else { format!("{rows} rows") }
}
