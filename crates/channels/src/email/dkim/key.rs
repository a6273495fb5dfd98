//! Private keys and what they sign with.

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use secrecy::SecretString;

/// Columns of PEM (RFC 7468 §2).
const COLUMNS: usize = 64;

/// A kind of key that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DkimKey {
    /// RSA of 2048 bits, which every receiver understands.
    Rsa,
    /// Short, and not understood everywhere yet (RFC 8463).
    Ed25519,
}

impl DkimKey {
    /// A new private key in PEM (PKCS #8); none when the system has no randomness to give. RSA takes a good part of a
    /// second.
    pub fn create(self) -> Option<SecretString> {
        match self {
            DkimKey::Rsa => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
                Some(pem(AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).ok()?.as_ref()))
            }
            DkimKey::Ed25519 => Some(pem(Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?.as_ref())),
        }
    }
}

fn pem(der: &[u8]) -> SecretString {
    let text = BASE64.encode(der);
    // base64: ASCII, so that every place is between two characters.
    let lines: Vec<_> =
        text.as_bytes().chunks(COLUMNS).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    SecretString::from(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

pub(super) enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub(super) fn read(pem: &str) -> Option<Self> {
        match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok().map(Key::Rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let rsa = RsaKeyPair::from_pkcs8(der).ok().map(Key::Rsa);
                // OpenSSL writes Ed25519 keys without their public half.
                rsa.or_else(|| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Key::Ed25519))
            }
            _ => None,
        }
    }

    /// The value of `a=`.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The value of `k=` in the record.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        }
    }

    /// The public key as the record holds it: RSA as SubjectPublicKeyInfo, Ed25519 bare (RFC 8463 §4).
    pub(super) fn public(&self) -> Vec<u8> {
        match self {
            Key::Rsa(pair) => {
                let der = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key());
                der.map(|der| der.as_ref().to_vec()).unwrap_or_default()
            }
            Key::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    pub(super) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 §3: Ed25519 signs the hash, not the text.
            Key::Ed25519(pair) => Some(pair.sign(digest(&SHA256, text).as_ref()).as_ref().to_vec()),
        }
    }
}
