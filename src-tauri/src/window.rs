//! The one window: where it comes from, what closing it means, where its downloads go.

use tauri::webview::DownloadEvent;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The window's name, also in the capabilities.
pub const MAIN: &str = "main";

/// Builds the window on the scheme that serves page and API.
///
/// # Errors
/// When the system gives no window.
pub fn build(app: &AppHandle) -> anyhow::Result<WebviewWindow> {
    let start = if cfg!(windows) { "http://app.localhost/" } else { "app://localhost/" };
    let downloads = app.path().download_dir().ok();
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::CustomProtocol(Url::parse(start)?))
        .title("Muster")
        .inner_size(1280.0, 860.0)
        .min_inner_size(1024.0, 700.0)
        // Dragging cards and dropping files is the page's business.
        .disable_drag_drop_handler()
        .on_navigation(move |url| url.as_str().starts_with(start) || url.scheme() == "blob")
        .on_download(move |_, event| {
            if let (DownloadEvent::Requested { destination, .. }, Some(folder)) = (event, &downloads)
                && let Some(name) = destination.file_name()
            {
                *destination = folder.join(name);
            }
            true
        })
        .build()?;
    keep_sending_when_closed(&window);
    Ok(window)
}

/// Closing the window hides it: campaigns go on, and the tray brings the window back.
fn keep_sending_when_closed(window: &WebviewWindow) {
    let closing = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            if let Err(error) = closing.hide() {
                tracing::warn!(%error, "the window could not be hidden");
            }
        }
    });
}

/// Brings the window to the front, from the tray or when the program is started a second time.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be shown");
        }
    }
}
