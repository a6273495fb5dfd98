//! What `muster-server` does when it is started to keep a script; and, for the tests that kill it, a program that runs one.

use std::process::ExitCode;

use muster_engine::child::{Host, Language, Line, Script, keep_if_asked, run};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    if let Some(code) = keep_if_asked() {
        return code;
    }
    let Some(text) = std::env::args().nth(1) else { return ExitCode::FAILURE };
    show(&Script::new(Language::Shell, text))
}

/// Runs a script and prints its lines as they come.
#[tokio::main]
async fn show(script: &Script) -> ExitCode {
    let (sender, mut lines) = mpsc::channel::<Line>(100);
    let print = async {
        while let Some(line) = lines.recv().await {
            println!("{}", line.text);
        }
    };
    let (host, cancel) = (Host::this_program(), CancellationToken::new());
    let (result, ()) = tokio::join!(run(&host, script, sender, &cancel), print);
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
