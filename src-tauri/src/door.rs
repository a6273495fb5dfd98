//! The API's router as the shell sees it: a tower service that takes a request and gives an answer, in process.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tower::util::BoxCloneSyncService;
use tower::{ServiceExt, service_fn};

use crate::cookies::Cookies;

/// What goes wrong while the body of an answer is read.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// An answer whose body is read piece by piece.
pub type Answer = Response<UnsyncBoxBody<Bytes, BodyError>>;

type Service = BoxCloneSyncService<Request<Full<Bytes>>, Answer, Infallible>;

/// The way into the program that every page and menu of the shell takes.
///
/// A web view keeps no cookies for a scheme of our own, so they are kept here: signing in is the same request in the
/// window and in a browser.
#[derive(Clone)]
pub struct Door {
    service: Service,
    cookies: Arc<Mutex<Cookies>>,
}

impl Door {
    /// Wraps the router.
    pub fn new<S, B>(router: S) -> Self
    where
        S: tower::Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let service = service_fn(move |request| {
            let router = router.clone();
            async move {
                let answer = router.oneshot(request).await?;
                Ok(answer.map(|body| body.map_err(Into::into).boxed_unsync()))
            }
        });
        Self { service: BoxCloneSyncService::new(service), cookies: Arc::default() }
    }

    /// Hands a request to the router, with the cookies that earlier answers have set.
    pub async fn ask(&self, mut request: Request<Full<Bytes>>) -> Answer {
        if let Some(cookies) = self.with_cookies(|cookies| cookies.header()) {
            request.headers_mut().insert(header::COOKIE, cookies);
        }
        // Page and API are one origin here, whatever the web view thinks of its own scheme.
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost"));
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        let answer = match self.service.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        for value in answer.headers().get_all(header::SET_COOKIE) {
            self.with_cookies(|cookies| cookies.take(value));
        }
        answer
    }

    /// Asks for a path and reads the whole answer as JSON; `None` when the answer is no success.
    pub async fn json(&self, method: http::Method, path: &str) -> Option<serde_json::Value> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::default())
            .ok()?;
        let answer = self.ask(request).await;
        if !answer.status().is_success() {
            return None;
        }
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        serde_json::from_slice(&body).ok()
    }

    fn with_cookies<T>(&self, act: impl FnOnce(&mut Cookies) -> T) -> T {
        // A panic while the lock was held cannot leave the list half written.
        let mut cookies = self.cookies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut cookies)
    }
}
