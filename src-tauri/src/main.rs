//! Muster on the desktop: one window over the same program that `muster-server` runs, with a tray, the keychain and the
//! notifications of the system. It translates and decides nothing; whatever a page wants goes through the API's router.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod cookies;
mod desktop;
mod door;
mod keys;
mod live;
mod node;
mod scheme;
mod shell;
mod tray;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use tauri::{Manager, RunEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

use crate::shell::Shell;

fn main() -> ExitCode {
    // Before there is any thread: this process may have been started to keep a script of a job's step.
    if let Some(code) = muster_engine::child::keep_if_asked() {
        return code;
    }
    // Two TLS back ends are in the build graph; whichever is asked first must find this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match build() {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    Shell::stop(app);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> anyhow::Result<tauri::App> {
    let app = tauri::Builder::default()
        // First, so that a second start ends before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_autostart::Builder::new().build())
        .register_asynchronous_uri_scheme_protocol(scheme::SCHEME, scheme::handle)
        .manage(live::Streams::default())
        .invoke_handler(tauri::generate_handler![
            live::live_subscribe,
            live::live_unsubscribe,
            desktop::notify,
            desktop::save_file,
            desktop::open_outside,
            desktop::restart
        ])
        .setup(|app| {
            if let Err(error) = start(app.handle()) {
                refuse(app.handle(), &error);
            }
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the desktop cannot be reached")?;
    Ok(app)
}

/// Opens the data folder, then the window over it.
fn start(app: &tauri::AppHandle) -> anyhow::Result<()> {
    let dir = data_dir(app)?;
    muster_app::logs::write_to(&dir).with_context(|| format!("{} cannot be written", dir.display()))?;
    let shell = tauri::async_runtime::block_on(async { node::open(&dir).await.map(Shell::over) })?;
    app.manage(shell);
    window::build(app)?;
    shell::quit_on_signals(app.clone());
    if let Err(error) = tray::build(app) {
        tracing::warn!(%error, "the desktop has no tray");
    }
    Ok(())
}

/// `--data-dir D`, else the folder that the desktop has for the data of programs.
fn data_dir(app: &tauri::AppHandle) -> anyhow::Result<PathBuf> {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--data-dir" {
            return Ok(arguments.next().context("--data-dir needs a folder")?.into());
        }
    }
    Ok(app.path().data_dir().context("the desktop has no folder for data")?.join("muster"))
}

/// Says why Muster cannot start, and ends it.
fn refuse(app: &tauri::AppHandle, error: &anyhow::Error) {
    tracing::error!(error = format!("{error:#}"), "Muster cannot start");
    eprintln!("muster: {error:#}");
    let ending = app.clone();
    app.dialog()
        .message(format!("Muster cannot start: {error:#}."))
        .title("Muster")
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(1));
}
