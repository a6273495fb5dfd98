//! One node: kill -9 in the middle of sending, ten times; and once with the notes of what had left gone.

use std::time::Duration;

use muster_tests::database::with_database;
use muster_tests::process::{Home, until};
use muster_tests::smtp_sink::SmtpSink;
use serde_json::json;

use crate::team::Rows;
use crate::verdict::{CONNECTIONS, DOUBT, nothing_is_lost_or_repeated};

const KILLS: u64 = 10;

#[test]
fn nothing_is_lost_or_repeated_on_sqlite() {
    survive(None);
}

#[test]
fn nothing_is_lost_or_repeated_on_postgres() {
    let server =
        std::env::var("MUSTER_TEST_PG_URL").expect("PostgreSQL tests run as: scripts/with-postgres.sh cargo test");
    let name = format!("muster_crash_{}", std::process::id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(muster_db::admin::create_database(&server, &name, None)).unwrap();
    survive(Some(&with_database(&server, &name)));
}

fn survive(database: Option<&str>) {
    let sink = SmtpSink::start(Duration::from_millis(2));
    let dir = tempfile::tempdir().unwrap();
    let home = Home::init(dir.path(), database);
    let mut server = home.serve();
    let campaign = home.prepare(&server, sink.address.port(), CONNECTIONS);
    server.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({}));
    // SplitMix64, seeded: the moments differ, the test does not.
    let mut seed = 42_u64;
    for kill in 0..KILLS {
        seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(kill);
        std::thread::sleep(Duration::from_millis(60 + (seed >> 40) % 250));
        server.kill();
        server = home.serve();
    }
    server.until_finished(&campaign);
    nothing_is_lost_or_repeated(&server, &campaign, &sink, DOUBT * i64::try_from(KILLS).unwrap());
}

/// The file beside the database that says how far a lease has come.
#[test]
fn without_its_notes_everything_that_a_node_had_leased_is_in_doubt() {
    let sink = SmtpSink::start(Duration::from_millis(2));
    let dir = tempfile::tempdir().unwrap();
    let home = Home::init(dir.path(), None);
    let mut server = home.serve();
    let campaign = home.prepare(&server, sink.address.port(), CONNECTIONS);
    server.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({}));
    until("messages arrive", || sink.count() >= 600);
    server.kill();
    let database = home.dir.join("muster.db");
    let rows = Rows::open(&format!("sqlite:{}", database.display()));
    let leased = rows.number(
        "SELECT COUNT(*) FROM run_recipients r WHERE r.status = 0
         AND EXISTS (SELECT 1 FROM send_leases l WHERE l.run_id = r.run_id AND r.seq BETWEEN l.first_seq AND l.last_seq)",
    );
    rows.close();
    assert!(leased > DOUBT, "more is leased than is ever in the air: {leased}");
    std::fs::remove_file(home.dir.join("muster.db-notes")).unwrap();

    server = home.serve();
    server.until_finished(&campaign);
    let unknown = nothing_is_lost_or_repeated(&server, &campaign, &sink, leased);
    assert_eq!(unknown, leased, "nobody knows what of it had left");
}
