//! The program behind the window: the data folder of this person, opened, and the router over it.

use std::path::Path;

use anyhow::Context;
use muster_app::home::{self, Home};
use muster_app::{App, InstallKey};

use crate::keys::{self, Kept};

/// Opens the data folder, or makes it at the first start.
///
/// # Errors
/// When the key is missing or the database does not open; the text is for the person.
pub async fn open(dir: &Path) -> anyhow::Result<App> {
    let home = Home::at(dir);
    let account = dir.display().to_string();
    let key = if home.exists() {
        known_key(&home, &account).await?
    } else {
        let key = home::new_key();
        home.create(&key, None)?;
        keep(&home, &account, &key).await?;
        key
    };
    Ok(home.open(key).await?)
}

/// The key of an installation: from its key file, which is there when no keychain was, else from the keychain.
async fn known_key(home: &Home, account: &str) -> anyhow::Result<InstallKey> {
    if let Some(key) = home.key_in_file()? {
        return Ok(key);
    }
    match keys::read(account).await {
        Kept::Key(bytes) => Ok(home::key_from(bytes)?),
        Kept::Nothing => anyhow::bail!("the keychain has no key for {account} any more; restore the key from a backup"),
        Kept::Unavailable(reason) => {
            anyhow::bail!("the key of {account} is in the keychain, which cannot be read now: {reason}")
        }
    }
}

/// Keeps a new key in the keychain, else in the key file.
async fn keep(home: &Home, account: &str, key: &InstallKey) -> anyhow::Result<()> {
    // Probed by reading first: a locked keychain answers that without asking anybody anything.
    let kept = match keys::read(account).await {
        Kept::Unavailable(reason) => Err(reason),
        Kept::Key(_) | Kept::Nothing => keys::write(account, key.0.to_vec()).await,
    };
    if let Err(reason) = kept {
        tracing::info!(reason, "no keychain, so the key is kept in a file");
        home.keep_key_in_file(key).context("the key cannot be kept")?;
    }
    Ok(())
}
