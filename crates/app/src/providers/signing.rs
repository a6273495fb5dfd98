//! What a relay signs its mail with (DKIM, RFC 6376): made here or brought along, published by the person, never shown.

use muster_channels::email::{DkimError, DkimKey, DkimSigner, record_strings};
use muster_db::providers::{self, ProviderRow};
use muster_db::secrets;
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::time::moment;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::manage::{changed, find, stamp};
use super::secrets::signing_key_name;
use super::{ProviderView, today};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, vault};

/// A key to sign with: made by Muster, or one's own.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSigning {
    /// Domain that answers for the mail: that of the sender's address, or one above it.
    pub domain: String,
    /// Name of the key below the domain.
    pub selector: String,
    /// Kind of key to make: `rsa` (of 2048 bits, understood everywhere) or `ed25519`.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// One's own private key in PEM, instead of a new one; kept sealed and never given out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub private_key: Option<SecretString>,
}

/// What is known of the key in the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signing {
    pub domain: String,
    pub selector: String,
    /// `rsa-sha256` or `ed25519-sha256`.
    pub algorithm: String,
    /// Text of the TXT record.
    pub record: String,
    #[serde(with = "moment")]
    pub created_at: Millis,
}

impl Signing {
    /// What a row signs with.
    pub(super) fn of(row: &ProviderRow) -> Option<Self> {
        serde_json::from_value(row.dkim.clone()?).ok()
    }

    /// The signer of a row.
    ///
    /// # Errors
    /// The key is not there or cannot be used: mail would leave unsigned, so none leaves.
    pub(super) fn signer(row: &ProviderRow, key: Option<SecretString>) -> Result<Option<DkimSigner>, String> {
        if row.dkim.is_none() {
            return Ok(None);
        }
        let lost = || format!("{} has lost the key that it signs with: create a new one, or remove it", row.name);
        let (signing, key) = Self::of(row).zip(key).ok_or_else(lost)?;
        DkimSigner::new(&signing.domain, &signing.selector, key.expose_secret()).map(Some).map_err(|_| lost())
    }
}

/// How a relay signs, and what has to stand in the DNS for it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningView {
    pub domain: String,
    pub selector: String,
    /// `rsa-sha256` or `ed25519-sha256`.
    pub algorithm: String,
    /// Where the TXT record stands: `<selector>._domainkey.<domain>`.
    pub record_name: String,
    /// Its text, as one.
    pub record_value: String,
    /// Its text in strings of at most 255 octets, as a zone file wants it.
    pub record_strings: Vec<String>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
}

impl SigningView {
    pub(super) fn of(row: &ProviderRow) -> Option<Self> {
        let Signing { domain, selector, algorithm, record, created_at } = Signing::of(row)?;
        let record_strings = record_strings(&record).into_iter().map(str::to_owned).collect();
        let record_name = format!("{selector}._domainkey.{domain}");
        Some(Self { domain, selector, algorithm, record_name, record_value: record, record_strings, created_at })
    }
}

/// Lets a relay sign with a new key; one that it had before is erased.
///
/// # Errors
/// 422 for a domain, selector or key that cannot work, and for a selector under which receivers know another key.
pub async fn set_signing(app: &App, ctx: &Ctx, id: Uuid, new: NewSigning) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let before = {
        let mut tx = app.db.read(ctx.ws).await?;
        find(&mut tx, ctx, id).await?
    };
    let is_own = new.private_key.as_ref().is_some_and(|key| !key.expose_secret().trim().is_empty());
    let (key, signing) = make(&before.kind, new, app.now()).await?;
    let now = signing.created_at;
    let known = Signing::of(&before);
    let is_taken = |old: &Signing| {
        (&old.domain, &old.selector) == (&signing.domain, &signing.selector) && old.record != signing.record
    };
    if known.as_ref().is_some_and(is_taken) {
        let text = "Receivers may still know the old key under this selector. Choose another one.";
        return Err(AppError::problems(vec![Problem::new("selector", "selector_taken", text)]));
    }
    let mut row = ProviderRow { dkim: serde_json::to_value(&signing).ok(), ..before.clone() };
    row.updated_at = stamp(&before, now);
    let mut tx = app.db.write(ctx.ws).await?;
    providers::set_dkim(&mut tx, ctx.ws, &row, before.updated_at, row.updated_at).await?;
    vault::put(app, &mut tx, ctx.ws, &signing_key_name(id), &key).await?;
    let shown = |signing: &Signing| json!({"domain": signing.domain, "selector": signing.selector, "algorithm": signing.algorithm, "record": signing.record});
    let object = AuditObject::new("provider", id, &row.name).before(&known.as_ref().map_or(Value::Null, shown));
    let action = if is_own { "provider.signing_key_given" } else { "provider.signing_key_made" };
    ctx.audit(&mut tx, now, action, object.after(&shown(&signing))).await?;
    let view = today::show(app, &mut tx, ctx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(view)
}

/// Lets a relay sign nothing any more and erases its key.
///
/// # Errors
/// 409 when it signs nothing.
pub async fn remove_signing(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    if before.dkim.is_none() {
        return Err(AppError::conflict("not_signing", format!("{} does not sign its messages.", before.name)));
    }
    let known = SigningView::of(&before);
    let mut row = ProviderRow { dkim: None, ..before.clone() };
    row.updated_at = stamp(&before, now);
    providers::set_dkim(&mut tx, ctx.ws, &row, before.updated_at, row.updated_at).await?;
    secrets::delete(&mut tx, ctx.ws, &signing_key_name(id)).await?;
    let object = AuditObject::new("provider", id, &row.name).before(&known);
    ctx.audit(&mut tx, now, "provider.signing_removed", object).await?;
    let view = today::show(app, &mut tx, ctx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(view)
}

/// A key for a relay and what the row says of it.
///
/// # Errors
/// 422 for a provider that is no relay, and for a domain, selector or key that cannot work.
pub(super) async fn make(kind: &str, new: NewSigning, now: Millis) -> AppResult<(SecretString, Signing)> {
    if kind != "smtp" {
        return Err(AppError::invalid("cannot_sign", "Only email relays sign their messages."));
    }
    let (key, signer) = key_and_signer(new).await?;
    let signing = Signing {
        domain: signer.domain().to_owned(),
        selector: signer.selector().to_owned(),
        algorithm: signer.algorithm().to_owned(),
        record: signer.record(),
        created_at: now,
    };
    Ok((key, signing))
}

/// The private key and what signs with it; making one is work for a thread of its own.
async fn key_and_signer(new: NewSigning) -> AppResult<(SecretString, DkimSigner)> {
    let NewSigning { domain, selector, algorithm, private_key } = new;
    let (domain, selector) = (domain.trim().trim_end_matches('.').to_owned(), selector.trim().to_owned());
    let own = private_key.filter(|key| !key.expose_secret().trim().is_empty());
    let kind = match algorithm.as_deref().unwrap_or("rsa") {
        "rsa" => DkimKey::Rsa,
        "ed25519" => DkimKey::Ed25519,
        _ => {
            let problem = Problem::new("algorithm", "unknown_algorithm", "A key is of the kind rsa or ed25519.");
            return Err(AppError::problems(vec![problem]));
        }
    };
    let names = names(&domain, &selector);
    if !names.is_empty() {
        return Err(AppError::problems(names));
    }
    let made = tokio::task::spawn_blocking(move || {
        let key = own.or_else(|| kind.create())?;
        let signer = DkimSigner::new(&domain, &selector, key.expose_secret());
        Some((key, signer))
    });
    let made = made.await.map_err(|error| AppError::internal(format!("a key could not be made: {error}")))?;
    match made.ok_or_else(|| AppError::internal("the system gives no randomness"))? {
        (key, Ok(signer)) => Ok((key, signer)),
        (_, Err(DkimError::Key)) => {
            let text = "This is no private key that can sign: RSA of at least 2048 bits or Ed25519, in PEM, without a password.";
            Err(AppError::problems(vec![Problem::new("privateKey", "bad_key", text)]))
        }
        (_, Err(DkimError::Name(name))) => {
            let text = format!("{name} is no name that can stand in the DNS.");
            Err(AppError::problems(vec![Problem::new("domain", "bad_name", text)]))
        }
    }
}

fn names(domain: &str, selector: &str) -> Vec<Problem> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let mut problems = Vec::new();
    if !domain.contains('.') || !domain.split('.').all(label) || domain.len() > 200 {
        let text = "Write the domain of your sender address, such as example.com.";
        problems.push(Problem::new("domain", "bad_name", text));
    }
    if !selector.split('.').all(label) || selector.len() > 50 {
        let text = "A selector has letters, digits and hyphens, such as muster1.";
        problems.push(Problem::new("selector", "bad_name", text));
    }
    problems
}
