//! Runs by turns with postfix's generator on the same sink: this machine's speed changes, ratios hardly do.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    cpu,
    send::{self, Client, Load, Result},
};

/// postfix's `smtp-sink`, which forgets what it takes.
struct Sink {
    process: Child,
    port: u16,
}

impl Sink {
    fn start() -> Sink {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let process = Command::new("/usr/sbin/smtp-sink")
            .args(["-u", "root", &format!("127.0.0.1:{port}"), "1000"])
            .stdin(Stdio::null())
            .spawn()
            .expect("smtp-sink of Debian's postfix package");
        let sink = Sink { process, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return sink;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("smtp-sink did not open its port");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// postfix's `smtp-source`, which keeps its connections open (`-d`).
fn smtp_source(port: u16, load: &Load) -> Result {
    let (cpu, start) = (cpu::seconds().1, Instant::now());
    let status = Command::new("/usr/sbin/smtp-source")
        .args(["-d", "-l", &load.bytes.to_string(), "-m", &load.messages.to_string()])
        .args(["-s", &load.connections.to_string(), &format!("127.0.0.1:{port}")])
        .status()
        .expect("smtp-source of Debian's postfix package");
    assert!(status.success(), "smtp-source: {status}");
    let (cpu, taken) = (cpu::seconds().1 - cpu, start.elapsed().as_secs_f64());
    let messages = load.messages as f64;
    Result { messages_per_s: messages / taken, cpu_us: cpu * 1e6 / messages }
}

pub fn compare(rounds: usize) {
    let sink = Sink::start();
    for (bytes, messages) in [(2048, 100_000), (30_000, 25_000)] {
        let load = |client, threads| Load { messages, bytes, connections: 10, threads, chunks_in_flight: 4, client };
        let mut runs: [Vec<Result>; 4] = Default::default();
        for _ in 0..rounds {
            runs[0].push(smtp_source(sink.port, &load(Client::Bulk, 1)));
            runs[1].push(send::run("127.0.0.1", sink.port, &load(Client::Bulk, 1)));
            runs[2].push(send::run("127.0.0.1", sink.port, &load(Client::Bulk, 2)));
            runs[3].push(send::run("127.0.0.1", sink.port, &load(Client::Lettre, 1)));
        }
        println!("{bytes} octets, 10 connections, medians of {rounds}");
        let medians = runs.map(|of_one| median(&of_one));
        for (name, result) in ["smtp-source", "bulk", "bulk, 2 threads", "lettre"].iter().zip(&medians) {
            let (rate, cost) = (result.messages_per_s / medians[0].messages_per_s, result.cpu_us / medians[0].cpu_us);
            println!("  {name:16} {result}   {rate:.2} × rate, {cost:.2} × CPU");
        }
    }
}

fn median(runs: &[Result]) -> Result {
    let middle = |figure: fn(&Result) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Result { messages_per_s: middle(|run| run.messages_per_s), cpu_us: middle(|run| run.cpu_us) }
}
