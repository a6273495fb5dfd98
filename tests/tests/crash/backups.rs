//! A backup is made while a campaign is being sent, and put back: nothing is sent twice by itself, and nothing is lost.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use muster_tests::database::with_database;
use muster_tests::process::{Home, RECIPIENTS, home::program, until};
use muster_tests::smtp_sink::SmtpSink;
use serde_json::json;

use crate::verdict::{CONNECTIONS, arrivals, nothing_is_lost_or_repeated};

/// What may be leased at one moment: four chunks.
const LEASED: i64 = 4 * 500;

fn run(home: &Home, arguments: &[&str], file: &Path) -> Output {
    let mut command = Command::new(program());
    command.arg(arguments[0]).arg("--data-dir").arg(&home.dir).args(&arguments[1..]).arg(file);
    command.output().expect("the server's program")
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Some messages have arrived, and others are on their way; it stays so until the sink lets go.
fn until_in_the_middle(sink: &SmtpSink) {
    until("it is being sent", || sink.count() > 300);
    sink.hold();
    until("some are on their way", || sink.waiting() > 0);
}

/// The file that a backup without a name was written to.
fn only_backup(home: &Home) -> PathBuf {
    let mut files = std::fs::read_dir(home.dir.join("backups")).expect("a folder");
    files.next().expect("a backup").expect("a file").path()
}

#[test]
fn what_was_sent_after_a_backup_is_not_sent_again_by_itself() {
    let sink = SmtpSink::start(Duration::from_millis(2));
    let dir = tempfile::tempdir().unwrap();
    let home = Home::init(dir.path(), None);
    let mut server = home.serve();
    let campaign = home.prepare(&server, sink.address.port(), CONNECTIONS);
    server.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({}));
    until_in_the_middle(&sink);
    let made = Command::new(program()).args(["backup", "--data-dir"]).arg(&home.dir).output().unwrap();
    assert!(done(&made).contains("3000 messages"), "it is read from end to end");
    let backup = only_backup(&home);
    sink.release(0);
    let refused = run(&home, &["restore", "--from"], &backup);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("stop it first"));
    server.until_finished(&campaign);
    server.kill();
    assert_eq!(i64::try_from(sink.arrivals().len()), Ok(RECIPIENTS));

    // Its key is elsewhere, as that of a desktop is.
    let (key, elsewhere) = (home.dir.join("muster.key"), dir.path().join("muster.key"));
    std::fs::rename(&key, &elsewhere).unwrap();
    let said = done(&run(&home, &["restore", "--from"], &backup));
    std::fs::rename(&elsewhere, &key).unwrap();
    assert!(said.contains("paused: Gold") && said.contains("before-restore-"), "{said}");
    let server = home.serve();
    let state = || server.get(&format!("/api/v1/campaigns/{campaign}/live"));
    until("what was leased is in doubt", || state()["counters"]["unknown"].as_i64() > Some(0));
    let counters = server.balanced(&campaign);
    assert!(counters["pending"].as_i64() > Some(0), "the backup is of the middle: {counters}");
    assert_eq!(state()["status"], "paused");
    let shown = server.get(&format!("/api/v1/campaigns/{campaign}"));
    assert!(shown["pausedReason"].as_str().is_some_and(|why| why.starts_with("Restored from a backup of ")), "{shown}");
    server.post(&format!("/api/v1/campaigns/{campaign}/cancel"), json!({}));
    server.balanced(&campaign);
    assert!(arrivals(&campaign, &sink).values().all(|times| *times == 1), "nobody got it twice");
}

#[test]
fn where_nothing_was_sent_after_it_a_campaign_goes_on_on_sqlite() {
    goes_on(None);
}

#[test]
fn where_nothing_was_sent_after_it_a_campaign_goes_on_on_postgres() {
    let server =
        std::env::var("MUSTER_TEST_PG_URL").expect("PostgreSQL tests run as: scripts/with-postgres.sh cargo test");
    goes_on(Some(&server));
}

/// The machine breaks while it sends; another one goes on with a copy of the database.
fn goes_on(postgres: Option<&str>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = |name: &str| {
        let server = postgres?;
        let name = format!("muster_{name}_{}", std::process::id());
        runtime.block_on(muster_db::admin::create_database(server, &name, None)).unwrap();
        Some(with_database(server, &name))
    };
    let sink = SmtpSink::start(Duration::from_millis(2));
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = Home::init(dir.path(), database("backed_up").as_deref());
    let mut server = home.serve();
    let campaign = home.prepare(&server, sink.address.port(), CONNECTIONS);
    server.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({}));
    until_in_the_middle(&sink);
    server.kill();
    sink.release(0);
    let backup = dir.path().join("muster-20261122T023000Z.copy");
    done(&run(&home, &["backup", "--to"], &backup));
    assert!(!run(&home, &["backup", "--to"], &backup).status.success(), "nothing is written over");

    let new = match database("restored") {
        Some(url) => home.another(&other.path().join("home"), &url),
        None => home.on_new_machine(&other.path().join("home")),
    };
    if postgres.is_some() {
        let (key, elsewhere) = (new.dir.join("muster.key"), dir.path().join("muster.key"));
        std::fs::rename(&key, &elsewhere).unwrap();
        let refused = run(&new, &["restore", "--from"], &backup);
        std::fs::rename(&elsewhere, &key).unwrap();
        assert!(String::from_utf8_lossy(&refused.stderr).contains("no muster.key"), "its address is sealed");
    }
    done(&run(&new, &["restore", "--from"], &backup));
    let server = new.serve();
    let state = || server.get(&format!("/api/v1/campaigns/{campaign}/live"));
    until("what was leased is in doubt", || state()["counters"]["unknown"].as_i64() > Some(0));
    server.post(&format!("/api/v1/campaigns/{campaign}/resume"), json!({}));
    server.until_finished(&campaign);
    nothing_is_lost_or_repeated(&server, &campaign, &sink, LEASED);
}
