//! Why a script could not be run at all. A script that ran and failed is no error: see [`super::Ended`].

use std::io;
use std::path::PathBuf;

/// Why there is no result. The words are for the person who wrote the step; the source is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("{program} is not installed on this machine, or not on the path that the step declares")]
    NoInterpreter { program: String },
    #[error("the working folder {} does not exist", .0.display())]
    NoFolder(PathBuf),
    #[error(
        "the variable {name:?} cannot be handed over: a name has no = in it, and neither name nor value has a zero byte"
    )]
    Variable { name: String },
    #[error("{what} is too large: at most {most_bytes} bytes")]
    TooLarge { what: &'static str, most_bytes: usize },
    #[error(
        "the script could not be prepared: the disk may be full, or the folder for temporary files closed to Muster"
    )]
    Prepare(#[source] io::Error),
    #[error("the script could not be started: {0}")]
    Start(String),
    /// The keeper died before it could tell: killed by the script, or by a system without memory. Or the host keeps no scripts.
    #[error(
        "the process that watched the script was killed; the script was ended, and what it did until then is not known"
    )]
    Lost,
}
