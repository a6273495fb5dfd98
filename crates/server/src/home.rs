//! The data folder of a server: its key is in a file, for nobody is there to unlock a keychain.

use std::path::Path;

use anyhow::{Context, bail};
use muster_app::App;
use muster_app::home::{self, Home};

/// Makes a data folder and opens its database.
pub async fn create(dir: &Path, database: Option<&str>) -> anyhow::Result<App> {
    let home = Home::at(dir);
    let key = home::new_key();
    home.create(&key, database)?;
    home.keep_key_in_file(&key)?;
    Ok(home.open(key).await?)
}

/// Whether a data folder was made here.
pub fn exists(dir: &Path) -> bool {
    Home::at(dir).exists()
}

/// Opens a data folder.
pub async fn open(dir: &Path) -> anyhow::Result<App> {
    let home = Home::at(dir);
    if !home.exists() {
        bail!("{} is no data folder of Muster: run `muster-server init` first", dir.display());
    }
    let key = home
        .key_in_file()?
        .with_context(|| format!("the key of {} is in the keychain of the desktop that made it", dir.display()))?;
    Ok(home.open(key).await?)
}
