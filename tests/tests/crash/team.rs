//! Several nodes on one PostgreSQL, which send one campaign together.

use std::time::Duration;

use muster_db::{Db, Tx, admin};
use muster_tests::process::{Cluster, Home, Proxy, RECIPIENTS, Server, until};
use muster_tests::smtp_sink::SmtpSink;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::verdict::{CONNECTIONS, nothing_is_lost_or_repeated};

/// An installation of several nodes. Its first node starts the campaign; the test starts the others.
pub struct Team {
    pub homes: Vec<Home>,
    pub sink: SmtpSink,
    pub campaign: String,
    pub rows: Rows,
    /// What every second node reaches the database by.
    pub proxy: Proxy,
    pub cluster: Cluster,
    _dir: tempfile::TempDir,
}

impl Team {
    /// An installation with a campaign that nobody has started.
    pub fn new(nodes: usize) -> (Self, Server) {
        let cluster = Cluster::start();
        let proxy = Proxy::to(cluster.port);
        let sink = SmtpSink::start(Duration::from_millis(2));
        let dir = tempfile::tempdir().unwrap();
        let first = Home::init(dir.path(), Some(&cluster.url()));
        let mut homes = vec![first.clone()];
        for n in 1..nodes {
            let port = if n == 1 { proxy.address.port() } else { cluster.port };
            homes.push(first.another(&dir.path().join(n.to_string()), &cluster.url_through(port)));
        }
        let server = first.serve();
        let campaign = first.prepare(&server, sink.address.port(), CONNECTIONS);
        let rows = Rows::open(&cluster.url());
        (Self { homes, sink, campaign, rows, proxy, cluster, _dir: dir }, server)
    }

    /// All nodes at work on the campaign.
    pub fn at_work(nodes: usize) -> (Self, Vec<Server>) {
        let (team, first) = Self::new(nodes);
        let mut servers = vec![first];
        servers.extend(team.homes[1..].iter().map(Home::serve));
        // A node looks for work every few seconds: the first one is held up until the others have found it.
        team.sink.hold();
        team.start(&servers[0]);
        until("every node sends", || {
            team.rows.number("SELECT COUNT(DISTINCT node_id) FROM send_leases") == i64::try_from(nodes).unwrap()
        });
        team.sink.release(0);
        (team, servers)
    }

    /// Starts the campaign.
    pub fn start(&self, server: &Server) {
        server.post(&format!("/api/v1/campaigns/{}/start", self.campaign), json!({}));
    }

    /// Waits until so many messages have arrived.
    pub fn until_arrived(&self, messages: usize) {
        until("messages arrive", || self.sink.count() >= messages);
    }

    /// How many messages are listed as unknown.
    pub fn unknown(&self) -> i64 {
        self.rows.number("SELECT COUNT(*) FROM run_recipients WHERE status = 10")
    }

    /// Waits until everything that arrived is marked as sent, so that only what did not is still in doubt.
    pub fn until_true(&self) {
        until("the truth is written", || self.unknown() + i64::try_from(self.sink.count()).unwrap() == RECIPIENTS);
    }

    /// Leases that a node holds, and messages under them.
    pub fn held_by(&self, node: usize) -> i64 {
        let node = self.homes[node].node();
        self.rows.number(&format!(
            "SELECT CAST(COALESCE(SUM(last_seq - first_seq + 1), 0) AS BIGINT) FROM send_leases WHERE node_id = '{node}'"
        ))
    }

    /// Of those, how many may have left and are not known to have: a node that died would leave them in doubt.
    pub fn in_doubt(&self, node: usize) -> i64 {
        let node = self.homes[node].node();
        self.rows.number(&format!(
            "SELECT CAST(COALESCE(SUM(LEAST(last_seq, noted_seq) - GREATEST(first_seq - 1, done_seq)), 0) AS BIGINT)
             FROM send_leases WHERE node_id = '{node}' AND noted_seq > 0"
        ))
    }

    /// A minute goes by in which a node does not renew its leases.
    pub fn let_leases_of(&self, node: usize) {
        let node = self.homes[node].node();
        self.rows.script(&format!("UPDATE send_leases SET expires_at = 0 WHERE node_id = '{node}'"));
    }

    /// Waits until nothing but leases of dead nodes keeps the campaign from its end, and lets their minute go by.
    pub fn until_finished(&self, server: &Server) {
        let position = || self.rows.number("SELECT SUM(sent + failed + unknown)::bigint FROM run_stats");
        let is_running = || self.rows.number("SELECT COUNT(*) FROM campaigns WHERE status = 'running'") > 0;
        let (mut last, mut since) = (position(), std::time::Instant::now());
        until("the campaign is finished", || {
            let now = position();
            if now != last {
                (last, since) = (now, std::time::Instant::now());
            } else if since.elapsed() > Duration::from_secs(7) {
                // Longer than any node sleeps: whoever holds a lease now does not know of it.
                self.rows.script("UPDATE send_leases SET expires_at = 0");
                since = std::time::Instant::now();
            }
            !is_running()
        });
        server.until_finished(&self.campaign);
    }

    /// See [`nothing_is_lost_or_repeated`].
    #[track_caller]
    pub fn check(&self, server: &Server, most_unknown: i64) -> i64 {
        nothing_is_lost_or_repeated(server, &self.campaign, &self.sink, most_unknown)
    }
}

/// The rows themselves, past every node.
pub struct Rows {
    runtime: Runtime,
    db: Db,
}

impl Rows {
    /// Those of a database.
    pub fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let db = runtime.block_on(Db::open(url)).unwrap();
        Self { runtime, db }
    }

    /// A whole number out of a query.
    pub fn number(&self, query: &str) -> i64 {
        self.runtime.block_on(async {
            let mut tx = self.db.read_all().await.unwrap();
            admin::number(&mut tx, query).await.unwrap_or_else(|error| panic!("{error}\n{query}"))
        })
    }

    /// Lets go of the database.
    pub fn close(self) {
        self.runtime.block_on(self.db.close());
    }

    /// Changes rows.
    pub fn script(&self, text: &str) {
        let tx = self.begin(text);
        self.end(tx);
    }

    /// Runs statements in a transaction that stays open.
    pub fn begin(&self, text: &str) -> Tx {
        self.runtime.block_on(async {
            let mut tx = self.db.write_all().await.unwrap();
            admin::script(&mut tx, text).await.unwrap_or_else(|error| panic!("{error}\n{text}"));
            tx
        })
    }

    /// Ends it.
    pub fn end(&self, tx: Tx) {
        self.runtime.block_on(tx.commit()).unwrap();
    }
}
