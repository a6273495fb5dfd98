//! `file_transfer`: a file from here to there. It goes under a name of its own until it is whole ([`names`]), so that nobody
//! meets half of one, also after a crash. A repetition begins anew, and removes what the tries before it left.

mod ftp;
mod local;
mod names;
mod s3;
mod sftp;
mod tally;
mod trust;

use std::time::Duration;

use muster_domain::job::action::{FileTransfer, Place, PlaceKind};
use muster_domain::job::reference::fill_text;
use muster_domain::job::workflow::Outcome;
use serde_json::{Map, Value};

use super::{Done, Try, fault};
use local::Folder;
use names::Names;
use tally::Moved;

/// Bytes of one file. Beyond, one request of an object store would not take it.
pub(super) const MAX_BYTES: u64 = 4 << 30;
/// How long taking leave of a server may take: also one that says nothing any more, and when the step is stopped.
const LEAVING: Duration = Duration::from_secs(4);

impl Try<'_> {
    pub(super) async fn file_transfer(&mut self, transfer: &FileTransfer) -> Done<Outcome> {
        let (source, target) = (self.filled(&transfer.source)?, self.filled(&transfer.target)?);
        self.talk.info(&format!("From {} to {}.", described(&source), described(&target))).await;
        let folder = Folder::of(&self.steps.files, self.order.ws).await?;
        let mark = format!("{}-{}", self.order.execution.simple(), self.order.at);
        let names = Names::of(mark, self.order.attempt);
        let moved = if target.kind == PlaceKind::Local {
            self.fetch(&folder, &source, &target, &names, transfer.overwrite).await?
        } else {
            self.send(&folder, &source, &target, &names, transfer.overwrite).await?
        };
        self.moved(moved, &target).await
    }

    async fn fetch(
        &mut self,
        folder: &Folder,
        source: &Place,
        target: &Place,
        names: &Names,
        overwrite: bool,
    ) -> Done<Moved> {
        let part = folder.begin(&target.path, names, overwrite).await?;
        let moved = match source.kind {
            PlaceKind::Local => {
                let (file, _) = folder.open(&source.path).await?;
                self.within(part.fill(file)).await?
            }
            PlaceKind::S3 => {
                let store = self.s3(source).await?;
                self.within(store.fetch(&part)).await?
            }
            PlaceKind::Sftp => {
                let server = self.sftp(source).await?;
                self.within(server.fetch(&source.path, &part)).await?
            }
            PlaceKind::Ftp | PlaceKind::Ftps => {
                let server = self.ftp(source).await?;
                self.within(server.fetch(&source.path, &part)).await?
            }
        };
        part.keep(names).await?;
        Ok(moved)
    }

    async fn send(
        &mut self,
        folder: &Folder,
        source: &Place,
        target: &Place,
        names: &Names,
        overwrite: bool,
    ) -> Done<Moved> {
        let (file, bytes) = folder.open(&source.path).await?;
        match target.kind {
            PlaceKind::S3 => {
                let store = self.s3(target).await?;
                self.within(store.send(file, bytes, names, overwrite)).await
            }
            PlaceKind::Sftp => {
                let server = self.sftp(target).await?;
                let sent = self.within(server.send(file, &target.path, names, overwrite)).await;
                let left = sent.is_err().then(|| names.part(&target.path));
                let _ = tokio::time::timeout(LEAVING, server.leave(left.as_deref())).await;
                sent
            }
            PlaceKind::Local | PlaceKind::Ftp | PlaceKind::Ftps => {
                let mut server = self.ftp(target).await?;
                let sent = self.within(server.send(file, &target.path, names, overwrite)).await;
                let left = sent.is_err().then(|| names.part(&target.path));
                let _ = tokio::time::timeout(LEAVING, server.leave(left.as_deref())).await;
                sent
            }
        }
    }

    async fn moved(&mut self, Moved { bytes, sha256 }: Moved, target: &Place) -> Done<Outcome> {
        self.talk.info(&format!("{bytes} bytes, SHA-256 {sha256}.")).await;
        self.measured.rows_processed = 1;
        let output: Map<String, Value> = [
            (String::from("path"), Value::from(target.path.clone())),
            (String::from("bytes"), Value::from(bytes)),
            (String::from("sha256"), Value::from(sha256)),
        ]
        .into_iter()
        .collect();
        Ok(Outcome { rows: Some(1), output, ..Outcome::default() })
    }

    /// A place with its values. Values never climb: what they make of a path is looked at again.
    fn filled(&self, place: &Place) -> Done<Place> {
        let path = fill_text(&place.path, &self.order.values);
        if path.split(['/', '\\']).any(|part| part == "..")
            || path.contains(['\r', '\n', '\0'])
            || path.trim().is_empty()
        {
            return Err(fault(format!("“{path}” is not a path of a file.")));
        }
        Ok(Place { path, ..place.clone() })
    }
}

/// A place in a sentence.
fn described(place: &Place) -> String {
    let host = place.host.as_deref().or(place.bucket.as_deref());
    match host {
        Some(host) => format!("{} {host}: {}", place.kind, place.path),
        None => place.path.clone(),
    }
}
