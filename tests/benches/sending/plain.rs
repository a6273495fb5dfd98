//! The least that work in a database can cost: the same rows written by plain statements in the engine's own program,
//! `sqlite3` or `psql`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use muster_db::Engine;

/// A database that is reached by its own program.
pub struct Plain {
    engine: Engine,
    /// Where it is, as the program wants it.
    place: String,
}

/// Rows of one run that are leased and marked.
pub struct Rows {
    pub workspace: i64,
    pub run: i64,
    pub first: i64,
    pub count: i64,
    /// Rows of a lease.
    pub chunk: i64,
    /// Rows that are noted in their lease at a time; none: the lease alone says it.
    pub window: Option<i64>,
}

impl Plain {
    /// The database of an address as Muster writes it.
    pub fn new(engine: Engine, url: &str) -> Self {
        Self { engine, place: url.strip_prefix("sqlite:").unwrap_or(url).to_owned() }
    }

    /// Seconds that the program takes for a text of statements.
    pub fn run(&self, text: &str) -> f64 {
        // What the product sets as well.
        let (mut program, settings) = match self.engine {
            Engine::Sqlite => (
                Command::new("sqlite3"),
                "PRAGMA busy_timeout = 30000; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA temp_store = memory;",
            ),
            Engine::Postgres => {
                let mut psql = Command::new("psql");
                psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
                (psql, "SET muster.tenant_id = '0';")
            }
        };
        if self.engine == Engine::Sqlite {
            program.arg("-bail");
        }
        let begun = Instant::now();
        let mut child =
            program.arg(&self.place).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program");
        let mut input = child.stdin.take().expect("its input");
        input.write_all(format!("{settings}\n{text}\n").as_bytes()).expect("it reads");
        drop(input);
        assert!(child.wait().expect("its end").success(), "the plain statements failed");
        begun.elapsed().as_secs_f64()
    }

    /// Everybody of the segment, under a run that there is not.
    pub fn launch(&self, workspace: i64) -> f64 {
        self.run(&format!(
            "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no)
             SELECT 0, row_number() OVER (ORDER BY id), tenant_id, id, 1, 0 FROM customers WHERE tenant_id = {workspace} AND erased_at IS NULL AND tier = 'Gold';"
        ))
    }

    /// A lease and a mark for every chunk, in the transactions that the engine makes of them.
    pub fn lease_and_mark(&self, rows: &Rows) -> f64 {
        let Rows { workspace, run, .. } = rows;
        let begin = if self.engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        let uuid = match self.engine {
            Engine::Sqlite => "X'00000000000000000000000000000001'",
            Engine::Postgres => "'00000000-0000-0000-0000-000000000001'",
        };
        let end = rows.first + rows.count;
        let (mut text, mut held) = (String::new(), None);
        let mut first = rows.first;
        loop {
            let last = (first + rows.chunk).min(end) - 1;
            writeln!(text, "{begin};").expect("memory");
            if let Some((from, to)) = held.take() {
                let n = to - from + 1;
                writeln!(
                    text,
                    "DELETE FROM send_leases WHERE run_id = {run} AND first_seq = {from};
                     UPDATE run_recipients SET status = 2, attempts = 1, content_no = 1, choice = 0, sent_at = 1, delivered_at = 1
                     WHERE run_id = {run} AND seq BETWEEN {from} AND {to} AND status = 0;
                     UPDATE run_stats SET sent = sent + {n}, delivered = delivered + {n} WHERE run_id = {run} AND variant_no = 0;"
                )
                .expect("memory");
            }
            if first >= end {
                text.push_str("COMMIT;\n");
                return self.run(&text);
            }
            writeln!(
                text,
                "UPDATE campaign_runs SET next_seq = {last} + 1 WHERE id = {run};
                 INSERT INTO send_leases (tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at, noted_seq)
                 VALUES ({workspace}, {run}, 'fresh', {first}, {last}, {uuid}, {uuid}, 1, 0);
                 COMMIT;"
            )
            .expect("memory");
            for noted in
                rows.window.iter().flat_map(|window| (first..=last).step_by(usize::try_from(*window).unwrap_or(1)))
            {
                writeln!(
                    text,
                    "UPDATE send_leases SET noted_seq = {noted} WHERE run_id = {run} AND first_seq = {first};"
                )
                .expect("memory");
            }
            held = Some((first, last));
            first = last + 1;
        }
    }
}
