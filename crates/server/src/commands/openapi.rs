//! `muster-server openapi`: the document from which the window's client is generated.

use std::path::Path;

/// Writes the document.
pub fn run(out: Option<&Path>) -> anyhow::Result<()> {
    let text = muster_api::openapi().to_pretty_json()? + "\n";
    match out {
        Some(path) => std::fs::write(path, text)?,
        None => print!("{text}"),
    }
    Ok(())
}
