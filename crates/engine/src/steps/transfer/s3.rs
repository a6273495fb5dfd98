//! Object stores that speak S3: one request for the whole file, which the store takes whole or not at all.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::TryStreamExt;
use muster_channels::http::{HttpClient, chain};
use muster_domain::job::action::Place;
use reqwest::{Body, Method, Response, StatusCode, Url};
use rusty_s3::actions::{GetObject, HeadObject, PutObject, S3Action};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use secrecy::ExposeSecret;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::sync::oneshot;
use tokio_util::io::{ReaderStream, StreamReader};

use super::super::{Done, Try, fault, trouble};
use super::MAX_BYTES;
use super::local::Part;
use super::names::Names;
use super::tally::{Moved, Tally};

/// How long a signature holds: a request is made at once.
const SIGNED_FOR: Duration = Duration::from_secs(900);
const REGION: &str = "us-east-1";
/// Bytes of an answer that says why something failed.
const MAX_REASON: usize = 500;

/// A file's place in a bucket.
pub(super) struct Store {
    client: HttpClient,
    bucket: Bucket,
    credentials: Credentials,
    key: String,
    now: jiff::Timestamp,
}

impl Try<'_> {
    pub(super) async fn s3(&mut self, place: &Place) -> Done<Store> {
        let secret = self.secret(place.secret.as_deref().unwrap_or_default()).await?;
        let region = place.region.clone().unwrap_or_else(|| REGION.to_owned());
        let (address, style) = match &place.endpoint {
            Some(endpoint) => (endpoint.clone(), UrlStyle::Path),
            None => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::VirtualHost),
        };
        let endpoint = Url::parse(&address).map_err(|_| fault(format!("“{address}” is not an address.")))?;
        let bucket = Bucket::new(endpoint, style, place.bucket.clone().unwrap_or_default(), region)
            .map_err(|error| fault(format!("This is not a bucket: {error}.")))?;
        let credentials = Credentials::new(place.username.clone().unwrap_or_default(), secret.expose_secret().trim());
        let now = jiff::Timestamp::from_millisecond(self.steps.clock.now()).map_err(trouble)?;
        let (client, _) = self.http().await?;
        Ok(Store { client, bucket, credentials, key: place.path.trim_start_matches('/').to_owned(), now })
    }
}

impl Store {
    pub async fn fetch(&self, part: &Part) -> Done<Moved> {
        let url =
            GetObject::new(&self.bucket, Some(&self.credentials), &self.key).sign_with_time(SIGNED_FOR, &self.now);
        let answer = self.ask(Method::GET, url, None).await?;
        if !answer.status().is_success() {
            return Err(self.refused(answer).await);
        }
        let promised = answer.content_length();
        let bytes = answer.bytes_stream().map_err(|error| io::Error::other(chain(&error)));
        let moved = part.fill(StreamReader::new(bytes)).await?;
        match promised {
            Some(promised) if promised != moved.bytes => {
                Err(fault(format!("The file did not arrive whole: {} of {promised} bytes.", moved.bytes)))
            }
            _ => Ok(moved),
        }
    }

    pub async fn send(&self, file: File, bytes: u64, names: &Names, overwrite: bool) -> Done<Moved> {
        if bytes > MAX_BYTES {
            return Err(fault(format!("The file is larger than {} GiB.", MAX_BYTES >> 30)));
        }
        if !overwrite {
            let url =
                HeadObject::new(&self.bucket, Some(&self.credentials), &self.key).sign_with_time(SIGNED_FOR, &self.now);
            let found = self.ask(Method::HEAD, url, None).await?;
            if found.status().is_success() {
                return Err(names.there_already(&self.key));
            }
            // Who may write but not look is told 403.
            if !matches!(found.status(), StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
                return Err(self.refused(found).await);
            }
        }
        let url =
            PutObject::new(&self.bucket, Some(&self.credentials), &self.key).sign_with_time(SIGNED_FOR, &self.now);
        // What is sent is what was there when it was opened, though it may grow.
        let (sum, told) = oneshot::channel();
        let body = Summed::of(file.take(bytes), bytes, sum);
        let answer = self.ask(Method::PUT, url, Some((Body::wrap_stream(ReaderStream::new(body)), bytes))).await?;
        if answer.status() == StatusCode::PRECONDITION_FAILED {
            return Err(names.there_already(&self.key));
        }
        if !answer.status().is_success() {
            return Err(self.refused(answer).await);
        }
        told.await.map_err(|_| fault("The store answered before it had the whole file."))
    }

    async fn ask(&self, method: Method, url: Url, body: Option<(Body, u64)>) -> Done<Response> {
        let mut request =
            self.client.request(method, url).map_err(|error| fault(format!("The store was not asked: {error}.")))?;
        if let Some((body, bytes)) = body {
            request = request.header("Content-Length", bytes).body(body);
        }
        request.send().await.map_err(|error| fault(format!("The store does not answer: {}.", chain(&error))))
    }

    async fn refused(&self, answer: Response) -> super::super::Fault {
        let status = answer.status();
        if status == StatusCode::NOT_FOUND {
            return fault(format!(
                "There is no “{}” in the bucket {}, or no such bucket.",
                self.key,
                self.bucket.name()
            ));
        }
        let text = answer.text().await.unwrap_or_default();
        let part = |name: &str| {
            let after = text.split_once(&format!("<{name}>"))?.1;
            Some(after.split_once('<')?.0.chars().take(MAX_REASON).collect::<String>())
        };
        // As S3 says it, in XML; others may say anything.
        let said = match (part("Code"), part("Message")) {
            (Some(code), Some(message)) => format!("{message} ({code})"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => text.chars().take(MAX_REASON).collect(),
        };
        let said = said.trim().trim_end_matches('.');
        if status == StatusCode::FORBIDDEN {
            return fault(format!(
                "The store does not let this access key do it: {said}. Look at the key, its secret, and its rights in the bucket {}.",
                self.bucket.name()
            ));
        }
        fault(format!("The store answered {status}: {said}."))
    }
}

/// A reader that tells its sum with its last byte: nobody asks for more.
struct Summed<R> {
    tally: Option<Tally<R>>,
    left: u64,
    sum: Option<oneshot::Sender<Moved>>,
}

impl<R> Summed<R> {
    fn of(inner: R, bytes: u64, sum: oneshot::Sender<Moved>) -> Self {
        let mut summed = Self { tally: Some(Tally::of(inner)), left: bytes, sum: Some(sum) };
        summed.tell();
        summed
    }

    fn tell(&mut self) {
        if self.left == 0
            && let (Some(sum), Some(tally)) = (self.sum.take(), self.tally.take())
        {
            let _ = sum.send(tally.end().1);
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Summed<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let Some(tally) = &mut self.tally else { return Poll::Ready(Ok(())) };
        ready!(Pin::new(tally).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        if read == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter")));
        }
        self.left = self.left.saturating_sub(read as u64);
        self.tell();
        Poll::Ready(Ok(()))
    }
}
