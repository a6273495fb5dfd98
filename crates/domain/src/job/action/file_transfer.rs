//! A file from here to there.

use serde::Serialize;

use crate::job::fields::{Fields, join};
use crate::job::limits::{MAX_LINE, MAX_NAME};

crate::text_enum! {
    /// What a file is kept on.
    pub enum PlaceKind {
        /// The data folder's `files`, and nothing outside of it.
        Local = "local",
        Sftp = "sftp",
        Ftp = "ftp",
        /// FTP over TLS (RFC 4217).
        Ftps = "ftps",
        /// An object store that speaks S3.
        S3 = "s3",
    }
}

/// Where a file is. `path` may hold `{{ name }}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Place {
    #[serde(rename = "type")]
    pub kind: PlaceKind,
    /// The path, or the key in the bucket.
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The name of the secret: a password, a private key, an access key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// SFTP: the fingerprint that the server has to show, `SHA256:…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// S3: the address of a store that is not Amazon's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// What goes where; one of the two is local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FileTransfer {
    pub source: Place,
    pub target: Place,
    /// Whether a file that is there already is replaced; otherwise the step fails.
    pub overwrite: bool,
}

impl FileTransfer {
    pub(super) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let source = place(&mut fields, "source");
        let target = place(&mut fields, "target");
        let overwrite = fields.flag("overwrite").unwrap_or(false);
        let is_remote = |place: &Option<Place>| place.as_ref().is_some_and(|place| place.kind != PlaceKind::Local);
        if is_remote(&source) && is_remote(&target) {
            fields.refuse::<()>(
                "target",
                "contradiction",
                "One of the two has to be local: fetch with one step and send with the next.",
            );
        }
        fields.finish();
        Some(Self { source: source?, target: target?, overwrite })
    }
}

fn place(fields: &mut Fields<'_>, name: &'static str) -> Option<Place> {
    let path = join(&fields.path, name);
    let Some(value) = fields.value(name) else {
        return fields.refuse(name, "required", "Write where: { \"type\": \"local\", \"path\": \"…\" }.");
    };
    let mut place = Fields::of(value, path, fields.found)?;
    let kind = place.word::<PlaceKind>("type");
    if kind.is_none() && place.value("type").is_none() {
        place.refuse::<()>("type", "required", "Write local, sftp, ftp, ftps or s3.");
    }
    let path = place.required_text("path", MAX_LINE, "Write the path of the file.");
    let read = Place {
        kind: kind.unwrap_or(PlaceKind::Local),
        path: path.clone().unwrap_or_default(),
        host: place.text("host", MAX_NAME),
        port: place.integer("port", &(1..=65_535)),
        username: place.text("username", MAX_NAME),
        secret: place.text("secret", MAX_NAME),
        host_key: place.text("host_key", MAX_NAME),
        bucket: place.text("bucket", MAX_NAME),
        region: place.text("region", MAX_NAME),
        endpoint: place.text("endpoint", MAX_LINE),
    };
    if let Some(kind) = kind {
        check(&place, kind, &read);
    }
    place.finish();
    (kind.is_some() && path.is_some()).then_some(read)
}

/// What each kind has to have; what it has no use for is refused, because somebody expects it to do something.
fn check(fields: &Fields<'_>, kind: PlaceKind, place: &Place) {
    use PlaceKind as K;
    let given = [
        ("host", place.host.is_some()),
        ("port", place.port.is_some()),
        ("username", place.username.is_some()),
        ("secret", place.secret.is_some()),
        ("host_key", place.host_key.is_some()),
        ("bucket", place.bucket.is_some()),
        ("region", place.region.is_some()),
        ("endpoint", place.endpoint.is_some()),
    ];
    let (required, allowed): (&[&str], &[&str]) = match kind {
        K::Local => (&[], &[]),
        K::Sftp => (&["host", "username", "secret", "host_key"], &["host", "port", "username", "secret", "host_key"]),
        K::Ftp | K::Ftps => (&["host"], &["host", "port", "username", "secret"]),
        K::S3 => (&["bucket", "username", "secret"], &["bucket", "region", "endpoint", "username", "secret"]),
    };
    for (name, is_given) in given {
        if !is_given && required.contains(&name) {
            fields.refuse::<()>(name, "required", format!("A place of type {kind} needs {name}."));
        } else if is_given && !allowed.contains(&name) {
            fields.refuse::<()>(name, "contradiction", format!("A place of type {kind} has no {name}."));
        }
    }
    let climbs = place.path.split(['/', '\\']).any(|part| part == "..");
    if kind == K::Local && (climbs || place.path.starts_with(['/', '\\']) || place.path.contains(':')) {
        fields.refuse::<()>("path", "outside", "A local path begins in the folder for files: exports/members.csv.");
    }
}
