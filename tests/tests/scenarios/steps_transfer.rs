//! Files from here to there.

use std::path::PathBuf;

use muster_app::settings::{JobSettings, SettingsChange};
use muster_app::{steps, vault};
use muster_domain::job::words::FailureCode;
use muster_tests::authority::{Authority, authority};
use muster_tests::file_servers::{FtpServer, OpenSsh, SftpServer, parts};
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
        assert!(transfer(&world, stranger, local("x.csv"), false).await.why().message.contains("does not let this access key"));
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
        assert!(transfer(&world, stranger, local("x.txt"), false).await.why().message.contains("does not let nobody in"));
        assert!(parts(remote.path()).is_empty() && parts(&files).is_empty());
    }
}

both_engines! {
    async fn a_file_goes_to_an_sftp_server_and_back(world: World) {
        let files = prepared(&world).await;
        let remote = tempfile::tempdir().unwrap();
        let server = OpenSsh::start(remote.path());
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

both_engines! {
    async fn over_tls_nothing_goes_in_the_clear_and_a_strange_server_gets_nothing(world: World) {
        let files = prepared(&world).await;
        let remote = tempfile::tempdir().unwrap();
        let here = "127.0.0.1";
        let place = |server: &FtpServer, path: &str| json!({ "type": "ftps", "path": path, "host": here, "port": server.port, "username": "muster", "secret": "ftp" });
        // This one takes neither words nor files in the clear.
        let server = FtpServer::secure(remote.path(), &authority().sign(here));
        let sent = transfer(&world, local("hello.txt"), place(&server, "a.txt"), false).await;
        assert!(!sent.log.contains("in the clear") && !sent.log.contains("sesame"), "{}", sent.log);
        assert_eq!(sent.well().output["sha256"], json!(HELLO));
        transfer(&world, place(&server, "a.txt"), local("back.txt"), false).await.well();
        assert_eq!(std::fs::read_to_string(files.join("back.txt")).unwrap(), "hello");
        let in_the_clear = json!({ "type": "ftp", "path": "b.txt", "host": here, "port": server.port, "username": "muster", "secret": "ftp" });
        assert!(transfer(&world, local("hello.txt"), in_the_clear, false).await.result.is_err());
        drop(server);
        let strangers = [
            (Authority::new().sign(here), "signed by nobody whom this machine trusts"),
            (authority().sign("files.example.org"), "it is for another name (files.example.org)"),
            (authority().sign_expired(here), "it has expired"),
        ];
        for (identity, words) in strangers {
            let server = FtpServer::secure(remote.path(), &identity);
            let why = transfer(&world, local("hello.txt"), place(&server, "c.txt"), false).await.why().message;
            assert!(why.starts_with("The certificate of 127.0.0.1 is not accepted: ") && why.contains(words), "{why}");
        }
        let without = FtpServer::start(remote.path());
        let why = transfer(&world, local("hello.txt"), place(&without, "d.txt"), false).await.why().message;
        assert!(why.contains("offers no TLS") && why.contains("nothing was sent"), "{why}");
        let there: Vec<_> = std::fs::read_dir(remote.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(there, ["a.txt"]);
    }

    async fn an_sftp_server_asks_for_a_password_and_may_not_change_its_key(world: World) {
        let files = prepared(&world).await;
        let remote = tempfile::tempdir().unwrap();
        let mut server = SftpServer::start(remote.path());
        let (port, host_key) = (server.port, server.host_key.clone());
        let place = |path: &str| json!({ "type": "sftp", "path": path, "host": "127.0.0.1", "port": port, "username": "muster", "secret": "ftp", "host_key": host_key });
        transfer(&world, local("hello.txt"), place("a.txt"), false).await.well();
        std::fs::write(files.join("hello.txt"), "other").unwrap();
        // It cannot rename over a file that is there.
        transfer(&world, local("hello.txt"), place("a.txt"), true).await.well();
        assert_eq!(std::fs::read_to_string(remote.path().join("a.txt")).unwrap(), "other");
        transfer(&world, place("a.txt"), local("back.txt"), false).await.well();
        let mut wrong = place("a.txt");
        wrong["secret"] = json!("s3");
        let why = transfer(&world, wrong, local("x.txt"), false).await.why().message;
        assert!(why.contains("does not let muster in with this password"), "{why}");
        server.restart_with_another_key();
        let why = transfer(&world, local("hello.txt"), place("b.txt"), false).await.why().message;
        assert!(why.contains("shows another key") && why.contains(&server.host_key), "{why}");
        assert_eq!(std::fs::read_dir(remote.path()).unwrap().count(), 1);
    }

    async fn what_takes_too_long_leaves_nothing(world: World) {
        let files = prepared(&world).await;
        std::fs::File::create(files.join("big.bin")).unwrap().set_len(8 << 20).unwrap();
        let remote = tempfile::tempdir().unwrap();
        let (ftp, sftp) = (FtpServer::start(remote.path()), SftpServer::start(remote.path()));
        ftp.slow(true);
        sftp.slow(true);
        let places = [
            json!({ "type": "ftp", "path": "big.bin", "host": "127.0.0.1", "port": ftp.port, "username": "muster", "secret": "ftp" }),
            json!({ "type": "sftp", "path": "big.bin", "host": "127.0.0.1", "port": sftp.port, "username": "muster", "secret": "ftp", "host_key": sftp.host_key }),
        ];
        for place in places {
            let slow = |source: Value, target: Value| {
                let action = json!({ "source": source, "target": target, "overwrite": true });
                step(&world, json!({ "step_type": "file_transfer", "step_action": action, "timeout_seconds": 3 }), json!({}))
            };
            assert_eq!(slow(local("big.bin"), place.clone()).await.why().code, FailureCode::Timeout);
            assert_eq!(std::fs::read_dir(remote.path()).unwrap().count(), 0, "{place}");
            std::fs::copy(files.join("big.bin"), remote.path().join("big.bin")).unwrap();
            assert_eq!(slow(place, local("fetched.bin")).await.why().code, FailureCode::Timeout);
            assert!(!files.join("fetched.bin").exists() && parts(&files).is_empty());
            std::fs::remove_file(remote.path().join("big.bin")).unwrap();
        }
    }
}
