//! What the parts of the shell share, from the start of the program to its end.

use std::sync::Mutex;
use std::time::Duration;

use muster_app::{App, scheduler};
use tauri::{AppHandle, Manager};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::door::Door;

/// What is in flight when the program is told to stop has this long.
const GRACE: Duration = Duration::from_secs(5);

/// The running program behind the window.
pub struct Shell {
    /// The way into it.
    pub door: Door,
    program: App,
    stop: CancellationToken,
    scheduler: Mutex<Option<JoinHandle<()>>>,
}

impl Shell {
    /// Over an opened data folder; campaigns run from here on. Must be called on the async runtime.
    pub fn over(program: App) -> Self {
        let stop = CancellationToken::new();
        let scheduler = scheduler::start(&program, &stop);
        Self {
            door: Door::new(muster_api::router(program.clone())),
            program,
            stop,
            scheduler: Mutex::new(Some(scheduler)),
        }
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
        let Some(shell) = app.try_state::<Self>() else { return };
        shell.stop.cancel();
        let scheduler = shell.scheduler.lock().ok().and_then(|mut running| running.take());
        tauri::async_runtime::block_on(async {
            if let Some(scheduler) = scheduler {
                // A batch that takes longer is found by its lease at the next start.
                let _ = timeout(GRACE, scheduler).await;
            }
            // An open page may still hold a connection; the next start folds in the write-ahead log then.
            let _ = timeout(GRACE, shell.program.db.close()).await;
        });
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
