//! Every way in which a step fails, as a person reads it: what happened, and what to do.

use muster_app::settings::{JobSettings, SettingsChange};
use muster_app::{steps, vault};
use muster_domain::job::words::FailureCode as Code;
use muster_tests::file_servers::FtpServer;
use muster_tests::job_steps::step;
use muster_tests::s3_store::Store;
use muster_tests::{Engine, World, both_engines};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn may_reach_this_machine(world: &World) {
    let jobs = JobSettings { may_reach_this_machine: true, ..JobSettings::default() };
    let change = SettingsChange { jobs: Some(jobs), ..SettingsChange::default() };
    muster_app::settings::update(&world.app, &world.system(), change).await.unwrap();
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    let name = format!("{}wrong", steps::SECRET_PREFIX);
    vault::put(&world.app, &mut tx, world.ws, &name, &String::from("not-the-password").into()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A port at which nobody listens.
fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Does the step, and fails unless it fails so. Of the message these parts are looked for, in their order.
async fn fails(world: &World, kind: &str, action: Value, code: Code, parts: &[&str]) {
    fails_with(world, kind, action, json!({}), code, parts).await;
}

async fn fails_with(world: &World, kind: &str, action: Value, more: Value, code: Code, parts: &[&str]) {
    let mut whole = json!({ "step_type": kind, "step_action": action });
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let why = step(world, whole, json!({ "day": "2026-11-24", "up": "../../etc/passwd", "soon": "soon" })).await.why();
    let said = &why.message;
    assert_eq!(why.code, code, "{said}");
    let mut from = 0;
    for part in parts {
        let at = said[from..].find(part).unwrap_or_else(|| panic!("“{part}” is not in: {said}"));
        from += at + part.len();
    }
    let first = said.chars().next().unwrap();
    assert!(first.is_uppercase() || "“0123456789".contains(first), "{said}");
    assert!(said.ends_with('.') || said.contains("It said: "), "{said}");
    assert!(said.len() < 1_500 && !said.contains("Error {") && !said.ends_with(".."), "{said}");
}

fn api(url: String, more: Value) -> Value {
    let mut action = json!({ "url": url });
    action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    action
}

both_engines! {
    async fn sql_says_what_is_wrong_with_it(world: World) {
        fails(&world, "sql", json!("SELECT * FROM invoices"), Code::Action, &["invoices", "Statements see these tables: ", "customers"]).await;
        fails(&world, "sql", json!("UPDATE customers SET tier = 'x'"), Code::Action, &["UPDATE changes rows: allow it with \"writes\": true."]).await;
        fails(&world, "sql", json!("DROP TABLE customers"), Code::Action, &["DROP is not for jobs: write SELECT"]).await;
        fails(&world, "sql", json!({ "sql": "DELETE FROM customers", "writes": true }), Code::Action, &["This", "jobs", "segment_members"]).await;
        fails(&world, "sql", json!("SELECT nothing FROM customers"), Code::Action, &["nothing"]).await;
        let endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
        fails_with(&world, "sql", json!(endless), json!({ "timeout_seconds": 1 }), Code::Timeout, &["not done within", "more time"]).await;
        fails(&world, "stored_proc", json!("sp_gone"), Code::Action, &["There is n", "saved script", "sp_gone"]).await;
        fails_with(&world, "sql", json!("SELECT 1"), json!({ "pre_validation_query": "SELECT COUNT(*) FROM customers" }), Code::PreValidation, &["The step was not started: the check before it gave 0."]).await;
        let strict = json!({ "checks": [{ "name": "Any", "query": "SELECT COUNT(*) AS n FROM customers", "min": 1 }] });
        fails(&world, "data_validation", strict, Code::Action, &["Any"]).await;
        fails(&world, "wait", json!({ "until": ":soon" }), Code::Action, &["“:soon” is not a moment: write one like 2026-11-24T08:30:00Z"]).await;
        fails(&world, "wait", json!({ "query": "SELECT 1 AS n", "condition": "m > 1", "check_every_seconds": 5 }), Code::Action, &["The condition names m, which is not there."]).await;
    }

    async fn files_say_where_they_cannot_go(world: World) {
        let files = world.dir.path().join("files").join(world.ws.0.to_string());
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(files.join("a.txt"), "a").unwrap();
        let local = |path: &str| json!({ "type": "local", "path": path });
        let to = |target: Value| json!({ "source": local("a.txt"), "target": target });
        let ftp = |host: &str, port: u16, secret: &str| json!({ "type": "ftp", "path": "a.txt", "host": host, "port": port, "username": "muster", "secret": secret });
        let here = "127.0.0.1";
        let port = closed_port();
        fails(&world, "file_transfer", to(ftp(here, port, "nobody")), Code::Action, &["There is no secret called nobody: an administrator adds it under Jobs"]).await;
        may_reach_this_machine(&world).await;
        fails(&world, "file_transfer", to(ftp("10.1.2.3", 21, "wrong")), Code::Action, &["The host 10.1.2.3", "private network", "unless an administrator allows it"]).await;
        fails(&world, "file_transfer", to(ftp(here, port, "wrong")), Code::Action, &["Nothing answers at 127.0.0.1", "Look at the host and the port"]).await;
        fails(&world, "file_transfer", to(ftp("files.invalid", 21, "wrong")), Code::Action, &["No computer is found under the name files.invalid"]).await;
        fails(&world, "file_transfer", json!({ "source": local("gone.txt"), "target": local("b.txt") }), Code::Action, &["There is no file “gone.txt”"]).await;
        fails(&world, "file_transfer", json!({ "source": local("{{ up }}"), "target": local("b.txt") }), Code::Action, &["is not a path of a file"]).await;
        fails(&world, "file_transfer", to(local("a.txt")), Code::Action, &["“a.txt” is there already.", "overwrite", "{{ execution_date }}"]).await;
        let remote = tempfile::tempdir().unwrap();
        let server = FtpServer::start(remote.path());
        fails(&world, "file_transfer", to(ftp(here, server.port, "wrong")), Code::Action, &["does not let muster in with this password"]).await;
        let store = Store::start().await;
        let object = json!({ "type": "s3", "path": "a.txt", "bucket": "exports", "endpoint": store.endpoint, "username": "AKIAOTHER", "secret": "wrong" });
        fails(&world, "file_transfer", json!({ "source": object, "target": local("c.txt") }), Code::Action, &["does not let this access key do it", "bucket exports"]).await;
        let sftp = json!({ "type": "sftp", "path": "a", "host": here, "port": server.port, "username": "muster", "secret": "wrong", "host_key": "SHA256:nonsense!" });
        fails(&world, "file_transfer", to(sftp), Code::Action, &["is not a fingerprint: write it as SHA256:…"]).await;
    }

    async fn calls_say_what_was_answered(world: World) {
        may_reach_this_machine(&world).await;
        let server = MockServer::start().await;
        Mock::given(path("/broken")).respond_with(ResponseTemplate::new(500).set_body_string("out of paper")).mount(&server).await;
        Mock::given(path("/text")).respond_with(ResponseTemplate::new(200).set_body_string("hello")).mount(&server).await;
        Mock::given(path("/json")).respond_with(ResponseTemplate::new(200).set_body_string("{}")).mount(&server).await;
        Mock::given(path("/round")).respond_with(ResponseTemplate::new(302).insert_header("Location", "/round")).mount(&server).await;
        let at = |path: &str| format!("{}{path}", server.uri());
        let closed = format!("http://127.0.0.1:{}/", closed_port());
        fails(&world, "api_call", api(closed.clone(), json!({})), Code::Action, &["The call was not made: no connection"]).await;
        fails(&world, "api_call", api(at("/broken"), json!({})), Code::Action, &["The answer was 500", "out of paper"]).await;
        fails(&world, "api_call", api(at("/gone"), json!({})), Code::Action, &["The answer was 404"]).await;
        fails(&world, "api_call", api(at("/text"), json!({ "outputs": { "id": "/id" } })), Code::Action, &["is not JSON"]).await;
        fails(&world, "api_call", api(at("/json"), json!({ "outputs": { "id": "/id" } })), Code::Action, &["has nothing at /id"]).await;
        fails(&world, "api_call", api(at("/round"), json!({})), Code::Action, &["leads on more than 5 times"]).await;
        let auth = json!({ "auth": { "type": "bearer", "secret": "nobody" } });
        fails(&world, "api_call", api(at("/json"), auth), Code::Action, &["no secret called nobody"]).await;
        let hook = json!({ "channel": "webhook", "url": at("/gone"), "subject": "S" });
        fails(&world, "notification", hook, Code::Action, &["The webhook answered 404", "Look at its address"]).await;
        let email = json!({ "channel": "email", "recipients": [":soon"], "subject": "S", "message": "M" });
        fails(&world, "notification", email, Code::Action, &["“soon” is not an email address."]).await;
    }
}

both_engines! {
    async fn scripts_say_how_they_ended(world: World) {
        if world.engine == Engine::Postgres {
            // A script knows nothing of the database.
            return;
        }
        let mistake = "echo one >&2; echo two >&2; echo three >&2; echo four >&2; echo five >&2; echo six >&2; exit 3";
        fails(&world, "shell_script", json!(mistake), Code::Action, &["The script failed with exit code 3. It said: two\nthree\nfour\nfive\nsix"]).await;
        fails(&world, "python_script", json!("raise ValueError('no customers')"), Code::Action, &["exit code 1. It said: ", "ValueError: no customers"]).await;
        fails_with(&world, "shell_script", json!("sleep 600"), json!({ "timeout_seconds": 1 }), Code::Timeout, &["The step was not done within its 1 s. Give it more time (timeout_seconds)"]).await;
        let hungry = "x = b'x' * (400 << 20)\nimport time; time.sleep(600)";
        fails(&world, "python_script", json!(hungry), Code::Action, &["The script needed more than 256 MB of memory and was ended.", "max_memory_mb"]).await;
        fails(&world, "shell_script", json!("kill -9 $$"), Code::Action, &["The script was killed from outside", "without memory"]).await;
        fails(&world, "shell_script", json!("kill -11 $$"), Code::Action, &["The script broke down (signal 11)."]).await;
        let secrets = json!({ "script": "true", "secrets": { "A": "nobody" } });
        fails(&world, "shell_script", secrets, Code::Action, &["There is no secret called nobody"]).await;
    }
}
