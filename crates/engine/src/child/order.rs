//! What Muster and the keeper of a script say to each other: a JSON text on one line each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ended::Seen;
use super::limits::{Limit, Limits};

/// What to start. Not `Debug`: the environment holds secrets.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    /// The interpreter, an absolute path.
    pub program: PathBuf,
    /// The script's file, then what the step declares.
    pub arguments: Vec<String>,
    /// All of it: nothing is inherited.
    pub environment: BTreeMap<String, String>,
    pub working_folder: PathBuf,
    /// Removed by the keeper when Muster cannot do it any more.
    pub private_folder: PathBuf,
    /// The file that the script reads as its standard input.
    pub stdin: PathBuf,
    pub limits: Limits,
}

/// What the keeper tells: one `Started` or `Refused`, and after `Started` one `Ended`.
#[derive(Serialize, Deserialize)]
pub(super) enum Report {
    Started { unenforced: Vec<Limit> },
    Refused { why: String },
    Ended(Seen),
}
