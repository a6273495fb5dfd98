//! Secrets at rest (ACC-5): sealed with the installation's key by ChaCha20-Poly1305 (RFC 8439).

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};

use crate::{App, AppError, AppResult, InstallKey};

/// A sealed secret: nonce and ciphertext.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub nonce: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// Seals a secret under a nonce of 12 fresh random bytes.
pub fn seal(key: &InstallKey, random: [u8; 32], plain: &[u8]) -> AppResult<Sealed> {
    let nonce = &random[..12];
    let cipher = ChaCha20Poly1305::new(Key::from_slice(&key.0));
    let ciphertext = cipher
        .encrypt(Nonce::from_slice(nonce), plain)
        .map_err(|_| AppError::internal("a secret could not be sealed"))?;
    Ok(Sealed { nonce: nonce.to_vec(), ciphertext })
}

/// Opens a sealed secret; an error when the key is another one or the text was changed.
pub fn open(key: &InstallKey, sealed: &Sealed) -> AppResult<Vec<u8>> {
    let refused = || AppError::internal("a secret could not be opened: the key file is not the one it was sealed with");
    if sealed.nonce.len() != 12 {
        return Err(refused());
    }
    let cipher = ChaCha20Poly1305::new(Key::from_slice(&key.0));
    cipher.decrypt(Nonce::from_slice(&sealed.nonce), sealed.ciphertext.as_slice()).map_err(|_| refused())
}

impl App {
    /// Seals with this installation's key.
    pub fn seal(&self, plain: &[u8]) -> AppResult<Sealed> {
        seal(&self.key, self.ids.random(), plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_it() {
        let sealed = seal(&InstallKey([7; 32]), [3; 32], b"hunter2").unwrap();
        assert!(!sealed.ciphertext.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(open(&InstallKey([7; 32]), &sealed).unwrap(), b"hunter2");
        assert!(open(&InstallKey([8; 32]), &sealed).is_err());
    }
}
