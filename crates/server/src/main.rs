//! `muster-server`: Muster without a window, and its command line.

mod commands;
mod home;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Muster, headless.
#[derive(Parser)]
#[command(name = "muster-server", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data folder with a database, a workspace and its administrator.
    Init(commands::init::Init),
    /// Make an API token for a person and print it, nothing else.
    Token(commands::token::Token),
    /// Make a backup of the database, also while Muster runs.
    Backup(commands::backup::MakeBackup),
    /// Put a backup in the place of the database. Muster must not be running.
    Restore(commands::backup::Restore),
    /// Import a file.
    #[command(subcommand)]
    Import(commands::import::Import),
    /// Look at jobs, run them, and bring them in and out as files.
    Jobs(commands::jobs::Jobs),
    /// Serve the interface, the API, tracking and webhooks, and run campaigns.
    Serve(commands::serve::Serve),
    /// Run the whole job on a temporary database and check every number.
    Demo(commands::demo::Demo),
    /// Write the OpenAPI document.
    Openapi {
        /// Where to; standard output when not said.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    // Before there is any thread: this process may have been started to keep a script of a job's step.
    if let Some(code) = muster_engine::child::keep_if_asked() {
        return code;
    }
    run(Cli::parse())
}

#[tokio::main]
async fn run(cli: Cli) -> ExitCode {
    // Two TLS back ends are in the build graph; whichever is asked first must find this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let result = match cli.command {
        Command::Init(c) => c.run().await,
        Command::Token(c) => c.run().await,
        Command::Backup(c) => c.run().await,
        Command::Restore(c) => c.run().await,
        Command::Import(c) => c.run().await,
        Command::Jobs(c) => c.run().await,
        Command::Serve(c) => c.run().await,
        Command::Demo(c) => c.run().await,
        Command::Openapi { out } => commands::openapi::run(out.as_deref()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}
