//! The built interface beside the API.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use tower_http::services::ServeDir;

/// Serves the interface at `/`; every other path that is not the API's gets its page, which knows the rest.
pub fn with_interface(api: Router, dir: Option<PathBuf>) -> Router {
    let Some(dir) = dir.or_else(find) else {
        return api.fallback(|| async { Html("<!doctype html><title>Muster</title><p>The interface is not built: run <code>make run</code>, or give <code>--ui-dir</code>.</p>") });
    };
    let page = dir.join("index.html");
    let assets = ServeDir::new(dir.join("assets")).append_index_html_on_directories(false);
    api.nest_service("/assets", assets).fallback(move || index(page.clone()))
}

async fn index(page: PathBuf) -> Response {
    match tokio::fs::read_to_string(&page).await {
        Ok(text) => ([(header::CACHE_CONTROL, "no-cache")], Html(text)).into_response(),
        Err(_) => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}

fn find() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|p| p.join("ui")));
    [beside, Some(PathBuf::from("ui/dist")), Some(PathBuf::from("/usr/share/muster/ui"))]
        .into_iter()
        .flatten()
        .find(|dir| is_interface(dir))
}

fn is_interface(dir: &Path) -> bool {
    dir.join("index.html").is_file()
}
