//! A file that was made for one answer.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use muster_app::AppError;
use muster_app::customers::Export;

use crate::answer::ApiResult;

const CHUNK: usize = 64 * 1024;

/// Sends the file and removes it: it is unlinked while open, so that nothing stays when the asker goes away.
pub fn file(export: Export) -> ApiResult<Response> {
    let opened = std::fs::File::open(&export.path).map_err(AppError::internal)?;
    let _ = std::fs::remove_file(&export.path);
    let length = opened.metadata().map_err(AppError::internal)?.len();
    let chunks = stream::unfold(opened, |mut file| async move {
        // A local file of the page cache: short enough for the thread it is on.
        let mut buffer = vec![0; CHUNK];
        match file.read(&mut buffer) {
            Ok(0) => None,
            Ok(count) => {
                buffer.truncate(count);
                Some((Ok::<_, std::io::Error>(Bytes::from(buffer)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    });
    let name: String =
        export.file_name.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' }).collect();
    let mut response = Body::from_stream(chunks).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(export.content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(AppError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}
