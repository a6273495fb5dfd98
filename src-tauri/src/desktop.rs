//! What the page asks of the desktop: notifications, a place for a file, an address outside Muster.

use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_notification::NotificationExt;
use tauri_plugin_opener::OpenerExt;

/// Schemes that may leave the window.
const OUTSIDE: [&str; 3] = ["https://", "http://", "mailto:"];

/// Shows a notification of the system. A desktop without them is no error for the page.
#[tauri::command]
pub fn notify(app: AppHandle, title: String, body: String) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::info!(%error, "the desktop shows no notifications");
    }
}

/// Asks where a file shall be kept and writes it there; nothing happens when the person closes the dialog.
///
/// # Errors
/// When the file cannot be written: the reason, in words.
#[tauri::command]
pub async fn save_file(app: AppHandle, name: String, bytes: Vec<u8>) -> Result<(), String> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |path| {
        // The page may have been closed meanwhile.
        let _ = chosen.send(path);
    });
    let Ok(Some(path)) = choice.await else { return Ok(()) };
    let path = path.into_path().map_err(|error| error.to_string())?;
    tokio::fs::write(&path, bytes).await.map_err(|error| format!("{} could not be written: {error}", path.display()))
}

/// Opens an address in the person's browser or mail program.
///
/// # Errors
/// When the address is of another kind, or nothing can open it.
#[tauri::command]
pub fn open_outside(app: AppHandle, url: String) -> Result<(), String> {
    if !OUTSIDE.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(format!("{url} is no web or mail address"));
    }
    app.opener().open_url(url, None::<&str>).map_err(|error| error.to_string())
}

/// Starts Muster anew: another database was chosen.
#[tauri::command]
pub fn restart(app: AppHandle) {
    app.request_restart();
}
