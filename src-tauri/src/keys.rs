//! The key that secrets are encrypted with: in the keychain of the desktop, else in a file that only its owner reads.

use std::time::Duration;

use keyring::Entry;

/// A keychain that asks the person to unlock it must not hold up the start for ever.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(20);

const SERVICE: &str = "app.muster.desktop";

/// What the keychain says about the key.
#[derive(Debug)]
pub enum Kept {
    /// The key is there.
    Key(Vec<u8>),
    /// The keychain works and has no key yet.
    Nothing,
    /// There is no keychain, or it is locked: the reason, for the log.
    Unavailable(String),
}

/// Reads the key of a data folder from the keychain.
pub async fn read(account: &str) -> Kept {
    let account = account.to_owned();
    in_keychain(move || match Entry::new(SERVICE, &account) {
        Err(error) => Kept::Unavailable(error.to_string()),
        Ok(entry) => match entry.get_secret() {
            Ok(key) => Kept::Key(key),
            Err(keyring::Error::NoEntry) => Kept::Nothing,
            Err(error) => Kept::Unavailable(error.to_string()),
        },
    })
    .await
    .unwrap_or_else(Kept::Unavailable)
}

/// Writes the key of a data folder and reads it back; the error says why it could not be kept.
pub async fn write(account: &str, key: Vec<u8>) -> Result<(), String> {
    let account = account.to_owned();
    in_keychain(move || {
        let entry = Entry::new(SERVICE, &account).map_err(|error| error.to_string())?;
        entry.set_secret(&key).map_err(|error| error.to_string())?;
        match entry.get_secret() {
            Ok(kept) if kept == key => Ok(()),
            Ok(_) => Err("the keychain gave back another key".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await?
}

/// Keychains are reached by blocking calls.
async fn in_keychain<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let call = tokio::task::spawn_blocking(call);
    match tokio::time::timeout(KEYCHAIN_TIMEOUT, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the keychain did not answer in time".to_owned()),
    }
}
