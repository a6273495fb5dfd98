//! The data folder of a server: its key is in a file, for nobody is there to unlock a keychain.

use std::path::Path;

use anyhow::{Context, bail};
use muster_app::home::{self, Home};
use muster_app::{App, Ctx};
use muster_domain::workspace::WorkspaceId;

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

/// Whoever may use the data folder may do everything in a workspace: the only one, unless it is named.
pub async fn asker(app: &App, workspace: Option<&str>) -> anyhow::Result<Ctx> {
    let mut tx = app.db.read_all().await?;
    let all = muster_db::workspaces::list(&mut tx).await?;
    let found = match (workspace, all.as_slice()) {
        (None, [one]) => one,
        (None, []) => bail!("there is no workspace yet: run `muster-server init` first"),
        (None, _) => bail!("there are several workspaces: name one with --workspace"),
        (Some(name), all) => {
            all.iter().find(|w| w.name == *name).with_context(|| format!("there is no workspace named {name}"))?
        }
    };
    Ok(Ctx::system(WorkspaceId(found.id), app.new_id().to_string()))
}
