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
