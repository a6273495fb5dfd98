//! Calls that may be repeated without being done twice (INT-1): what stands behind the `Idempotency-Key` header.
//!
//! A key belongs to its asker, an API token or the person of a session. Three moments, each its own transaction:
//!
//! 1. The call is written down as running. The unique key decides who does it, whatever node it comes in at.
//! 2. The use case commits, and the same transaction marks the call as applied ([`Claim`]): both are kept or neither is.
//! 3. The answer is kept, sealed, because it may hold a new token or somebody's address.
//!
//! So a call has its effect in the database at most once. A worker that dies before 2 leaves a call that is done afresh, at
//! once by the next process of its node and by other nodes after [`LEASE_MS`]. One that dies between 2 and 3 leaves a call
//! that is never done again, and whose answer is lost: it is refused with 409, also when the database kept the commit and only
//! its acknowledgement got lost, so that the caller saw a 500 (which says that nothing was changed). The same goes for a use
//! case of several transactions that dies between them. Test messages are marked before they leave.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt;
use hmac::{Hmac, Mac};
use muster_db::idempotency_keys::{self as keys, CallRow, NewCall};
use muster_db::{Claim, Tx};
use muster_domain::clock::Millis;
use muster_domain::idempotency::{KEPT_MS, Key, LEASE_MS, Meeting, Worker};
use muster_domain::time::SECOND;
use sha2::Sha256;
use uuid::Uuid;

use crate::seal::{self, Sealed};
use crate::{App, AppError, AppResult, Ctx};

/// Code of the refusal while the first call is under way.
pub const IN_PROGRESS: &str = "idempotency_in_progress";
/// How long to wait before asking again then.
pub const ASK_AGAIN_MS: Millis = SECOND;
/// Longest answer that is kept, in bytes. A call with a longer one is not done again either: its answer counts as lost.
pub const MAX_ANSWER: usize = 256 * 1024;
/// Most keys of one asker that are remembered at a time: more than one call a second, day and night.
pub const MAX_KEYS: i64 = 100_000;
/// A key can be given up by its worker while it is looked at; somebody who looks so often sees something else.
const LOOKS: usize = 5;
const NONCE_BYTES: usize = 12;

/// A call and its name.
#[derive(Debug)]
pub struct Call<'a> {
    pub key: &'a Key,
    pub method: &'a str,
    /// Path with query.
    pub target: &'a str,
    pub body: &'a [u8],
    /// Most keys that its asker may have; [`MAX_KEYS`].
    pub max_keys: i64,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether a repeated call gets this answer. Otherwise it is done again: after a refusal that another moment or other
    /// rights would change (401, 403, 429), and when something failed inside (5xx).
    fn is_kept(&self) -> bool {
        matches!(self.status, 200..300 | 400..500) && !matches!(self.status, 401 | 403 | 429)
    }
}

/// How a call was answered.
#[derive(Debug)]
pub enum Once<T> {
    /// It was done now.
    Now(T),
    /// It was done before; this was its answer.
    Before(Answer),
}

/// Does a call unless it was done before. `work` gives its answer, if it can be kept, and what to hand back. Nobody may drop
/// this future half way: the key would stay taken until its lease ends.
///
/// # Errors
/// 422 when the key was used for another call, 409 while the first call is under way and when its answer is lost, 429 when the
/// asker has too many keys.
pub async fn once<T>(
    app: &App,
    ctx: &Ctx,
    call: &Call<'_>,
    work: impl Future<Output = (Option<Answer>, T)>,
) -> AppResult<Once<T>> {
    let claim = match begin(app, ctx, call).await? {
        Ok(claim) => claim,
        Err(answer) => return Ok(Once::Before(answer)),
    };
    // A panic is the handler's: nothing is used afterwards that it may have left half done.
    let worked = AssertUnwindSafe(claim.clone().hold(work)).catch_unwind().await;
    let answer = worked.as_ref().ok().and_then(|(answer, _)| answer.as_ref());
    if let Err(error) = settle(app, &claim, answer).await {
        tracing::warn!(%error, tenantId = ctx.ws.0, "the answer to a call with an idempotency key could not be kept");
    }
    match worked {
        Ok((_, given)) => Ok(Once::Now(given)),
        Err(panic) => resume_unwind(panic),
    }
}

/// Marks the call as applied before something leaves the database that is not written down beforehand, such as a test message:
/// it leaves at most once, too. Nothing to do for a call without a key.
pub(crate) async fn acts(app: &App, ctx: &Ctx) -> AppResult<()> {
    if Claim::is_held() {
        app.db.write(ctx.ws).await?.commit().await?;
    }
    Ok(())
}

/// The claim on a call that is to be done now, or the answer that it was given before.
async fn begin(app: &App, ctx: &Ctx, call: &Call<'_>) -> AppResult<Result<Claim, Answer>> {
    let now = app.now();
    let fingerprint = fingerprint(app, call);
    let worker = Worker { node: app.node.id, process: app.node.process };
    let new = NewCall {
        method: call.method,
        target: call.target,
        fingerprint: &fingerprint,
        now,
        lease_until: now + LEASE_MS,
        worker,
    };
    let claim = Claim::new(ctx.ws, ctx.asker()?, call.key.as_str(), app.new_id());
    for _ in 0..LOOKS {
        let mut tx = app.db.write(ctx.ws).await?.hastily();
        if !keys::insert(&mut tx, &claim, &new).await? {
            let Some(row) = keys::find(&mut tx, &claim).await? else { continue };
            match row.record().meets(&fingerprint, worker, now) {
                Meeting::Answered => return kept(app, row).map(Err),
                Meeting::OtherCall => return Err(reused(&row)),
                Meeting::UnderWay => return Err(in_progress()),
                Meeting::AnswerLost => return Err(lost()),
                Meeting::Free => {
                    keys::remove(&mut tx, &claim, &row).await?;
                    keys::insert(&mut tx, &claim, &new).await?;
                }
            }
        }
        within_bounds(&mut tx, &claim, call.max_keys, now).await?;
        tx.commit().await?;
        return Ok(Ok(claim));
    }
    Err(in_progress())
}

/// Keeps the answer, or frees the key.
async fn settle(app: &App, claim: &Claim, answer: Option<&Answer>) -> AppResult<()> {
    let mut tx = app.db.write(claim.ws).await?.hastily();
    if let Some(answer) = answer.filter(|answer| answer.is_kept()) {
        let sealed = match answer.body.len() {
            0..=MAX_ANSWER => Some(app.seal(&answer.body)?).map(|sealed| [sealed.nonce, sealed.ciphertext].concat()),
            _ => None,
        };
        // Taken over: somebody else answers.
        keys::finish(&mut tx, claim, answer.status, sealed.as_deref()).await?;
    } else {
        keys::abandon(&mut tx, claim, app.now()).await?;
    }
    Ok(tx.commit().await?)
}

async fn within_bounds(tx: &mut Tx, claim: &Claim, max: i64, now: Millis) -> AppResult<()> {
    let after = now - KEPT_MS;
    if keys::alive(tx, claim.ws, claim.asker, after, max + 1).await? <= max {
        return Ok(());
    }
    let oldest = keys::oldest(tx, claim.ws, claim.asker, after).await?.unwrap_or(now);
    Err(AppError::TooMany {
        message: format!("You have used {max} idempotency keys within a day. Wait until the first is forgotten."),
        retry_after_ms: oldest + KEPT_MS - now,
    })
}

/// What tells a call from another one. Keyed, because a body may hold a password, which a plain hash would help to guess.
fn fingerprint(app: &App, call: &Call<'_>) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&app.key.0).expect("HMAC takes keys of any length");
    mac.update(b"muster idempotency key");
    for part in [call.method.as_bytes(), call.target.as_bytes(), call.body] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn kept(app: &App, row: CallRow) -> AppResult<Answer> {
    let status = row.status.and_then(|status| u16::try_from(status).ok()).ok_or_else(lost)?;
    let answer = row.answer.filter(|answer| answer.len() > NONCE_BYTES).ok_or_else(lost)?;
    let (nonce, ciphertext) = answer.split_at(NONCE_BYTES);
    let body = seal::open(&app.key, &Sealed { nonce: nonce.to_vec(), ciphertext: ciphertext.to_vec() })?;
    Ok(Answer { status, body })
}

fn reused(row: &CallRow) -> AppError {
    AppError::invalid(
        "idempotency_key_reused",
        format!(
            "This idempotency key was used before for another call: {} {}. Use a new key for every new call.",
            row.method, row.target
        ),
    )
}

/// 409 while somebody works at the call.
pub(crate) fn in_progress() -> AppError {
    AppError::conflict(
        IN_PROGRESS,
        "The first call with this idempotency key is still under way. Repeat it in a second to get its answer.",
    )
}

fn lost() -> AppError {
    AppError::conflict(
        "idempotency_answer_lost",
        "The first call with this idempotency key was carried out, at least in part, but its answer is lost. Look at what is there before you call again with a new key.",
    )
}

impl Ctx {
    /// Whose keys they are: an API token's, or a person's.
    fn asker(&self) -> AppResult<Uuid> {
        self.token_id.map_or_else(|| self.user(), Ok)
    }
}
