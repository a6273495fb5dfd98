//! `secrets`: passwords and keys, sealed before they get here.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    PUT = "INSERT INTO secrets (tenant_id, name, nonce, ciphertext, updated_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (tenant_id, name) DO UPDATE SET nonce = excluded.nonce, ciphertext = excluded.ciphertext, updated_at = excluded.updated_at";
    GET = "SELECT nonce, ciphertext FROM secrets WHERE tenant_id = $1 AND name = $2";
    NAMES = "SELECT name FROM secrets WHERE tenant_id = $1 ORDER BY name LIMIT 1000";
    DELETE = "DELETE FROM secrets WHERE tenant_id = $1 AND name = $2";
}

/// A secret as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SealedRow {
    pub nonce: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// Keeps a secret in place of the one of that name.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, name: &str, sealed: &SealedRow, now: Millis) -> Result<()> {
    exec!(tx, PUT, ws.0, name, &sealed.nonce, &sealed.ciphertext, now)?;
    Ok(())
}

/// The secret of a name.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, name: &str) -> Result<Option<SealedRow>> {
    fetch_optional!(SealedRow; tx, GET, ws.0, name)
}

/// Which secrets there are.
pub async fn names(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<String>> {
    let names = fetch_all!((String,); tx, NAMES, ws.0)?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Forgets a secret, if there is one.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, name: &str) -> Result<()> {
    exec!(tx, DELETE, ws.0, name)?;
    Ok(())
}
