//! Large files, and what comes of them when a server or a node dies in the middle: the whole file or none, and no remains.

use std::path::{Path, PathBuf};

use muster_tests::file_servers::{FtpServer, PASSWORD, SftpServer, USER, parts};
use muster_tests::process::{Home, Server, until};
use reqwest::Method;
use serde_json::{Value, json};

/// Bytes of a file that is cut: more than all buffers on the way hold.
const CUT: u64 = 32 << 20;
/// So much of it has to be there before it is cut.
const BEGUN: u64 = 512 << 10;

const LARGE: u64 = 200 << 20;
/// Of 200 MiB of zeros, summed up by another program.
const LARGE_SHA256: &str = "72abf2ca8f36943ebe2e49ca3a51d409ca5f0bfcffab6c9d25643c17c32889da";
/// Memory that moving files may take beyond what a server has anyway, in megabytes.
const ROOM_MB: u64 = 64;

#[test]
fn large_files_are_moved_in_little_memory() {
    let place = Place::new();
    place.make("large.bin", LARGE);
    let (ftp, sftp) = (FtpServer::start(&place.remote), SftpServer::start(&place.remote));
    let server = place.serve();
    // What the first job of all needs is not what files take.
    let small = place.run(&server, "small", json!({}), local("small.bin"), local("copy.bin"));
    place.ends(&server, &small, "success");
    let before = server.peak_memory_mb();
    for (name, remote) in [("ftp", on_ftp(&ftp, "large.bin")), ("sftp", on_sftp(&sftp, "large.bin"))] {
        for (source, target) in [(local("large.bin"), remote.clone()), (remote, local("back.bin"))] {
            let code = format!("{name}-{}", target["type"].as_str().unwrap());
            let told = place.ends(&server, &place.run(&server, &code, json!({}), source, target), "success");
            let output = &told["steps"][0]["output"];
            assert_eq!(
                (output["bytes"].clone(), output["sha256"].clone()),
                (json!(LARGE), json!(LARGE_SHA256)),
                "{told:#}"
            );
        }
        assert_eq!(std::fs::metadata(place.files().join("back.bin")).unwrap().len(), LARGE);
        std::fs::remove_file(place.remote.join("large.bin")).unwrap();
    }
    let after = server.peak_memory_mb();
    assert!(after < before + ROOM_MB, "{before} MB before, {after} MB after");
}

#[test]
fn a_server_that_dies_in_the_middle_is_tried_again() {
    let place = Place::new();
    place.make("file.bin", CUT);
    let server = place.serve();
    let again = json!({ "on_failure_action": "retry", "retry_count": 50, "retry_delay_seconds": 1 });

    let mut ftp = FtpServer::start(&place.remote);
    ftp.slow(true);
    let sent = place.run(&server, "send", again.clone(), local("file.bin"), on_ftp(&ftp, "sent.bin"));
    until("it is on its way", || begun(&place.remote));
    ftp.kill();
    place.fails_once(&server, &sent);
    assert!(!place.remote.join("sent.bin").exists());
    ftp.slow(false);
    ftp.restart();
    place.ends(&server, &sent, "success");
    assert!(is_whole(&place.remote.join("sent.bin")) && parts(&place.remote).is_empty());

    let mut sftp = SftpServer::start(&place.remote);
    sftp.slow(true);
    let fetched = place.run(&server, "fetch", again, on_sftp(&sftp, "sent.bin"), local("in/fetched.bin"));
    until("it is on its way", || begun(&place.files().join("in")));
    sftp.kill();
    place.fails_once(&server, &fetched);
    assert!(!place.files().join("in/fetched.bin").exists());
    sftp.slow(false);
    sftp.restart();
    place.ends(&server, &fetched, "success");
    assert!(is_whole(&place.files().join("in/fetched.bin")) && parts(&place.files().join("in")).is_empty());
}

#[test]
fn a_node_that_dies_in_the_middle_leaves_no_half_of_a_file() {
    let place = Place::new();
    place.make("file.bin", CUT);
    let mut server = place.serve();
    let (ftp, sftp) = (FtpServer::start(&place.remote), SftpServer::start(&place.remote));
    std::fs::write(place.remote.join("fetch.bin"), vec![0; usize::try_from(CUT).unwrap()]).unwrap();
    std::fs::create_dir(place.remote.join("up")).unwrap();
    let ways = [
        ("ftp-up", local("file.bin"), on_ftp(&ftp, "up/ftp.bin")),
        ("sftp-up", local("file.bin"), on_sftp(&sftp, "up/sftp.bin")),
        ("ftp-down", on_ftp(&ftp, "fetch.bin"), local("down/ftp.bin")),
        ("sftp-down", on_sftp(&sftp, "fetch.bin"), local("down/sftp.bin")),
    ];
    for (code, source, target) in ways {
        ftp.slow(true);
        sftp.slow(true);
        let (folder, path) = match target["type"].as_str() {
            Some("local") => (place.files().join("down"), place.files().join(target["path"].as_str().unwrap())),
            _ => (place.remote.join("up"), place.remote.join(target["path"].as_str().unwrap())),
        };
        let execution = place.run(&server, code, json!({ "is_repeatable": true }), source, target);
        until("it is on its way", || begun(&folder));
        server.kill();
        assert!(!path.exists(), "{code}");
        ftp.slow(false);
        sftp.slow(false);
        // The same folder: what the dead process had is taken over at once.
        server = place.serve();
        let told = place.ends(&server, &execution, "success");
        assert_eq!(told["steps"][0]["tries"].as_array().unwrap().len(), 2, "{told:#}");
        assert_eq!(told["steps"][0]["output"]["bytes"], json!(CUT));
        assert!(is_whole(&path), "{code}");
        assert_eq!(parts(&folder), Vec::<String>::new(), "{code}");
    }
}

/// A file of an execution is on its way into a folder.
fn begun(folder: &Path) -> bool {
    let size = |name: &String| std::fs::metadata(folder.join(name)).map_or(0, |found| found.len());
    folder.exists() && parts(folder).iter().any(|name| size(name) > BEGUN)
}

fn is_whole(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.len() == CUT)
}

fn local(path: &str) -> Value {
    json!({ "type": "local", "path": path })
}

fn on_ftp(server: &FtpServer, path: &str) -> Value {
    json!({ "type": "ftp", "path": path, "host": "127.0.0.1", "port": server.port, "username": USER, "secret": "files" })
}

fn on_sftp(server: &SftpServer, path: &str) -> Value {
    let (port, host_key) = (server.port, &server.host_key);
    json!({ "type": "sftp", "path": path, "host": "127.0.0.1", "port": port, "username": USER, "secret": "files", "host_key": host_key })
}

/// An installation whose jobs may reach this machine, and a folder for servers of files.
struct Place {
    home: Home,
    remote: PathBuf,
    _dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::init(dir.path(), None);
        let remote = dir.path().join("remote");
        std::fs::create_dir(&remote).unwrap();
        let place = Self { home, remote, _dir: dir };
        std::fs::create_dir_all(place.files()).unwrap();
        place.make("small.bin", 1);
        place
    }

    /// Where local files are, of the only workspace.
    fn files(&self) -> PathBuf {
        self.home.dir.join("files/1")
    }

    /// A file of zeros, which takes no room.
    fn make(&self, name: &str, bytes: u64) {
        std::fs::File::create(self.files().join(name)).unwrap().set_len(bytes).unwrap();
    }

    fn serve(&self) -> Server {
        let server = self.home.serve();
        let settings = json!({ "jobs": { "mayReachThisMachine": true } });
        server.change(Method::PATCH, "/api/v1/settings", settings);
        server.change(Method::PUT, "/api/v1/job-secrets/files", json!({ "value": PASSWORD }));
        server
    }

    /// Starts a job of one transfer, and gives its execution.
    fn run(&self, server: &Server, code: &str, more: Value, source: Value, target: Value) -> String {
        let mut step = json!({
            "step_order": 1, "step_code": "move", "step_type": "file_transfer", "timeout_seconds": 600,
            "step_action": { "source": source, "target": target, "overwrite": true },
        });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let job = server.post("/api/v1/jobs", json!({ "definition": { "code": code, "steps": [step] } }));
        let run = format!("/api/v1/jobs/{}/run", job["id"].as_str().expect("an id"));
        server.post(&run, json!({ "parameters": {} }))["id"].as_str().expect("an id").to_owned()
    }

    /// Waits until the first try has failed.
    fn fails_once(&self, server: &Server, execution: &str) {
        until("the first try fails", || {
            let told = server.get(&format!("/api/v1/executions/{execution}"));
            told["steps"][0]["tries"].as_array().is_some_and(|tries| tries.iter().any(|one| one["status"] == "failure"))
        });
    }

    /// Waits for the end, and gives what is told of the execution.
    #[track_caller]
    fn ends(&self, server: &Server, execution: &str, status: &str) -> Value {
        let mut told = Value::Null;
        until("the execution ends", || {
            told = server.get(&format!("/api/v1/executions/{execution}"));
            let status = told["executionStatus"].as_str().unwrap_or_default();
            !matches!(status, "pending" | "queued" | "running")
        });
        assert_eq!(told["executionStatus"], status, "{told:#}");
        told
    }
}
