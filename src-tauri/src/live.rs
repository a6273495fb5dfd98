//! Live events for the page. A browser reads the stream of server-sent events itself; a web view's own scheme cannot
//! stream, so the shell reads the same stream of the same router and passes every change through a channel.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::door::BodyError;
use crate::shell::Shell;

/// Where the API streams its events.
const PATH: &str = "/api/v1/live";

/// An event that grows larger than this ends its stream: none of the API's comes near it.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// How long to wait before a stream that has ended is opened again.
const PAUSE: Duration = Duration::from_secs(2);

/// The streams that the page has opened, by the number that it was given.
#[derive(Default)]
pub struct Streams {
    next: AtomicU32,
    open: Mutex<HashMap<u32, JoinHandle<()>>>,
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, JoinHandle<()>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends every change, `{topic, data}`, to the page until `live_unsubscribe` is called with the number that this
/// answers. `null` says that changes may have been missed in between.
#[tauri::command]
pub fn live_subscribe(app: AppHandle, streams: State<'_, Streams>, on_event: Channel<Value>) -> u32 {
    let id = streams.next.fetch_add(1, Ordering::Relaxed);
    let task = tauri::async_runtime::spawn(async move {
        let mut opened = false;
        // Ends with the page: a channel without a page refuses events, and unsubscribing aborts.
        while forward(&app, &on_event, &mut opened).await {
            tokio::time::sleep(PAUSE).await;
        }
    });
    let mut open = streams.lock();
    open.retain(|_, task| !task.inner().is_finished());
    open.insert(id, task);
    id
}

/// Ends a subscription. Ending it twice is no error.
#[tauri::command]
pub fn live_unsubscribe(streams: State<'_, Streams>, id: u32) {
    if let Some(task) = streams.lock().remove(&id) {
        task.abort();
    }
}

/// Passes on one stream to its end. Answers whether the page still listens.
async fn forward(app: &AppHandle, page: &Channel<Value>, opened: &mut bool) -> bool {
    let Some(mut body) = open(app).await else { return true };
    if *opened && page.send(Value::Null).is_err() {
        return false;
    }
    *opened = true;
    let mut reader = EventReader::default();
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(piece) = frame.into_data() else { continue };
        let Some(events) = reader.push(&piece) else { return true };
        for event in events {
            // Greetings of the stream are objects; changes come in lists.
            let Ok(changes) = serde_json::from_str::<Vec<Value>>(&event) else { continue };
            for change in changes {
                if page.send(change).is_err() {
                    return false;
                }
            }
        }
    }
    true
}

/// The stream; `None` while nobody is signed in.
async fn open(app: &AppHandle) -> Option<UnsyncBoxBody<Bytes, BodyError>> {
    let request =
        Request::builder().uri(PATH).header(header::ACCEPT, "text/event-stream").body(Full::default()).ok()?;
    let answer = Shell::of(app).door.ask(request).await;
    answer.status().is_success().then(|| answer.into_body())
}

/// Takes pieces of a `text/event-stream` (WHATWG HTML, section 9.2) and gives the data of every complete event.
#[derive(Default)]
struct EventReader {
    rest: BytesMut,
}

impl EventReader {
    /// Adds a piece; `None` when an event has no end within the limit.
    fn push(&mut self, piece: &[u8]) -> Option<Vec<String>> {
        self.rest.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
            let event = self.rest.split_to(end + 2);
            let text = String::from_utf8_lossy(&event);
            let data: Vec<_> = text
                .lines()
                .filter_map(|line| line.strip_prefix("data:"))
                .map(|data| data.strip_prefix(' ').unwrap_or(data))
                .collect();
            if !data.is_empty() {
                events.push(data.join("\n"));
            }
        }
        (self.rest.len() <= MAX_EVENT_BYTES).then_some(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_put_together_from_pieces() {
        let mut reader = EventReader::default();
        assert_eq!(reader.push(b": hello\n\ndata: {\"a\"").unwrap(), [""; 0]);
        assert_eq!(reader.push(b":1}\n\nid: 7\ndata: x\nda").unwrap(), ["{\"a\":1}"]);
        assert_eq!(reader.push(b"ta: y\n\n").unwrap(), ["x\ny"]);
        assert_eq!(reader.push(&vec![b'a'; MAX_EVENT_BYTES + 1]), None);
    }
}
