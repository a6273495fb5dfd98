//! Files from here to there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use muster_app::settings::{JobSettings, SettingsChange};
use muster_app::{steps, vault};
use muster_tests::job_steps::{Did, step};
use muster_tests::s3_store::{ACCESS_KEY, Fault, SECRET_KEY, Store};
use muster_tests::{World, both_engines};
use serde_json::{Value, json};

/// "hello", hashed by another program.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

async fn prepared(world: &World) -> PathBuf {
    let jobs = JobSettings { may_reach_this_machine: true, ..JobSettings::default() };
    let change = SettingsChange { jobs: Some(jobs), ..SettingsChange::default() };
    muster_app::settings::update(&world.app, &world.system(), change).await.unwrap();
    for (name, value) in [("s3", SECRET_KEY), ("ftp", "sesame")] {
        let mut tx = world.app.db.write(world.ws).await.unwrap();
        vault::put(&world.app, &mut tx, world.ws, &format!("{}{name}", steps::SECRET_PREFIX), &value.to_owned().into())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let files = world.dir.path().join("files").join(world.ws.0.to_string());
    std::fs::create_dir_all(&files).unwrap();
    std::fs::write(files.join("hello.txt"), "hello").unwrap();
    files
}

async fn transfer(world: &World, source: Value, target: Value, overwrite: bool) -> Did {
    let action = json!({ "source": source, "target": target, "overwrite": overwrite });
    step(
        world,
        json!({ "step_type": "file_transfer", "step_action": action }),
        json!({ "day": "2026-11-24", "up": "../../x" }),
    )
    .await
}

fn local(path: &str) -> Value {
    json!({ "type": "local", "path": path })
}

/// Files that are no whole file.
fn parts(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".part")).collect()
}

both_engines! {
    async fn a_file_stays_in_its_folder(world: World) {
        let files = prepared(&world).await;
        let done = transfer(&world, local("hello.txt"), local("out/{{ day }}.txt"), false).await.well();
        assert_eq!((done.output["bytes"].clone(), done.output["sha256"].clone()), (json!(5), json!(HELLO)));
        assert_eq!(std::fs::read_to_string(files.join("out/2026-11-24.txt")).unwrap(), "hello");
        let again = transfer(&world, local("hello.txt"), local("out/2026-11-24.txt"), false).await.why();
        assert!(again.message.contains("is there already"), "{}", again.message);
        std::fs::write(files.join("hello.txt"), "other").unwrap();
        transfer(&world, local("hello.txt"), local("out/2026-11-24.txt"), true).await.well();
        assert_eq!(std::fs::read_to_string(files.join("out/2026-11-24.txt")).unwrap(), "other");
        assert!(transfer(&world, local("{{ up }}"), local("x"), false).await.why().message.contains("not a path"));
        assert!(transfer(&world, local("gone.txt"), local("x"), false).await.why().message.contains("no file"));
        std::os::unix::fs::symlink(world.dir.path(), files.join("link")).unwrap();
        std::os::unix::fs::symlink(world.dir.path().join("muster.db"), files.join("db")).unwrap();
        for path in ["link/muster.db", "db", "link/new/deep.txt"] {
            assert!(transfer(&world, local(path), local("stolen"), true).await.result.is_err(), "{path}");
            assert!(transfer(&world, local("hello.txt"), local(path), true).await.result.is_err(), "{path}");
        }
        assert_eq!(parts(&files), Vec::<String>::new());
        assert_eq!(parts(&files.join("out")), Vec::<String>::new());
    }

    async fn a_file_goes_to_a_bucket_and_back(world: World) {
        let files = prepared(&world).await;
        let store = Store::start().await;
        let object = |key: &str| json!({ "type": "s3", "path": key, "bucket": "exports", "endpoint": store.endpoint, "username": ACCESS_KEY, "secret": "s3" });
        let sent = transfer(&world, local("hello.txt"), object("daily/{{ day }} é.txt"), false).await;
        assert!(!sent.log.contains(SECRET_KEY) && !sent.log.contains("X-Amz"), "{}", sent.log);
        assert_eq!(sent.well().output["sha256"], json!(HELLO));
        assert_eq!(store.object("/exports/daily/2026-11-24%20%C3%A9.txt").unwrap(), "hello");
        let again = transfer(&world, local("hello.txt"), object("daily/{{ day }} é.txt"), false).await.why();
        assert!(again.message.contains("is there already"), "{}", again.message);
        store.keep("/exports/in.csv", b"id\n1\n");
        transfer(&world, object("in.csv"), local("in.csv"), false).await.well();
        assert_eq!(std::fs::read_to_string(files.join("in.csv")).unwrap(), "id\n1\n");
        assert!(transfer(&world, object("gone.csv"), local("x.csv"), false).await.why().message.contains("There is no"));
        store.misbehave(Some(Fault::CutsAnswers));
        assert!(transfer(&world, object("in.csv"), local("half.csv"), false).await.result.is_err());
        store.misbehave(Some(Fault::RefusesPuts));
        assert!(transfer(&world, local("hello.txt"), object("refused.txt"), true).await.why().message.contains("500"));
        assert!(!files.join("half.csv").exists() && parts(&files).is_empty());
        let mut stranger = object("in.csv");
        stranger["username"] = json!("AKIAOTHER");
        assert!(transfer(&world, stranger, local("x.csv"), false).await.why().message.contains("403"));
    }

    async fn a_file_goes_to_an_ftp_server_and_back(world: World) {
        let files = prepared(&world).await;
        let remote = tempfile::tempdir().unwrap();
        let server = FtpServer::start(remote.path());
        let place = |path: &str| json!({ "type": "ftp", "path": path, "host": "127.0.0.1", "port": server.port, "username": "muster", "secret": "ftp" });
        let sent = transfer(&world, local("hello.txt"), place("{{ day }}.txt"), false).await;
        assert!(sent.log.contains("in the clear") && !sent.log.contains("sesame"), "{}", sent.log);
        assert_eq!(sent.well().output["sha256"], json!(HELLO));
        assert_eq!(std::fs::read_to_string(remote.path().join("2026-11-24.txt")).unwrap(), "hello");
        assert!(transfer(&world, local("hello.txt"), place("2026-11-24.txt"), false).await.why().message.contains("is there already"));
        std::fs::write(files.join("hello.txt"), "other").unwrap();
        transfer(&world, local("hello.txt"), place("2026-11-24.txt"), true).await.well();
        transfer(&world, place("2026-11-24.txt"), local("back.txt"), false).await.well();
        assert_eq!(std::fs::read_to_string(files.join("back.txt")).unwrap(), "other");
        assert!(transfer(&world, place("gone.txt"), local("x.txt"), false).await.why().message.contains("no such file"));
        assert!(transfer(&world, local("hello.txt"), place("no/folder/x.txt"), false).await.result.is_err());
        let mut stranger = place("2026-11-24.txt");
        stranger["username"] = json!("nobody");
        assert!(transfer(&world, stranger, local("x.txt"), false).await.why().message.contains("does not let us in"));
        assert!(parts(remote.path()).is_empty() && parts(&files).is_empty());
    }
}

both_engines! {
    async fn a_file_goes_to_an_sftp_server_and_back(world: World) {
        let files = prepared(&world).await;
        let remote = tempfile::tempdir().unwrap();
        let server = SshServer::start(remote.path());
        for (name, key) in [("key", "client"), ("rsa", "rsa"), ("stranger", "stranger")] {
            let mut tx = world.app.db.write(world.ws).await.unwrap();
            let key = std::fs::read_to_string(remote.path().join(key)).unwrap();
            vault::put(&world.app, &mut tx, world.ws, &format!("{}{name}", steps::SECRET_PREFIX), &key.into()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let place = |path: &str, secret: &str| {
            let path = remote.path().join(path).display().to_string();
            json!({ "type": "sftp", "path": path, "host": "127.0.0.1", "port": server.port, "username": server.user, "secret": secret, "host_key": server.host_key })
        };
        let sent = transfer(&world, local("hello.txt"), place("{{ day }}.txt", "key"), false).await;
        assert!(!sent.log.contains("PRIVATE KEY"), "{}", sent.log);
        assert_eq!(sent.well().output["sha256"], json!(HELLO));
        assert_eq!(std::fs::read_to_string(remote.path().join("2026-11-24.txt")).unwrap(), "hello");
        assert!(transfer(&world, local("hello.txt"), place("2026-11-24.txt", "rsa"), false).await.why().message.contains("is there already"));
        std::fs::write(files.join("hello.txt"), "other".repeat(100_000)).unwrap();
        transfer(&world, local("hello.txt"), place("2026-11-24.txt", "rsa"), true).await.well();
        transfer(&world, place("2026-11-24.txt", "key"), local("back.txt"), false).await.well();
        assert_eq!(std::fs::read_to_string(files.join("back.txt")).unwrap(), "other".repeat(100_000));
        assert!(transfer(&world, place("gone.txt", "key"), local("x.txt"), false).await.why().message.contains("no such file"));
        assert!(transfer(&world, local("hello.txt"), place("no/folder.txt", "key"), false).await.result.is_err());
        assert!(transfer(&world, place("2026-11-24.txt", "stranger"), local("x.txt"), false).await.why().message.contains("does not let"));
        let mut impostor = place("2026-11-24.txt", "key");
        impostor["host_key"] = json!("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let why = transfer(&world, impostor, local("x.txt"), false).await.why().message;
        assert!(why.contains("another key") && why.contains(&server.host_key), "{why}");
        assert!(parts(remote.path()).is_empty() && parts(&files).is_empty());
    }
}

/// OpenSSH, which lets in who runs the tests, by key.
struct SshServer {
    child: Child,
    port: u16,
    user: String,
    host_key: String,
}

impl SshServer {
    fn start(folder: &Path) -> Self {
        let run = |program: &str, arguments: &[&str]| {
            let done = Command::new(program)
                .args(arguments)
                .current_dir(folder)
                .output()
                .expect("openssh-server, which scripts/setup.sh installs");
            assert!(done.status.success(), "{program}: {done:?}");
            String::from_utf8(done.stdout).expect("text")
        };
        for (name, kind) in [("host", "ed25519"), ("client", "ed25519"), ("rsa", "rsa"), ("stranger", "ed25519")] {
            run("ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", name]);
        }
        let shown = run("ssh-keygen", &["-lf", "host.pub"]);
        let host_key = shown.split(' ').nth(1).expect("a fingerprint").to_owned();
        let user = run("id", &["-un"]).trim().to_owned();
        let public = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a key");
        std::fs::write(folder.join("authorized"), public("client.pub") + &public("rsa.pub")).expect("a file");
        if user == "root" {
            // Where sshd keeps the part of it that has no rights.
            std::fs::create_dir_all("/run/sshd").expect("a folder");
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}/host\nAuthorizedKeysFile {0}/authorized\nStrictModes no\nPidFile none\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n",
            folder.display()
        );
        std::fs::write(folder.join("config"), config).expect("a file");
        let mut child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(folder.join("config"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssh-server");
        let mut lines = BufReader::new(child.stderr.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(lines.read_line(&mut line).expect("a line") > 0, "sshd did not start");
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, port, user, host_key }
    }
}

impl Drop for SshServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// pyftpdlib, as Debian has it.
struct FtpServer {
    child: Child,
    port: u16,
}

impl FtpServer {
    fn start(folder: &Path) -> Self {
        let script = "import sys\nfrom pyftpdlib.authorizers import DummyAuthorizer\nfrom pyftpdlib.handlers import FTPHandler\nfrom pyftpdlib.servers import FTPServer\n\
            users = DummyAuthorizer()\nusers.add_user('muster', 'sesame', sys.argv[1], perm='elradfmwMT')\nFTPHandler.authorizer = users\nFTPHandler.auth_failed_timeout = 0.1\n\
            server = FTPServer(('127.0.0.1', 0), FTPHandler)\nprint(server.socket.getsockname()[1], flush=True)\nserver.serve_forever()";
        let mut child = Command::new("/usr/bin/python3")
            .args(["-c", script])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
        Self { child, port: line.trim().parse().expect("python3-pyftpdlib, which scripts/setup.sh installs") }
    }
}

impl Drop for FtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
