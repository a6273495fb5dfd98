//! Secrets by name: sealed on the way in, opened only where they are used, never part of an answer or a log line.

use muster_db::Tx;
use muster_db::secrets::{self, SealedRow};
use muster_domain::workspace::WorkspaceId;
use secrecy::{ExposeSecret, SecretString};

use crate::seal::{self, Sealed};
use crate::{App, AppError, AppResult, InstallKey};

/// Keeps a secret in place of the one of that name.
pub async fn put(app: &App, tx: &mut Tx, ws: WorkspaceId, name: &str, secret: &SecretString) -> AppResult<()> {
    let sealed = app.seal(secret.expose_secret().as_bytes())?;
    let row = SealedRow { nonce: sealed.nonce, ciphertext: sealed.ciphertext };
    Ok(secrets::put(tx, ws, name, &row, app.now()).await?)
}

/// The secret of a name, if there is one.
pub async fn find(tx: &mut Tx, key: &InstallKey, ws: WorkspaceId, name: &str) -> AppResult<Option<SecretString>> {
    let Some(row) = secrets::get(tx, ws, name).await? else { return Ok(None) };
    let plain = seal::open(key, &Sealed { nonce: row.nonce, ciphertext: row.ciphertext })?;
    let text = String::from_utf8(plain).map_err(|_| AppError::internal("a secret is not text"))?;
    Ok(Some(SecretString::from(text)))
}
