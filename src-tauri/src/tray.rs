//! The tray: what is running, pause all, open, quit. It asks the API with the session of the window, so it shows and may
//! do what the person who is signed in may.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Wry};

use crate::shell::Shell;
use crate::window;

/// How often the tray looks at what is running.
const REFRESH: Duration = Duration::from_secs(5);

/// At most this many campaigns run at once in a workspace.
const RUNNING: &str = "/api/v1/campaigns?status=running&pageSize=100";

/// Builds the tray and keeps its first line true. A desktop without a tray gets none; that is no error.
///
/// # Errors
/// When the menu cannot be built.
pub fn build(app: &AppHandle) -> anyhow::Result<()> {
    let state = MenuItem::with_id(app, "state", "No campaign is running", false, None::<&str>)?;
    let open = MenuItem::with_id(app, "open", "Open Muster", true, None::<&str>)?;
    let pause = MenuItem::with_id(app, "pause", "Pause all campaigns", false, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit and stop sending", true, None::<&str>)?;
    let line = PredefinedMenuItem::separator(app)?;
    let menu = Menu::with_items(app, &[&state, &open, &line, &pause, &quit])?;
    let mut tray = TrayIconBuilder::with_id("muster").menu(&menu).tooltip("Muster").on_menu_event(|app, event| {
        match event.id().as_ref() {
            "open" => window::show(app),
            "pause" => pause_all(app.clone()),
            "quit" => Shell::quit(app),
            _ => {}
        }
    });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    keep_current(app.clone(), state, pause);
    Ok(())
}

fn keep_current(app: AppHandle, state: MenuItem<Wry>, pause: MenuItem<Wry>) {
    tauri::async_runtime::spawn(async move {
        let mut tick = tokio::time::interval(REFRESH);
        let mut shown = None;
        loop {
            tick.tick().await;
            let running = running(&app).await;
            if shown.as_ref() == Some(&running) {
                continue;
            }
            let done = state
                .set_text(line(running.as_deref()))
                .and_then(|()| pause.set_enabled(running.as_ref().is_some_and(|ids| !ids.is_empty())));
            if let Err(error) = done {
                tracing::warn!(%error, "the tray could not be changed");
            }
            shown = Some(running);
        }
    });
}

/// Ids of the running campaigns, or `None` when nobody is signed in.
async fn running(app: &AppHandle) -> Option<Vec<String>> {
    let answer = Shell::of(app).door.json(Method::GET, RUNNING).await?;
    let campaigns = answer.get("data")?.as_array()?;
    Some(
        campaigns.iter().filter_map(|campaign| campaign.get("id").and_then(Value::as_str)).map(str::to_owned).collect(),
    )
}

fn line(running: Option<&[String]>) -> String {
    match running.map(<[String]>::len) {
        None => "Sign in to see what is running".to_owned(),
        Some(0) => "No campaign is running".to_owned(),
        Some(1) => "1 campaign is running".to_owned(),
        Some(count) => format!("{count} campaigns are running"),
    }
}

fn pause_all(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        for id in running(&app).await.unwrap_or_default() {
            let path = format!("/api/v1/campaigns/{id}/pause");
            if Shell::of(&app).door.json(Method::POST, &path).await.is_none() {
                tracing::warn!(campaign = id, "the campaign could not be paused");
            }
        }
    });
}
