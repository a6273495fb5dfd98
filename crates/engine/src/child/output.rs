//! What a script says: line by line while it runs, and the beginning and the end of it afterwards.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::mark::Mark;
use super::mask::Masks;

/// What is shown of a line; the rest of it is dropped. Outputs have to fit as well.
const MOST_LINE_BYTES: usize = 16 << 10;

/// How long a stream is read on when everything that could write to it is dead.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a reader is waited for that is slower than the script, and the script with it.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// A line as it comes, without its end, secrets hidden, what is not UTF-8 replaced. Lines of one stream come in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub stream: Stream,
    pub text: String,
    /// Whether it was longer than 16 KiB and lost its end.
    pub cut: bool,
    /// Lines of this stream before it that were not passed on, because the reader stood still.
    pub missed: u64,
}

/// What is kept of a stream: all of it, or its beginning and its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    pub first: String,
    /// Bytes between them that were not kept, or cut from long lines.
    pub dropped_bytes: u64,
    pub last: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        if self.dropped_bytes > 0 {
            writeln!(f, "… {} bytes left out …", self.dropped_bytes)?;
        }
        f.write_str(&self.last)
    }
}

/// What a stream came to.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub shown: Shown,
    pub outputs: Option<Map<String, Value>>,
    pub rows: Option<u64>,
    pub unreadable_marks: u32,
    /// Lines that were not passed on and that no later line tells of.
    pub missed: u64,
}

/// Takes one stream in. Its memory is bounded by what is kept, what is read at once and one line.
pub(super) struct Tap {
    stream: Stream,
    masks: Arc<Masks>,
    lines: mpsc::Sender<Line>,
    /// For each of the two ends that are kept.
    most_bytes: usize,
    line: Vec<u8>,
    /// Bytes of the current line that did not fit.
    beyond: u64,
    /// Lines to pass on.
    said: Vec<Line>,
    missed: u64,
    patience: Duration,
    /// Whether the beginning is complete.
    first_is_full: bool,
    last: VecDeque<String>,
    last_bytes: usize,
    taken: Taken,
}

impl Tap {
    pub(super) fn new(stream: Stream, masks: Arc<Masks>, lines: mpsc::Sender<Line>, kept_bytes: usize) -> Self {
        Self {
            stream,
            masks,
            lines,
            most_bytes: kept_bytes / 2,
            line: Vec::new(),
            beyond: 0,
            said: Vec::new(),
            missed: 0,
            patience: PATIENCE,
            first_is_full: false,
            last: VecDeque::new(),
            last_bytes: 0,
            taken: Taken::default(),
        }
    }

    /// Reads until the stream ends, or shortly after everybody who could write to it is gone.
    pub(super) async fn drain(mut self, mut from: impl AsyncRead + Unpin, gone: CancellationToken) -> Taken {
        let mut buffer = vec![0; 64 << 10];
        let over = async {
            gone.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::pin!(over);
        loop {
            tokio::select! {
                biased;
                read = from.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(count) => {
                        self.take(&buffer[..count]);
                        self.pass_on().await;
                    }
                },
                () = &mut over => break,
            }
        }
        self.end().await
    }

    fn take(&mut self, bytes: &[u8]) {
        let most = MOST_LINE_BYTES + self.masks.longest();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            let fits = text.len().min(most - self.line.len());
            self.line.extend_from_slice(&text[..fits]);
            self.beyond += (text.len() - fits) as u64;
            if text.len() < piece.len() {
                self.finish_line();
            }
        }
    }

    fn finish_line(&mut self) {
        let bytes = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        let cut_bytes = bytes.len().saturating_sub(MOST_LINE_BYTES) as u64 + self.beyond;
        let text = String::from_utf8_lossy(&self.masks.hide(bytes, MOST_LINE_BYTES)).into_owned();
        self.taken.shown.dropped_bytes += cut_bytes;
        self.line.clear();
        self.beyond = 0;
        if self.stream == Stream::Stdout {
            self.obey(&text);
        }
        self.said.push(Line { stream: self.stream, text: text.clone(), cut: cut_bytes > 0, missed: 0 });
        self.keep(text);
    }

    fn obey(&mut self, text: &str) {
        match Mark::read(text) {
            Some(Ok(Mark::Output(outputs))) => self.taken.outputs = Some(outputs),
            Some(Ok(Mark::Rows(rows))) => self.taken.rows = Some(rows),
            Some(Err(())) => self.taken.unreadable_marks = self.taken.unreadable_marks.saturating_add(1),
            Some(Ok(Mark::Progress(_))) | None => {}
        }
    }

    /// A reader that is slower than the script is waited for. One that stands still, or is gone, must not stop the script: it
    /// misses lines until it reads again.
    async fn pass_on(&mut self) {
        let until = Instant::now() + if self.missed == 0 { self.patience } else { Duration::ZERO };
        for line in self.said.drain(..) {
            let place = match self.lines.try_reserve() {
                Err(TrySendError::Full(())) => timeout_at(until, self.lines.reserve()).await.ok().and_then(Result::ok),
                place => place.ok(),
            };
            match place {
                Some(place) => place.send(Line { missed: std::mem::take(&mut self.missed), ..line }),
                None => self.missed += 1,
            }
        }
    }

    fn keep(&mut self, mut text: String) {
        text.push('\n');
        let shown = &mut self.taken.shown;
        self.first_is_full |= shown.first.len() + text.len() > self.most_bytes;
        if !self.first_is_full {
            shown.first.push_str(&text);
            return;
        }
        self.last_bytes += text.len();
        self.last.push_back(text);
        while self.last_bytes > self.most_bytes {
            let Some(oldest) = self.last.pop_front() else { break };
            self.last_bytes -= oldest.len();
            shown.dropped_bytes += oldest.len() as u64;
        }
    }

    async fn end(mut self) -> Taken {
        if !self.line.is_empty() {
            self.finish_line();
        }
        self.pass_on().await;
        self.taken.missed = self.missed;
        self.taken.shown.last = self.last.into_iter().collect();
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(kept_bytes: usize, places: usize) -> (Tap, mpsc::Receiver<Line>) {
        let (lines, receiver) = mpsc::channel(places);
        let secrets = ["hunter2".into()];
        let tap = Tap::new(Stream::Stdout, Arc::new(Masks::new(secrets.iter())), lines, kept_bytes);
        (Tap { patience: Duration::ZERO, ..tap }, receiver)
    }

    async fn say(tap: &mut Tap, bytes: &[u8]) {
        tap.take(bytes);
        tap.pass_on().await;
    }

    #[tokio::test]
    async fn child_lines_come_whole_however_the_bytes_are_split() {
        let (mut tap, mut lines) = tap(1_000, 10);
        for byte in "one\r\nh\u{e9}llo hunter2\n\nlast".as_bytes() {
            say(&mut tap, &[*byte]).await;
        }
        tap.take(b" \xff");
        let shown = tap.end().await.shown;
        assert_eq!(shown.first, "one\nh\u{e9}llo ***\n\nlast \u{fffd}\n");
        assert_eq!((shown.dropped_bytes, shown.last.as_str()), (0, ""));
        let texts: Vec<String> = std::iter::from_fn(|| lines.try_recv().ok()).map(|line| line.text).collect();
        assert_eq!(texts, ["one", "h\u{e9}llo ***", "", "last \u{fffd}"]);
    }

    #[tokio::test]
    async fn child_a_long_line_is_cut_and_a_slow_reader_misses_lines() {
        let (mut tap, mut lines) = tap(100 << 10, 1);
        say(&mut tap, &vec![b'x'; 1 << 20]).await;
        say(&mut tap, b"\nmissed\nmissed\n").await;
        let first = lines.try_recv().unwrap();
        assert_eq!((first.text.len(), first.cut, first.missed), (MOST_LINE_BYTES, true, 0));
        say(&mut tap, b"seen\n").await;
        let next = lines.try_recv().unwrap();
        assert_eq!((next.text.as_str(), next.cut, next.missed), ("seen", false, 2));
        say(&mut tap, b"kept\nmissed\nmissed\n").await;
        let taken = tap.end().await;
        assert_eq!((taken.missed, taken.shown.dropped_bytes), (2, ((1 << 20) - MOST_LINE_BYTES) as u64));
    }

    #[tokio::test]
    async fn child_a_reader_that_is_slower_than_the_script_gets_every_line() {
        let (tap, mut lines) = tap(1_000, 4);
        let tap = Tap { patience: Duration::from_secs(3_600), ..tap };
        let text: String = (0..5_000).map(|n| format!("{n}\n")).collect();
        let reads = async {
            let mut count = 0;
            while let Some(line) = lines.recv().await {
                assert_eq!((line.text, line.missed), (count.to_string(), 0));
                count += 1;
            }
            count
        };
        let (taken, count) = tokio::join!(tap.drain(text.as_bytes(), CancellationToken::new()), reads);
        assert_eq!((taken.missed, count), (0, 5_000));
    }

    #[tokio::test]
    async fn child_the_beginning_and_the_end_are_kept_and_the_rest_is_counted() {
        let (mut tap, _lines) = tap(40, 1);
        let mut said = 0;
        for number in 0..100 {
            let line = format!("line {number}\n");
            said += line.len();
            tap.take(line.as_bytes());
        }
        let shown = tap.end().await.shown;
        assert_eq!(shown.first, "line 0\nline 1\n");
        assert_eq!(shown.last, "line 98\nline 99\n");
        assert_eq!(shown.dropped_bytes as usize, said - shown.first.len() - shown.last.len());
    }
}
