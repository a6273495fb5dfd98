//! What to run, and its place on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use super::error::ChildError;
use super::limits::Limits;
use super::order::Order;

const MOST_TEXT_BYTES: usize = 1 << 20;
const MOST_STDIN_BYTES: usize = 16 << 20;

/// Where programs are looked for unless the step declares `PATH`.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Names the private folder in the environment of everything that a script starts: by it they are found when the keeper,
/// who knows them otherwise, was killed.
pub(super) const FOLDER_VARIABLE: &str = "MUSTER_STEP_FOLDER";

/// What a script is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Node,
    Shell,
}

impl Language {
    const fn program(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::Node => "node",
            Self::Shell => "sh",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Python => "script.py",
            Self::Node => "script.js",
            Self::Shell => "script.sh",
        }
    }
}

/// A script and all that it is given. `Debug` shows the names of secrets only.
#[derive(Debug, Clone)]
pub struct Script {
    pub language: Language,
    pub text: String,
    pub arguments: Vec<String>,
    /// Declared variables. Beside them stand `PATH`, `HOME` and `TMPDIR` (the private folder), `LANG` and
    /// `PYTHONUNBUFFERED` unless declared otherwise, and `MUSTER_STEP_FOLDER`. Nothing is inherited.
    pub environment: BTreeMap<String, String>,
    /// Variables whose values are hidden in what the script says; they win over declared ones.
    pub secrets: BTreeMap<String, SecretString>,
    /// Where it runs; in the private folder when not said.
    pub working_folder: Option<PathBuf>,
    /// At most 16 MiB; without it the script reads an empty input.
    pub stdin: Option<Vec<u8>>,
    pub limits: Limits,
}

impl Script {
    /// A script without arguments and declared variables, within the usual limits.
    #[must_use]
    pub fn new(language: Language, text: impl Into<String>) -> Self {
        Self {
            language,
            text: text.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            secrets: BTreeMap::new(),
            working_folder: None,
            stdin: None,
            limits: Limits::default(),
        }
    }

    /// Writes the script into a folder that only this user may enter, and that goes when it is dropped.
    pub(super) fn prepare(&self) -> Result<(TempDir, Order), ChildError> {
        for (what, bytes, most_bytes) in [
            ("the script", self.text.len(), MOST_TEXT_BYTES),
            ("the input", self.stdin.as_ref().map_or(0, Vec::len), MOST_STDIN_BYTES),
        ] {
            if bytes > most_bytes {
                return Err(ChildError::TooLarge { what, most_bytes });
            }
        }
        let folder = tempfile::Builder::new().prefix("muster-step-").tempdir().map_err(ChildError::Prepare)?;
        let environment = self.environment_in(folder.path())?;
        let program = find(self.language.program(), &environment["PATH"])
            .ok_or_else(|| ChildError::NoInterpreter { program: self.language.program().to_owned() })?;
        let working_folder = self.working_folder.clone().unwrap_or_else(|| folder.path().to_owned());
        if !working_folder.is_dir() {
            return Err(ChildError::NoFolder(working_folder));
        }
        let file = folder.path().join(self.language.file());
        let stdin = folder.path().join("stdin");
        fs::write(&file, &self.text).map_err(ChildError::Prepare)?;
        fs::write(&stdin, self.stdin.as_deref().unwrap_or_default()).map_err(ChildError::Prepare)?;
        let order = Order {
            program,
            arguments: [file.to_string_lossy().into_owned()]
                .into_iter()
                .chain(self.arguments.iter().cloned())
                .collect(),
            environment,
            working_folder,
            private_folder: folder.path().to_owned(),
            stdin,
            limits: self.limits.clone(),
        };
        Ok((folder, order))
    }

    fn environment_in(&self, folder: &Path) -> Result<BTreeMap<String, String>, ChildError> {
        let folder = folder.to_string_lossy().into_owned();
        let mut all: BTreeMap<String, String> = [
            ("PATH", PATH),
            ("HOME", &folder),
            ("TMPDIR", &folder),
            ("LANG", "C.UTF-8"),
            // Python keeps what it prints until it ends, otherwise, and nobody could watch it.
            ("PYTHONUNBUFFERED", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        all.extend(self.environment.clone());
        all.extend(self.secrets.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())));
        all.insert(FOLDER_VARIABLE.to_owned(), folder);
        match all.iter().find(|(name, value)| name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')) {
            Some((name, _)) => Err(ChildError::Variable { name: name.clone() }),
            None => Ok(all),
        }
    }
}

/// The first file of this name in the folders of a path.
fn find(program: &str, path: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(program))
        .find(|f| f.is_file())
}
