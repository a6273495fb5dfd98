//! Signing in (ACC-3): argon2id passwords, sessions that expire, lock-out with back-off, API tokens.

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_db::{people, sessions};
use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::time::{DAY, MINUTE, SECOND};
use muster_domain::workspace::WorkspaceId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx};

/// Shortest password taken, in characters.
pub const MIN_PASSWORD: usize = 10;
/// Longest password taken: hashing is expensive and the input is not trusted.
const MAX_PASSWORD: usize = 1_000;
const SESSION_LIFE: Millis = 14 * DAY;
/// A session that is used is prolonged at most this often.
const TOUCH_EVERY: Millis = 10 * MINUTE;
const FREE_TRIES: i64 = 5;

/// A person who signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret for the cookie; only its hash is kept.
    pub token: String,
    pub expires_at: Millis,
    pub user: people::UserRow,
}

/// An e-mail address as it is kept for people: trimmed, lower case, with something on both sides of one `@`.
pub fn normal_email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, domain) = text.split_once('@')?;
    let good = !local.is_empty()
        && domain.len() >= 3
        && domain.contains('.')
        && !domain.contains('@')
        && !text.contains(char::is_whitespace)
        && text.len() <= 254;
    good.then_some(text)
}

/// Hashes a password off the async threads.
pub async fn hash_password(_app: &App, password: String) -> AppResult<String> {
    if password.chars().count() > MAX_PASSWORD {
        return Err(AppError::invalid("too_long", "A password has at most 1,000 characters."));
    }
    let task = tokio::task::spawn_blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default().hash_password(password.as_bytes(), &salt).map(|h| h.to_string())
    });
    task.await.map_err(AppError::internal)?.map_err(AppError::internal)
}

async fn verify(hash: String, password: String) -> bool {
    let task = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    });
    task.await.unwrap_or(false)
}

/// Whether a password is the one of a hash.
pub async fn is_password(hash: &str, password: String) -> bool {
    password.len() <= MAX_PASSWORD * 4 && verify(hash.to_owned(), password).await
}

/// A wrong address takes as long as a wrong password: this is the hash of nothing anybody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0zC3vRcHbUg4nZ4qWwQY9QyqF1rJ0qg6nqkq3m9xk8o";

/// Signs in with a password.
///
/// # Errors
/// 401 for a wrong address or password; 429 while locked: after 5 failed tries the wait doubles from 1 s to 15 min.
pub async fn sign_in(app: &App, email: &str, password: &str, user_agent: Option<&str>) -> AppResult<SignedIn> {
    let wrong = || AppError::Unauthenticated(String::from("The e-mail address or the password is wrong."));
    if password.len() > MAX_PASSWORD * 4 {
        return Err(wrong());
    }
    let email = normal_email(email).unwrap_or_default();
    let found = {
        let mut tx = app.db.read_all().await?;
        people::by_email(&mut tx, &email).await?
    };
    let Some(user) = found.filter(|u| u.is_active) else {
        verify(NOBODY.to_owned(), password.to_owned()).await;
        return Err(wrong());
    };
    let now = app.now();
    if let Some(until) = user.locked_until.filter(|until| *until > now) {
        let seconds = (until - now + SECOND - 1) / SECOND;
        return Err(AppError::TooMany {
            message: format!("Too many failed tries. Try again in {seconds} s."),
            retry_after_ms: until - now,
        });
    }
    let ws = WorkspaceId(user.tenant_id);
    let good = verify(user.password_hash.clone(), password.to_owned()).await;
    let mut tx = app.db.write(ws).await?;
    if !good {
        people::failed_sign_in(&mut tx, ws, user.id, lock_until(user.failed_attempts + 1, now)).await?;
        tx.commit().await?;
        return Err(wrong());
    }
    people::signed_in(&mut tx, ws, user.id, now).await?;
    let token = URL_SAFE_NO_PAD.encode(app.ids.random());
    let expires_at = now + SESSION_LIFE;
    sessions::insert(&mut tx, ws, &token_hash(&token), user.id, user_agent, now, expires_at).await?;
    let ctx = Ctx {
        ws,
        user_id: Some(user.id),
        user_name: user.name.clone(),
        role: user.role,
        token_id: None,
        scopes: None,
        correlation_id: String::from("sign-in"),
    };
    ctx.audit(&mut tx, now, "user.signed_in", AuditObject::new("user", user.id, &user.name)).await?;
    tx.commit().await?;
    Ok(SignedIn { token, expires_at, user })
}

fn lock_until(tries: i64, now: Millis) -> Option<Millis> {
    let over = tries - FREE_TRIES;
    (over >= 0).then(|| now + (SECOND << over.min(10)).min(15 * MINUTE))
}

/// What is kept of a secret token.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Who a session's token belongs to; 401 when it has expired or was never given.
pub async fn session(app: &App, token: &str, correlation_id: &str) -> AppResult<Ctx> {
    let hash = token_hash(token);
    let now = app.now();
    let (session, user) = {
        let mut tx = app.db.read_all().await?;
        let session = sessions::find(&mut tx, &hash, now).await?.ok_or_else(expired)?;
        let user = people::get(&mut tx, WorkspaceId(session.tenant_id), session.user_id).await?;
        (session, user.filter(|u| u.is_active).ok_or_else(expired)?)
    };
    if now - session.last_seen_at > TOUCH_EVERY {
        let mut tx = app.db.write_all().await?;
        sessions::touch(&mut tx, &hash, now, now + SESSION_LIFE).await?;
        tx.commit().await?;
    }
    Ok(ctx_of(&user, correlation_id))
}

fn expired() -> AppError {
    AppError::Unauthenticated(String::from("You are not signed in, or the session has ended. Sign in again."))
}

fn ctx_of(user: &people::UserRow, correlation_id: &str) -> Ctx {
    Ctx {
        ws: WorkspaceId(user.tenant_id),
        user_id: Some(user.id),
        user_name: user.name.clone(),
        role: user.role,
        token_id: None,
        scopes: None,
        correlation_id: correlation_id.to_owned(),
    }
}

/// Who an API token belongs to; 401 when it is revoked, has expired or was never given.
pub async fn bearer(app: &App, token: &str, correlation_id: &str) -> AppResult<Ctx> {
    let refused =
        || AppError::Unauthenticated(String::from("This API token is not valid: it may be revoked or have expired."));
    let mut tx = app.db.read_all().await?;
    let found = sessions::find_token(&mut tx, &token_hash(token), app.now()).await?.ok_or_else(refused)?;
    let user = people::get(&mut tx, WorkspaceId(found.tenant_id), found.user_id).await?;
    let user = user.filter(|u| u.is_active).ok_or_else(refused)?;
    Ok(Ctx { token_id: Some(found.id), scopes: Some(found.scopes), ..ctx_of(&user, correlation_id) })
}

/// Ends a session.
pub async fn sign_out(app: &App, token: &str) -> AppResult<()> {
    let mut tx = app.db.write_all().await?;
    sessions::delete(&mut tx, &token_hash(token)).await?;
    Ok(tx.commit().await?)
}

/// Makes an API token for a person; the secret is given once and only its hash is kept.
pub async fn issue_token(
    app: &App,
    ctx: &Ctx,
    user_id: Uuid,
    name: &str,
    scopes: &[String],
    expires_at: Option<Millis>,
) -> AppResult<(Uuid, String)> {
    let is_own = ctx.user_id == Some(user_id);
    if !is_own && ctx.role != Role::Admin {
        return Err(AppError::Forbidden(String::from("Only an administrator makes tokens for others.")));
    }
    let token = format!("mst_{}", URL_SAFE_NO_PAD.encode(app.ids.random()));
    let id = app.new_id();
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    people::get(&mut tx, ctx.ws, user_id).await?.ok_or(AppError::NotFound("person"))?;
    sessions::insert_token(
        &mut tx,
        ctx.ws,
        &sessions::NewToken { id, user_id, name, hash: &token_hash(&token), scopes, now, expires_at },
    )
    .await?;
    ctx.audit(&mut tx, now, "token.created", AuditObject::new("token", id, name)).await?;
    tx.commit().await?;
    Ok((id, token))
}

/// The person with an address, as the operator of the machine acts for them on the command line.
pub async fn operator(app: &App, email: &str) -> AppResult<Option<(Ctx, Uuid)>> {
    let mut tx = app.db.read_all().await?;
    let user = people::by_email(&mut tx, &normal_email(email).unwrap_or_default()).await?;
    Ok(user.map(|user| (ctx_of(&user, "command line"), user.id)))
}
