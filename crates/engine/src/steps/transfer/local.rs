//! The workspace's folder for files, and nothing outside of it.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use muster_domain::workspace::WorkspaceId;
use tokio::fs::{self, File};
use tokio::io::{AsyncRead, AsyncWriteExt};

use super::super::{Done, fault};
use super::names::Names;
use super::tally::{Moved, Tally};

/// The folder, a real path.
pub(super) struct Folder(PathBuf);

/// A file that is not whole yet. It goes away unless it is kept.
pub(super) struct Part {
    at: PathBuf,
    target: PathBuf,
    overwrite: bool,
    is_kept: std::sync::atomic::AtomicBool,
}

impl Folder {
    /// The folder of a workspace, made when it is missing.
    pub async fn of(files: &Path, ws: WorkspaceId) -> Done<Self> {
        let folder = files.join(ws.0.to_string());
        let made = async {
            fs::create_dir_all(&folder).await?;
            fs::canonicalize(&folder).await
        };
        made.await.map(Self).map_err(|error| fault(format!("The folder for files cannot be used: {error}.")))
    }

    /// Where a path leads. A link may not lead out of the folder.
    async fn inside(&self, path: &str) -> Done<PathBuf> {
        let outside = || fault(format!("“{path}” is not a path below the folder for files."));
        let relative = Path::new(path);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(outside());
        }
        let (Some(name), parent) = (relative.file_name(), relative.parent()) else { return Err(outside()) };
        let parent = parent.map_or_else(|| self.0.clone(), |parent| self.0.join(parent));
        // The nearest folder that is there decides: what is made below it cannot be a link.
        let mut there = parent.as_path();
        let real = loop {
            match fs::canonicalize(there).await {
                Ok(real) => break real,
                Err(error) if error.kind() == ErrorKind::NotFound => there = there.parent().ok_or_else(outside)?,
                Err(error) => return Err(fault(format!("“{path}” cannot be used: {error}."))),
            }
        };
        let whole = parent.join(name);
        let is_link = fs::symlink_metadata(&whole).await.is_ok_and(|found| found.file_type().is_symlink());
        if real.starts_with(&self.0) && !is_link { Ok(whole) } else { Err(outside()) }
    }

    /// A file to be read, and its size in bytes.
    pub async fn open(&self, path: &str) -> Done<(File, u64)> {
        let whole = self.inside(path).await?;
        let opened = async {
            let file = File::open(&whole).await?;
            let found = file.metadata().await?;
            Ok::<_, std::io::Error>((file, found.len(), found.is_file()))
        };
        match opened.await {
            Ok((file, bytes, true)) => Ok((file, bytes)),
            Ok(_) => Err(fault(format!("“{path}” is not a file."))),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(fault(format!("There is no file “{path}”."))),
            Err(error) => Err(fault(format!("“{path}” cannot be read: {error}."))),
        }
    }

    /// Begins a file, without what earlier tries of the step left of it.
    pub async fn begin(&self, path: &str, names: &Names, overwrite: bool) -> Done<Part> {
        let target = self.inside(path).await?;
        for left in names.left(path) {
            let _ = fs::remove_file(self.0.join(left)).await;
        }
        if !overwrite && fs::symlink_metadata(&target).await.is_ok() {
            return Err(names.there_already(path));
        }
        let parent = target.parent().unwrap_or(&self.0);
        fs::create_dir_all(parent).await.map_err(|error| fault(format!("“{path}” cannot be written: {error}.")))?;
        let at = self.0.join(names.part(path));
        Ok(Part { at, target, overwrite, is_kept: false.into() })
    }
}

impl Part {
    /// Writes everything that a reader gives, down to the disk.
    pub async fn fill(&self, from: impl AsyncRead + Unpin) -> Done<Moved> {
        Ok(self.fill_and_give_back(from).await?.1)
    }

    /// The same, for a reader that has to be ended in its own way.
    pub async fn fill_and_give_back<R: AsyncRead + Unpin>(&self, from: R) -> Done<(R, Moved)> {
        let mut tally = Tally::of(from);
        let written = async {
            let mut file = File::create(&self.at).await?;
            tokio::io::copy(&mut tally, &mut file).await?;
            file.flush().await?;
            file.sync_all().await
        };
        written.await.map_err(|error: std::io::Error| fault(format!("The file did not arrive whole: {error}.")))?;
        Ok(tally.end())
    }

    /// Gives it its name.
    pub async fn keep(&self, names: &Names) -> Done<()> {
        let shown = self.target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let named = if self.overwrite {
            fs::rename(&self.at, &self.target).await
        } else {
            // Unlike renaming, it fails where somebody has put a file of this name there meanwhile.
            match fs::hard_link(&self.at, &self.target).await {
                Err(error) if error.kind() != ErrorKind::AlreadyExists && fs::metadata(&self.target).await.is_err() => {
                    // A disk without links.
                    fs::rename(&self.at, &self.target).await
                }
                linked => linked,
            }
        };
        match named {
            Ok(()) => {
                if self.overwrite {
                    self.is_kept.store(true, std::sync::atomic::Ordering::Relaxed);
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(names.there_already(&shown)),
            Err(error) => Err(fault(format!("“{shown}” cannot be written: {error}."))),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept.load(std::sync::atomic::Ordering::Relaxed) {
            let _ = std::fs::remove_file(&self.at);
        }
    }
}
