//! A server that does anything at any time, and what the client may say about it.
//!
//! The server keeps its own book: what it took, and what it could have taken. Whatever it does, the client's outcomes
//! agree with that book.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{StreamExt, stream};
use muster_channels::{
    Outcome,
    email::{SmtpConfig, bulk::Relay},
};
use proptest::prelude::*;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::bulk;
use crate::relay;

/// What the server does when it has read a command or a message.
#[derive(Clone, Copy, Debug)]
enum Whim {
    /// What a server should say.
    Good,
    Temporary,
    Permanent,
    /// 421, and goes on as if nothing was.
    Leaving,
    /// Another positive answer than the one expected.
    Wrong,
    Garbage,
    /// Says nothing to this one and goes on: every later answer is out of step.
    Mute,
    /// Answers twice.
    Twice,
    Close,
    Reset,
}

fn whims() -> impl Strategy<Value = Vec<Whim>> {
    let whim = prop_oneof![
        40 => Just(Whim::Good),
        3 => Just(Whim::Temporary),
        3 => Just(Whim::Permanent),
        1 => Just(Whim::Leaving),
        1 => Just(Whim::Wrong),
        1 => Just(Whim::Garbage),
        1 => Just(Whim::Close),
        1 => Just(Whim::Reset),
    ];
    proptest::collection::vec(whim, 1..60)
}

/// The same, and out of step at times: no client can then know which answer belongs to what.
fn wild_whims() -> impl Strategy<Value = Vec<Whim>> {
    let whim =
        prop_oneof![20 => Just(Whim::Good), 2 => Just(Whim::Mute), 2 => Just(Whim::Twice), 1 => Just(Whim::Close)];
    proptest::collection::vec(whim, 1..60)
}

/// What the server knows of one letter.
#[derive(Clone, Copy, Debug, Default)]
struct Book {
    /// Its body came whole, with the recipient accepted.
    came: u32,
    /// That was answered by 250.
    taken: u32,
    /// That was answered by 4xx or 5xx.
    refused: u32,
}

type Books = Arc<Mutex<BTreeMap<usize, Book>>>;

/// The server's side of one connection.
struct Serving {
    stream: BufReader<TcpStream>,
    whims: Box<dyn Iterator<Item = Whim> + Send>,
    books: Books,
    /// Recipient of the open transaction, if one was accepted.
    recipient: Option<usize>,
}

impl Serving {
    /// Follows the whims until one of them ends the connection.
    async fn serve(mut self, extensions: &str) -> Option<()> {
        self.say("220 erratic").await?;
        loop {
            let line = self.line().await?;
            let number = line.split("customer").nth(1).and_then(|rest| rest.split('@').next()?.parse().ok());
            match &line[..line.len().min(4)] {
                "EHLO" => self.say(&format!("250-erratic{extensions}\r\n250 HELP")).await?,
                "QUIT" => return self.say("221 bye").await,
                "DATA" if self.recipient.is_none() => self.answer("503 5.5.1 RCPT first").await.map(drop)?,
                "DATA" => {
                    if self.answer("354 go").await? == 354 {
                        while self.line().await? != ".\r\n" {}
                        self.body().await?;
                    }
                }
                "BDAT" => {
                    let size = line.split(' ').nth(1)?.parse().ok()?;
                    self.stream.read_exact(&mut vec![0; size]).await.ok()?;
                    self.body().await?;
                }
                "RCPT" => {
                    let answered = self.answer("250 2.1.5 Ok").await?;
                    self.recipient = number.filter(|_| answered == 250).or(self.recipient);
                }
                _ => {
                    self.recipient = None;
                    self.answer("250 2.0.0 Ok").await?;
                }
            }
        }
    }

    async fn body(&mut self) -> Option<()> {
        let Some(number) = self.recipient.take() else {
            return self.answer("503 5.5.1 RCPT first").await.map(drop);
        };
        self.books.lock().unwrap().entry(number).or_default().came += 1;
        let answered = self.answer("250 2.0.0 Ok: queued as 1").await?;
        let mut books = self.books.lock().unwrap();
        let book = books.entry(number).or_default();
        book.taken += u32::from(answered == 250);
        book.refused += u32::from((400..600).contains(&answered));
        Some(())
    }

    /// Answers as the next whim has it, and says with which code; 0 for none.
    async fn answer(&mut self, good: &str) -> Option<u16> {
        let said = match self.whims.next().unwrap_or(Whim::Good) {
            Whim::Good => good.to_owned(),
            Whim::Temporary => "450 4.2.0 later".to_owned(),
            Whim::Permanent => "550 5.7.1 never".to_owned(),
            Whim::Leaving => "421 4.3.2 leaving".to_owned(),
            Whim::Wrong => if good.starts_with("354") { "250 Ok" } else { "354 go" }.to_owned(),
            Whim::Garbage => "\u{1}what".to_owned(),
            Whim::Mute => return Some(0),
            Whim::Twice => format!("{good}\r\n{good}"),
            Whim::Close => return None,
            Whim::Reset => {
                let _ = self.stream.get_ref().set_zero_linger();
                return None;
            }
        };
        self.say(&said).await?;
        Some(said.split(['-', ' ']).next().and_then(|code| code.parse().ok()).unwrap_or(0))
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.ok()?;
        (read > 0).then_some(line)
    }
}

/// Sends letters over one lane through such a server; outcomes and the server's book.
fn exchange(extensions: &'static str, whims: Vec<Whim>, count: usize) -> (Vec<Outcome>, BTreeMap<usize, Book>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let books = Books::default();
        let whims = Arc::new(Mutex::new(whims.into_iter()));
        let server_books = books.clone();
        let server = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                let whims = whims.clone();
                let whims = Box::new(std::iter::from_fn(move || whims.lock().unwrap().next()));
                let serving =
                    Serving { stream: BufReader::new(tcp), whims, books: server_books.clone(), recipient: None };
                connections.spawn(serving.serve(extensions));
            }
        });
        let wait = Duration::from_millis(40);
        let config = SmtpConfig { command_timeout: wait, data_timeout: wait, ..relay(port) };
        let mut lane = Relay::new(config).unwrap().lane();
        let mut queue = stream::iter((0..count).map(bulk));
        let mut outcomes = Vec::new();
        let mut report = |tag: usize, outcome| {
            assert_eq!(tag, outcomes.len(), "outcomes come in the order of the letters");
            outcomes.push(outcome);
        };
        while lane.run(&mut queue, &mut report).await.is_err() {}
        assert_eq!(queue.count().await, 0);
        lane.close().await;
        server.abort();
        let books = books.lock().unwrap().clone();
        (outcomes, books)
    })
}

fn check(outcomes: &[Outcome], books: &BTreeMap<usize, Book>, count: usize, is_ahead: bool) {
    assert_eq!(outcomes.len(), count);
    for (number, outcome) in outcomes.iter().enumerate() {
        let book = books.get(&number).copied().unwrap_or_default();
        let open = book.came - book.taken - book.refused;
        let agrees = match outcome {
            Outcome::Accepted { .. } => book.taken == 1 && open == 0,
            // Nothing that the server took, and nothing of which it did not say that it refused it.
            Outcome::Retry { .. } | Outcome::Reject { .. } => book.taken == 0 && open == 0,
            // The answer did not arrive, or was none. Chunks are sent ahead: the client may have left before their answers,
            // and the server before it read them.
            Outcome::Unknown { .. } => is_ahead || book.came == 1 && book.refused == 0,
        };
        assert!(agrees && book.taken <= 1, "letter {number}: {outcome:?}, but {book:?}");
    }
}

const PLAIN: &str = "";
const PIPELINING: &str = "\r\n250-PIPELINING";
const CHUNKING: &str = "\r\n250-PIPELINING\r\n250-CHUNKING";

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn outcomes_agree_with_what_the_server_took(
        extensions in prop_oneof![Just(PLAIN), Just(PIPELINING), Just(CHUNKING)],
        whims in whims(),
        count in 1_usize..12,
    ) {
        let (outcomes, books) = exchange(extensions, whims, count);
        check(&outcomes, &books, count, extensions == CHUNKING);
    }

    #[test]
    fn a_server_out_of_step_cannot_make_a_letter_leave_twice(
        extensions in prop_oneof![Just(PLAIN), Just(PIPELINING), Just(CHUNKING)],
        whims in wild_whims(),
        count in 1_usize..8,
    ) {
        let (outcomes, books) = exchange(extensions, whims, count);
        prop_assert_eq!(outcomes.len(), count);
        for (number, book) in books {
            prop_assert!(book.taken <= 1, "letter {} was taken {} times", number, book.taken);
        }
    }
}
