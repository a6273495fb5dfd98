//! The secrets of a provider: in the vault, and opened only where its sender is made.

use muster_db::Tx;
use muster_db::providers::ProviderRow;
use muster_db::secrets;
use muster_domain::workspace::WorkspaceId;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{AppResult, InstallKey, vault};

/// What a sender needs beside the row.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Password, auth token or API key.
    pub password: Option<SecretString>,
    /// Private key (PEM) with which mail is signed.
    pub signing_key: Option<SecretString>,
}

impl Secrets {
    /// Opens those of a row.
    pub(super) async fn open(tx: &mut Tx, key: &InstallKey, ws: WorkspaceId, row: &ProviderRow) -> AppResult<Self> {
        let password = vault::find(tx, key, ws, &secret_name(row.id)).await?;
        let signing_key = match row.dkim {
            Some(_) => vault::find(tx, key, ws, &signing_key_name(row.id)).await?,
            None => None,
        };
        Ok(Self { password, signing_key })
    }
}

/// Forgets all secrets of a provider.
pub(super) async fn forget(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> AppResult<()> {
    secrets::delete(tx, ws, &secret_name(id)).await?;
    Ok(secrets::delete(tx, ws, &signing_key_name(id)).await?)
}

/// Name under which a provider's password or key is kept.
pub(super) fn secret_name(id: Uuid) -> String {
    format!("provider:{id}")
}

/// Name under which the private key is kept that a relay signs with.
pub(super) fn signing_key_name(id: Uuid) -> String {
    format!("dkim:{id}")
}
