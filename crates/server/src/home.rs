//! A data folder: the database or where it is, the key, the log.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use muster_app::seal::{Sealed, open as unseal, seal};
use muster_app::{App, InstallKey};
use muster_db::Db;
use muster_domain::clock::Ids;
use muster_engine::clock::{SystemClock, SystemIds};

const KEY_FILE: &str = "muster.key";
const URL_FILE: &str = "database.sealed";
const DB_FILE: &str = "muster.db";

/// Whether a data folder was made here.
pub fn exists(dir: &Path) -> bool {
    dir.join(KEY_FILE).exists()
}

/// Makes a data folder and opens its database.
pub async fn create(dir: &Path, database: Option<&str>) -> anyhow::Result<App> {
    if exists(dir) {
        bail!("{} is a data folder of Muster already", dir.display());
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let key = InstallKey(SystemIds.random());
    if let Some(url) = database {
        let sealed = seal(&key, SystemIds.random(), url.as_bytes())?;
        private_file(&dir.join(URL_FILE), &[sealed.nonce, sealed.ciphertext].concat())?;
    }
    private_file(&dir.join(KEY_FILE), &key.0)?;
    open(dir).await
}

/// Opens a data folder.
pub async fn open(dir: &Path) -> anyhow::Result<App> {
    let bytes = std::fs::read(dir.join(KEY_FILE)).with_context(|| format!("{} is no data folder of Muster: run `muster-server init` first", dir.display()))?;
    let key = InstallKey(bytes.try_into().map_err(|_| anyhow::anyhow!("the key file does not have 32 bytes"))?);
    let url = match std::fs::read(dir.join(URL_FILE)) {
        Ok(bytes) if bytes.len() > 12 => {
            let (nonce, ciphertext) = bytes.split_at(12);
            String::from_utf8(unseal(&key, &Sealed { nonce: nonce.to_vec(), ciphertext: ciphertext.to_vec() })?)?
        }
        Ok(_) => bail!("{URL_FILE} is damaged"),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => format!("sqlite:{}", dir.join(DB_FILE).display()),
        Err(e) => return Err(e).context(URL_FILE),
    };
    let db = Db::open(&url).await.context("cannot open the database")?;
    Ok(App::new(db, Arc::new(SystemClock), Arc::new(SystemIds), key, dir.to_owned()))
}

fn private_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// Structured log lines into daily files of the data folder and, shortened, to standard error.
pub fn log_to(dir: &Path) -> anyhow::Result<()> {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let logs = dir.join("logs");
    std::fs::create_dir_all(&logs)?;
    let file = tracing_appender::rolling::daily(logs, "muster.log");
    let filter = tracing_subscriber::EnvFilter::new("info,sqlx=warn,hyper=warn,tower_http=warn");
    tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::fmt::layer().json().with_writer(file))
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false))
        .try_init()
        .ok();
    Ok(())
}
