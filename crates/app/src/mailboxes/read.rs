//! Reads mailboxes: what is new in each, in its order.

use chrono::{DateTime, Days, NaiveDate};
use muster_channels::email::imap::{self, Folder, Letter};
use muster_db::job_alerts;
use muster_db::mailboxes::{self, MailboxRow, Taken};
use muster_domain::clock::Millis;
use muster_domain::job::alert::AlertKind;
use muster_domain::time::MINUTE;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::manage::{config, sentence};
use super::{READ_MS, take};
use crate::{App, AppError, AppResult, Ctx};

/// Mails that are fetched at a time: some megabytes at most.
const BATCH: usize = 10;
/// Mails of one mailbox that are read in one go; the rest follows next time.
const MOST: usize = 1_000;
/// A mail that cannot be taken so often is passed over.
const TRIES: i64 = 5;
/// Longest rest of a mailbox that cannot be read.
const LONGEST_REST: Millis = 30 * MINUTE;

/// What the job says of a mailbox.
pub(crate) enum Line {
    Read(String),
    Failed(String),
}

/// Reads every active mailbox of the workspace; gives how many mails were read, and a line for each that had any or failed.
pub(crate) async fn read_all(
    app: &App,
    ctx: &Ctx,
    execution: Uuid,
    stop: &CancellationToken,
) -> AppResult<(i64, Vec<Line>)> {
    let rows = {
        let mut tx = app.db.read(ctx.ws).await?;
        mailboxes::list(&mut tx, ctx.ws).await?
    };
    let (mut read, mut lines) = (0, Vec::new());
    for row in rows.into_iter().filter(|row| row.is_active && row.rests_until <= app.now()) {
        if stop.is_cancelled() {
            break;
        }
        let mut count = 0;
        let result = read_one(app, ctx, &row, stop, &mut count).await;
        read += count;
        match result {
            Ok(()) => {
                let mut tx = app.db.write(ctx.ws).await?;
                mailboxes::was_read(&mut tx, ctx.ws, &row, app.now()).await?;
                tx.commit().await?;
                if count > 0 {
                    lines.push(Line::Read(format!("Read {count} new mails of “{}”.", row.name)));
                }
            }
            Err(error) => lines.push(Line::Failed(failed(app, ctx, &row, execution, &error).await?)),
        }
        app.live.publish(ctx.ws, "mailboxes", json!({}));
    }
    Ok((read, lines))
}

/// Writes down what stood in the way; from the first time on people are told.
async fn failed(app: &App, ctx: &Ctx, row: &MailboxRow, execution: Uuid, error: &str) -> AppResult<String> {
    let now = app.now();
    let words = sentence(error);
    let rest = (MINUTE << row.failures.clamp(0, 10)).min(LONGEST_REST);
    let line = format!("“{}” could not be read. {words}", row.name);
    let mut tx = app.db.write(ctx.ws).await?;
    let is_current = mailboxes::was_not_read(&mut tx, ctx.ws, row, &words, (now, now + rest)).await?;
    if is_current && row.failing_since.is_none() {
        job_alerts::of_execution(&mut tx, ctx.ws, AlertKind::Warning.as_str(), execution, &line, now).await?;
    }
    tx.commit().await?;
    Ok(line)
}

/// Reads what is new in one mailbox, counting it. The error is for the person.
async fn read_one(
    app: &App,
    ctx: &Ctx,
    row: &MailboxRow,
    stop: &CancellationToken,
    count: &mut i64,
) -> Result<(), String> {
    let config = {
        let mut tx = app.db.read(ctx.ws).await.map_err(in_words)?;
        config(app, &mut tx, ctx, row).await.map_err(in_words)?
    };
    let mut folder = imap::open(&config).await?;
    let result = read_folder(app, ctx, row, &mut folder, stop, count).await;
    folder.close().await;
    result
}

async fn read_folder(
    app: &App,
    ctx: &Ctx,
    row: &MailboxRow,
    folder: &mut Folder,
    stop: &CancellationToken,
    count: &mut i64,
) -> Result<(), String> {
    let uid_validity = i64::from(folder.uid_validity);
    let is_known = row.uid_validity == Some(uid_validity);
    if !is_known {
        let mut tx = app.db.write(ctx.ws).await.map_err(in_words)?;
        mailboxes::begin(&mut tx, ctx.ws, row, uid_validity).await.map_err(in_words)?;
        tx.commit().await.map_err(in_words)?;
    }
    let mut tries = if is_known { row.tries } else { 0 };
    let mut place = Place { mailbox: row.id, uid_validity, last_uid: if is_known { row.last_uid } else { 0 } };
    let since = row.reads_since.max(app.now() - READ_MS);
    let mut numbers = folder.numbers(u32::try_from(place.last_uid).unwrap_or(u32::MAX), day_before(since)).await?;
    numbers.truncate(MOST);
    for batch in numbers.chunks(BATCH) {
        if stop.is_cancelled() {
            return Ok(());
        }
        for letter in folder.fetch(batch).await? {
            let is_old = letter.arrived_at.is_some_and(|at| at < since);
            one(app, ctx, place, &letter, is_old, std::mem::take(&mut tries)).await?;
            *count += i64::from(!is_old);
            place.last_uid = i64::from(letter.uid);
        }
    }
    Ok(())
}

/// How far a mailbox is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub mailbox: Uuid,
    pub uid_validity: i64,
    pub last_uid: i64,
}

/// Takes one mail, or notes that it could not be taken; after some tries it is passed over.
async fn one(app: &App, ctx: &Ctx, place: Place, letter: &Letter, is_old: bool, tries: i64) -> Result<(), String> {
    let numbers = (place.last_uid, i64::from(letter.uid));
    let key = (place.mailbox, place.uid_validity);
    if is_old {
        let mut tx = app.db.write(ctx.ws).await.map_err(in_words)?;
        mailboxes::advance(&mut tx, ctx.ws, key, numbers, Taken::default()).await.map_err(in_words)?;
        return tx.commit().await.map_err(in_words);
    }
    let Err(error) = take::take(app, ctx, place, letter).await else { return Ok(()) };
    tracing::warn!(mailbox = %place.mailbox, uid = letter.uid, "a mail could not be taken: {error}");
    if tries + 1 >= TRIES {
        return take::pass_over(app, ctx, place, letter, &error.to_string()).await.map_err(in_words);
    }
    let mut tx = app.db.write(ctx.ws).await.map_err(in_words)?;
    mailboxes::tried(&mut tx, ctx.ws, key, place.last_uid).await.map_err(in_words)?;
    tx.commit().await.map_err(in_words)?;
    Err(in_words(error))
}

fn in_words(error: impl Into<AppError>) -> String {
    match error.into() {
        AppError::Conflict { code: "stale", .. } => String::from("it was changed, or read by somebody else, meanwhile"),
        AppError::Internal(error) => {
            tracing::error!("a mailbox could not be read: {error}");
            String::from("a mail could not be kept: the log says more")
        }
        other => format!("a mail could not be kept: {other}"),
    }
}

/// The day before a moment: servers compare days by clocks of their own.
fn day_before(at: Millis) -> NaiveDate {
    let day = DateTime::from_timestamp_millis(at).unwrap_or_default().date_naive();
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}
