//! `/api/v1/live`: what moves, as server-sent events. The window uses a channel of its own over the same viewer.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use muster_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::ApiResult;
use crate::auth::Asker;

/// A viewer gets at most this many pushes a second: nobody reads faster.
const PUSH_EVERY: Duration = Duration::from_millis(250);

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live))
}

/// Server-sent events `change` with `[{topic, data}]`: the newest state of every topic that changed.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn live(
    State(app): State<App>,
    Asker(ctx): Asker,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let viewer = app.live.subscribe(ctx.ws);
    let stream = futures::stream::unfold((viewer, true), |(mut viewer, first)| async move {
        if first {
            return Some((Ok(Event::default().event("hello").data("{}")), (viewer, false)));
        }
        tokio::time::sleep(PUSH_EVERY).await;
        let changes = viewer.next().await?;
        let event = Event::default()
            .event("change")
            .json_data(&changes)
            .unwrap_or_else(|_| Event::default().comment("unreadable"));
        Some((Ok(event), (viewer, false)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}
