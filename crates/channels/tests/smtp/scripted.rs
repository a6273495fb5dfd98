//! A server that follows a script, one list of steps per connection.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

/// One thing the server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Says this, with CRLF added.
    Say(&'static str),
    /// Says this and does not end the line; after a while, as slow servers do.
    Mutter(&'static str),
    /// Reads one line and insists on how it begins.
    Expect(&'static str),
    /// Reads a message up to its final dot.
    Body,
    /// Reads this many lines of a message and no more.
    BodyLines(usize),
    /// Reads and ignores everything from here on, saying nothing.
    Silence,
    /// Stops reading and says nothing.
    Stall,
    /// Closes the connection.
    Close,
    /// Tears the connection down: what is on its way is lost.
    Reset,
    /// Insists that the client has sent nothing beyond what was read so far.
    NothingMore,
    /// Insists that the client leaves without another word.
    Gone,
    /// Reads `BDAT` and its octets.
    Chunk,
    /// Upgrades to TLS.
    StartTls,
}

/// The dialogue up to `354`, for scripts that misbehave later.
pub fn greeting() -> Vec<Step> {
    vec![Step::Say("220 scripted ESMTP"), Step::Expect("EHLO sender.test"), Step::Say("250-scripted\r\n250 8BITMIME")]
}

/// `MAIL`, `RCPT` and `DATA`, all taken.
pub fn envelope() -> Vec<Step> {
    vec![
        Step::Expect("MAIL FROM:"),
        Step::Say("250 2.1.0 Ok"),
        Step::Expect("RCPT TO:"),
        Step::Say("250 2.1.5 Ok"),
        Step::Expect("DATA"),
        Step::Say("354 go ahead"),
    ]
}

/// Joins parts of a script.
pub fn script(parts: &[&[Step]]) -> Vec<Step> {
    parts.concat()
}

pub struct Scripted {
    pub port: u16,
    /// What went wrong in a script: an expectation that was not met.
    pub complaints: Arc<Mutex<Vec<String>>>,
    /// Connections so far.
    pub connections: Arc<Mutex<usize>>,
    /// Connections that are still served.
    open: watch::Sender<usize>,
}

impl Scripted {
    /// Serves connection after connection, the n-th by the n-th script; more are closed at once.
    pub async fn start(scripts: Vec<Vec<Step>>) -> Scripted {
        Self::start_with(scripts, None, false).await
    }

    pub async fn start_with(scripts: Vec<Vec<Step>>, tls: Option<TlsAcceptor>, implicit: bool) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (complain, count) = (complaints.clone(), connections.clone());
        let open = watch::Sender::new(0);
        let served = open.clone();
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter();
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let steps = scripts.next().unwrap_or_default();
                let (tls, complain, served) = (tls.clone(), complain.clone(), served.clone());
                served.send_modify(|open| *open += 1);
                tokio::spawn(async move {
                    if let Err(complaint) = serve(stream, steps, tls, implicit).await {
                        complain.lock().unwrap().push(complaint);
                    }
                    served.send_modify(|open| *open -= 1);
                });
            }
        });
        Scripted { port, complaints, connections, open }
    }

    /// Waits until every connection has come to the end of its script.
    pub async fn settled(&self) {
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }

    /// Everything the client did was what the scripts expected.
    pub fn assert_followed(&self) {
        let complaints = self.complaints.lock().unwrap();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}

async fn serve(tcp: TcpStream, steps: Vec<Step>, tls: Option<TlsAcceptor>, implicit: bool) -> Result<(), String> {
    match tls {
        Some(acceptor) if implicit => match acceptor.accept(tcp).await {
            Ok(stream) => talk(BufReader::new(stream), &steps).await.map(drop),
            Err(_) => Ok(()), // a client that does not trust us says so by leaving
        },
        Some(acceptor) => {
            let upgrade = steps.iter().position(|step| matches!(step, Step::StartTls)).unwrap_or(steps.len());
            let (before, after) = steps.split_at(upgrade);
            let plain = talk(BufReader::new(tcp), before).await?;
            if after.is_empty() {
                return Ok(());
            }
            match acceptor.accept(plain.into_inner()).await {
                Ok(stream) => talk(BufReader::new(stream), &after[1..]).await.map(drop),
                Err(_) => Ok(()),
            }
        }
        None => {
            let mut tcp = tcp;
            match talk(BufReader::new(&mut tcp), &steps).await.map(drop) {
                Err(reset) if reset == RESET => {
                    let _ = tcp.set_zero_linger();
                    Ok(())
                }
                done => done,
            }
        }
    }
}

/// How [`talk`] asks for the connection to be torn down.
const RESET: &str = "reset";

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    steps: &[Step],
) -> Result<BufReader<S>, String> {
    for step in steps {
        match step {
            Step::Say(line) => {
                let _ = stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await;
                let _ = stream.get_mut().flush().await;
            }
            Step::Mutter(piece) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let _ = stream.get_mut().write_all(piece.as_bytes()).await;
            }
            Step::Expect(start) => {
                let line = line(&mut stream).await;
                if !line.starts_with(start) {
                    return Err(format!("expected {start:?}, got {line:?}"));
                }
            }
            Step::Body => while !matches!(line(&mut stream).await.as_str(), ".\r\n" | "") {},
            Step::BodyLines(count) => {
                for _ in 0..*count {
                    line(&mut stream).await;
                }
            }
            Step::Silence => while !line(&mut stream).await.is_empty() {},
            Step::Stall => tokio::time::sleep(Duration::from_secs(30)).await,
            Step::Close => {
                let _ = stream.get_mut().shutdown().await;
                return Ok(stream);
            }
            Step::Reset => return Err(RESET.to_owned()),
            Step::NothingMore => {
                if !stream.buffer().is_empty() {
                    return Err(format!("too early: {:?}", String::from_utf8_lossy(stream.buffer())));
                }
            }
            Step::Gone => {
                let line = line(&mut stream).await;
                if !line.is_empty() {
                    return Err(format!("expected the end, got {line:?}"));
                }
            }
            Step::Chunk => {
                let command = line(&mut stream).await;
                let size = command.strip_prefix("BDAT ").and_then(|rest| rest.strip_suffix(" LAST\r\n"));
                let Some(size) = size.and_then(|size| size.parse().ok()) else {
                    return Err(format!("expected BDAT, got {command:?}"));
                };
                let mut chunk = vec![0; size];
                stream.read_exact(&mut chunk).await.map_err(|error| error.to_string())?;
            }
            Step::StartTls => unreachable!("handled where the stream is owned"),
        }
    }
    Ok(stream)
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> String {
    let mut line = Vec::new();
    let _ = stream.read_until(b'\n', &mut line).await;
    String::from_utf8_lossy(&line).into_owned()
}
