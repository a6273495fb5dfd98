//! Taking in a file: it waits in the data folder until it is run.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use muster_db::{imports, workspaces};
use muster_domain::import::sniff;
use muster_domain::phone::Region;
use uuid::Uuid;

use super::options::ImportOptions;
use super::preview::{self, ImportPreview};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Largest file: two million rows and more.
const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A file on its way in. Dropped before its end, it leaves nothing behind.
pub struct Upload {
    id: Uuid,
    file_name: String,
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Upload {
    /// Begins to take in a file.
    pub fn begin(app: &App, ctx: &Ctx, file_name: &str) -> AppResult<Self> {
        ctx.require(Operation::EditCustomers)?;
        let folder = folder(app);
        std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
        let id = app.new_id();
        let path = folder.join(id.to_string());
        let file = File::create_new(&path).map_err(AppError::internal)?;
        let name: String = file_name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        let file_name = if name.trim().is_empty() { String::from("customers.csv") } else { name };
        Ok(Self { id, file_name, path, file: Some(file), bytes: 0 })
    }

    /// Takes in the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> AppResult<()> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_BYTES {
            return Err(AppError::TooLarge(String::from(
                "The file is larger than 2 GB. Split it and import the parts.",
            )));
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(AppError::internal),
            None => Ok(()),
        }
    }

    /// The file is complete: looks at it, and keeps it with what the look suggests.
    pub async fn finish(mut self, app: &App, ctx: &Ctx) -> AppResult<ImportPreview> {
        drop(self.file.take());
        let path = self.path.clone();
        let sniffed = tokio::task::spawn_blocking(move || sniff(File::open(path)?, None))
            .await
            .map_err(AppError::internal)?
            .map_err(unreadable)?;
        let now = app.now();
        let mut tx = app.db.write(ctx.ws).await?;
        let workspace = workspaces::get(&mut tx, ctx.ws).await?;
        let mut options =
            ImportOptions::guessed(&sniffed, Region::of_currency(&workspace.currency), &workspace.timezone);
        preview::adopt_known_types(&mut tx, ctx, &mut options).await?;
        let new = imports::NewImport {
            id: self.id,
            kind: "customers",
            file_name: &self.file_name,
            file_path: Some(&self.id.to_string()),
            file_bytes: i64::try_from(self.bytes).unwrap_or(i64::MAX),
            options: &serde_json::to_value(&options).map_err(AppError::internal)?,
            created_by: ctx.user_id,
            now,
        };
        imports::insert(&mut tx, ctx.ws, &new).await?;
        tx.commit().await?;
        // From here on the file belongs to the import.
        self.path = PathBuf::new();
        preview::of(app, ctx, self.id, &sniffed).await
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Where files wait.
pub(super) fn folder(app: &App) -> PathBuf {
    app.data_dir.join("uploads")
}

/// A file that cannot be read is the person's to mend.
pub(super) fn unreadable(error: muster_domain::import::FileError) -> AppError {
    AppError::invalid("unreadable_file", format!("{error}."))
}
