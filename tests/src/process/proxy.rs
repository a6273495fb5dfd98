//! The network between a node and its database, which a test can break.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A TCP proxy on loopback to one server.
pub struct Proxy {
    pub address: SocketAddr,
    network: Arc<Network>,
}

/// The message `Sync` of PostgreSQL's protocol.
const SYNC: &[u8] = b"S\0\0\0\x04";

/// What the network does at the moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everything passes.
    Whole,
    /// Nothing passes and nobody is told: what was sent waits, as it would for TCP's next try.
    Silent,
    /// Connections end, and new ones with them.
    Cut,
}

#[derive(Clone, Copy)]
struct Now {
    state: State,
    /// Connections made before this many are silent for ever.
    forgotten: u64,
    /// Connections made so far.
    made: u64,
    /// The answer to the next commit of a transaction that says this is lost.
    loses: Option<&'static str>,
    /// Whether everything is cut with it.
    then_cut: bool,
    lost: u64,
    /// How often a client waited for all that it had asked.
    syncs: u64,
}

struct Network {
    now: Mutex<Now>,
    changed: Condvar,
    /// Both ends of what is open.
    open: Mutex<Vec<TcpStream>>,
}

/// One connection.
struct Link {
    number: u64,
    /// Whether its transaction has said what the network waits for.
    has_said: AtomicBool,
    /// Whether what the server says next gets lost.
    loses: AtomicBool,
}

impl Proxy {
    /// Passes connections on to a port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let now = Now { state: State::Whole, forgotten: 0, made: 0, loses: None, then_cut: false, lost: 0, syncs: 0 };
        let network = Arc::new(Network { now: Mutex::new(now), changed: Condvar::new(), open: Mutex::default() });
        let proxy = Self { address: listener.local_addr().expect("an address"), network: Arc::clone(&network) };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let network = Arc::clone(&network);
                std::thread::spawn(move || {
                    // A connection that breaks is what the test is about.
                    let _ = network.connect(client, port);
                });
            }
        });
        proxy
    }

    /// Ends all connections and every new one at once.
    pub fn cut(&self) {
        self.network.cut();
    }

    /// Swallows everything without a word.
    pub fn fall_silent(&self) {
        self.network.become_(|now| now.state = State::Silent);
    }

    /// Lets everything pass again, first what waited.
    pub fn heal(&self) {
        self.network.become_(|now| now.state = State::Whole);
    }

    /// Loses what it knew of the connections that are open, as a firewall does: they are silent for ever, new ones work.
    pub fn forget(&self) {
        self.network.become_(|now| now.forgotten = now.made + 1);
    }

    /// Loses the answer to the next commit of a transaction in which the client said `words`, and ends its connection.
    pub fn lose_commit_with(&self, words: &'static str) {
        self.network.become_(|now| now.loses = Some(words));
    }

    /// The same, and everything is cut with it: the node cannot ask what became of it.
    pub fn lose_commit_and_cut_with(&self, words: &'static str) {
        self.network.become_(|now| (now.loses, now.then_cut) = (Some(words), true));
    }

    /// How often clients said `Sync`, which ends what is bound and executed, and is all that a ping says.
    pub fn syncs(&self) -> u64 {
        self.network.now().syncs
    }

    /// How many commits have lost their answer.
    pub fn lost(&self) -> u64 {
        self.network.now().lost
    }
}

impl Network {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.now());
        self.changed.notify_all();
    }

    fn cut(&self) {
        self.become_(|now| now.state = State::Cut);
        for end in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Waits while the network is silent; an error when it is cut.
    fn pass(&self, link: u64) -> std::io::Result<()> {
        let is_silent = |now: &mut Now| match now.state {
            State::Whole => link < now.forgotten,
            State::Silent => true,
            State::Cut => false,
        };
        let now = self.changed.wait_while(self.now(), is_silent).unwrap_or_else(PoisonError::into_inner);
        if now.state == State::Cut { Err(std::io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    fn connect(self: &Arc<Self>, client: TcpStream, port: u16) -> std::io::Result<()> {
        let mut number = 0;
        self.become_(|now| {
            now.made += 1;
            number = now.made;
        });
        self.pass(number)?;
        let server = TcpStream::connect(("127.0.0.1", port))?;
        for end in [&client, &server] {
            end.set_nodelay(true)?;
            self.open.lock().unwrap_or_else(PoisonError::into_inner).push(end.try_clone()?);
        }
        let link = Arc::new(Link { number, has_said: AtomicBool::new(false), loses: AtomicBool::new(false) });
        let (network, asker) = (Arc::clone(self), Arc::clone(&link));
        let (from, to) = (client.try_clone()?, server.try_clone()?);
        std::thread::spawn(move || network.carry(from, to, asker.number, |bytes| network.asked(&asker, bytes)));
        self.carry(server, client, number, |_| self.answered(&link));
        Ok(())
    }

    /// Carries what one end says to the other, and its end too; `says` hears it first and may end the connection.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream, link: u64, says: impl Fn(&[u8]) -> bool) {
        let mut bytes = [0; 16 * 1024];
        loop {
            let read = from.read(&mut bytes).unwrap_or(0);
            if self.pass(link).is_err() || read == 0 {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            if !says(&bytes[..read]) {
                let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
                return;
            }
            if to.write_all(&bytes[..read]).is_err() {
                return;
            }
        }
    }

    /// What a client says to the server.
    fn asked(&self, link: &Link, bytes: &[u8]) -> bool {
        let says = |words: &str| bytes.windows(words.len()).any(|part| part == words.as_bytes());
        let mut now = self.now();
        now.syncs += bytes.windows(SYNC.len()).filter(|part| *part == SYNC).count() as u64;
        let Some(words) = now.loses else { return true };
        if says("BEGIN") {
            link.has_said.store(false, Ordering::SeqCst);
        }
        if says(words) {
            link.has_said.store(true, Ordering::SeqCst);
        }
        if says("COMMIT") && link.has_said.load(Ordering::SeqCst) {
            now.loses = None;
            link.loses.store(true, Ordering::SeqCst);
        }
        true
    }

    /// What the server says: it answers a commit when it has done it.
    fn answered(&self, link: &Link) -> bool {
        let is_lost = link.loses.load(Ordering::SeqCst);
        if is_lost && std::mem::take(&mut self.now().then_cut) {
            self.cut();
        }
        self.now().lost += u64::from(is_lost);
        !is_lost
    }
}
