//! What the parts of the shell share.

use muster_app::App;
use tauri::{AppHandle, Manager};

use crate::door::Door;

/// The running program behind the window.
pub struct Shell {
    /// The way into it.
    pub door: Door,
    program: App,
}

impl Shell {
    /// Over an opened data folder.
    pub fn over(program: App) -> Self {
        Self { door: Door::new(muster_api::router(program.clone())), program }
    }

    /// The shell of a running application. It is there before the window is built.
    pub fn of(app: &AppHandle) -> &Self {
        app.state::<Self>().inner()
    }

    /// Ends the application.
    pub fn quit(app: &AppHandle) {
        app.exit(0);
    }

    /// Lets what is in flight finish and closes the database: the last thing that happens.
    pub fn stop(app: &AppHandle) {
        if let Some(shell) = app.try_state::<Self>() {
            tauri::async_runtime::block_on(shell.program.db.close());
        }
    }
}

/// The end of the desktop session, or Ctrl-C in a terminal, ends the program as its menu does.
pub fn quit_on_signals(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        Shell::quit(&app);
    });
}
