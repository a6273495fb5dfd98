//! A data folder: the database or where it is, and the key, unless a keychain has it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use muster_db::{Db, DbError};
use muster_domain::clock::Ids;
use muster_engine::clock::{SystemClock, SystemIds};
use thiserror::Error;

use crate::seal::{self, Sealed};
use crate::{App, AppError, InstallKey};

const KEY_FILE: &str = "muster.key";
const URL_FILE: &str = "database.sealed";
pub(crate) const DB_FILE: &str = "muster.db";

/// A nonce of ChaCha20-Poly1305, in bytes.
const NONCE_BYTES: usize = 12;

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
pub enum HomeError {
    #[error("{path}: {cause}", path = .path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error("{} is a data folder of Muster already", .0.display())]
    Exists(PathBuf),
    #[error("the key must have 32 bytes")]
    BadKey,
    #[error("{URL_FILE} is damaged")]
    BadUrl,
    #[error("the address of the database cannot be read: {0}")]
    Sealed(#[from] AppError),
    #[error("the database cannot be opened: {0}")]
    Database(#[from] DbError),
}

/// A folder that is, or may become, the home of an installation.
#[derive(Debug, Clone)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// A folder; nothing is read or made yet.
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Whether an installation lives here.
    pub fn exists(&self) -> bool {
        [KEY_FILE, URL_FILE, DB_FILE].iter().any(|name| self.dir.join(name).exists())
    }

    /// Makes the folder, readable by its owner only, and notes the database when it is not the embedded one.
    pub fn create(&self, key: &InstallKey, database: Option<&str>) -> Result<(), HomeError> {
        if self.exists() {
            return Err(HomeError::Exists(self.dir.clone()));
        }
        make_private_dir(&self.dir).map_err(self.file_error("."))?;
        if let Some(url) = database {
            let sealed = seal::seal(key, SystemIds.random(), url.as_bytes())?;
            self.write_private(URL_FILE, &[sealed.nonce, sealed.ciphertext].concat())?;
        }
        Ok(())
    }

    /// Opens the database and brings its schema up to date.
    pub async fn open(&self, key: InstallKey) -> Result<App, HomeError> {
        let db = Db::open(&self.database_url(&key)?).await?;
        Ok(App::new(db, Arc::new(SystemClock), Arc::new(SystemIds), key, self.dir.clone()))
    }

    /// Notes that the data is in another database from the next start on.
    pub fn keep_database(&self, key: &InstallKey, url: &str) -> Result<(), HomeError> {
        let sealed = seal::seal(key, SystemIds.random(), url.as_bytes())?;
        match std::fs::remove_file(self.dir.join(URL_FILE)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(self.file_error(URL_FILE)(cause)),
            _ => {}
        }
        self.write_private(URL_FILE, &[sealed.nonce, sealed.ciphertext].concat())
    }

    /// The embedded database, where the data is unless the folder names another one; that takes the key to read.
    pub(crate) fn embedded(&self) -> Option<PathBuf> {
        (!self.dir.join(URL_FILE).exists()).then(|| self.dir.join(DB_FILE))
    }

    /// Where the database is.
    pub(crate) fn database_url(&self, key: &InstallKey) -> Result<String, HomeError> {
        match std::fs::read(self.dir.join(URL_FILE)) {
            Ok(bytes) if bytes.len() > NONCE_BYTES => {
                let (nonce, ciphertext) = bytes.split_at(NONCE_BYTES);
                let sealed = Sealed { nonce: nonce.to_vec(), ciphertext: ciphertext.to_vec() };
                String::from_utf8(seal::open(key, &sealed)?).map_err(|_| HomeError::BadUrl)
            }
            Ok(_) => Err(HomeError::BadUrl),
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                Ok(format!("sqlite:{}", self.dir.join(DB_FILE).display()))
            }
            Err(cause) => Err(self.file_error(URL_FILE)(cause)),
        }
    }

    /// The key in the key file, if there is one.
    pub fn key_in_file(&self) -> Result<Option<InstallKey>, HomeError> {
        match std::fs::read(self.dir.join(KEY_FILE)) {
            Ok(bytes) => key_from(bytes).map(Some),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(self.file_error(KEY_FILE)(cause)),
        }
    }

    /// Writes the key file, which only its owner may read.
    pub fn keep_key_in_file(&self, key: &InstallKey) -> Result<(), HomeError> {
        self.write_private(KEY_FILE, &key.0)
    }

    fn write_private(&self, name: &str, bytes: &[u8]) -> Result<(), HomeError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(self.dir.join(name)).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(self.file_error(name))
    }

    fn file_error(&self, name: &str) -> impl Fn(std::io::Error) -> HomeError {
        let path = self.dir.join(name);
        move |cause| HomeError::File { path: path.clone(), cause }
    }
}

/// Makes a folder, and those above it that are missing, for its owner only.
pub fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// A new key.
pub fn new_key() -> InstallKey {
    InstallKey(SystemIds.random())
}

/// A key from the bytes that a file or a keychain kept.
pub fn key_from(bytes: Vec<u8>) -> Result<InstallKey, HomeError> {
    bytes.try_into().map(InstallKey).map_err(|_| HomeError::BadKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_database_opens_with_the_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(&dir.path().join("data"));
        assert!(!home.exists());
        home.create(&InstallKey([1; 32]), Some("postgres://u:secret@db/x")).unwrap();
        home.keep_key_in_file(&InstallKey([1; 32])).unwrap();
        assert!(home.exists());
        assert!(home.create(&InstallKey([1; 32]), None).is_err());
        let key = home.key_in_file().unwrap().unwrap();
        assert_eq!(home.database_url(&key).unwrap(), "postgres://u:secret@db/x");
        assert!(home.database_url(&InstallKey([2; 32])).is_err());
        let raw = std::fs::read(dir.path().join("data").join(URL_FILE)).unwrap();
        assert!(!raw.windows(6).any(|w| w == b"secret"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_folder_and_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let home = Home::at(&data);
        home.create(&InstallKey([1; 32]), None).unwrap();
        home.keep_key_in_file(&InstallKey([1; 32])).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join(KEY_FILE)), 0o600);
    }
}
