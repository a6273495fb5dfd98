//! SQL of jobs: what it sees and may do, and that nothing gets it further.

use std::time::Duration;

use muster_db::restricted::{Answer, Ask, RestrictedError, What};
use muster_db::{Engine, admin};
use muster_domain::workspace::WorkspaceId;
use muster_tests::{World, both_engines};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const SEGMENT: &str = "0198c0de-0000-7000-8000-000000000001";
const FOREIGN_SEGMENT: &str = "0198c0de-0000-7000-8000-000000000002";
const DYNAMIC_SEGMENT: &str = "0198c0de-0000-7000-8000-000000000003";
const CAMPAIGN: &str = "0198c0de-0000-7000-8000-000000000004";

/// Two workspaces with a customer of the same name, and something secret in each.
pub async fn furnished(world: &World) -> WorkspaceId {
    let other = WorkspaceId(world.ws.0 + 1);
    let id = |text: &str| match world.engine {
        Engine::Sqlite => format!("x'{}'", text.replace('-', "")),
        Engine::Postgres => format!("'{text}'"),
    };
    let bytes = |text: &str| if world.engine == Engine::Sqlite { format!("x'{text}'") } else { format!("'\\x{text}'") };
    let mut sql = format!(
        "INSERT INTO workspaces (id, public_id, name, settings, signing_key, created_at, updated_at) VALUES ({}, {}, 'Other', '{{}}', {}, 0, 0);",
        other.0,
        id("0198c0de-0000-7000-8000-00000000000a"),
        bytes("00ff"),
    );
    for (ws, first) in [(world.ws, 1), (other, 101)] {
        for n in 0..3 {
            sql.push_str(&format!(
                "INSERT INTO customers (id, tenant_id, first_name, email, city, tier, is_active, opted_out, registration_date, created_at, updated_at)
                 VALUES ({}, {}, 'Person {n}', 'p{n}@w{}.example', 'Nairobi', '{}', TRUE, FALSE, 0, 0, 0);",
                first + n, ws.0, ws.0, if n == 0 { "VIP" } else { "Basic" },
            ));
        }
    }
    for (segment, ws, kind) in
        [(SEGMENT, world.ws, "static"), (FOREIGN_SEGMENT, other, "static"), (DYNAMIC_SEGMENT, world.ws, "dynamic")]
    {
        sql.push_str(&format!(
            "INSERT INTO segments (id, tenant_id, name, type, criteria, created_at, updated_at) VALUES ({}, {}, 'S', '{kind}', '{{}}', 0, 0);",
            id(segment), ws.0,
        ));
    }
    sql.push_str(&format!(
        "INSERT INTO campaigns (id, tenant_id, name, channel, status, settings, created_by, created_at, updated_at) VALUES ({0}, {1}, 'Black Friday', 'email', 'running', '{{}}', {0}, 0, 0);",
        id(CAMPAIGN), world.ws.0,
    ));
    let mut tx = world.app.db.write_all().await.unwrap();
    admin::script(&mut tx, &sql).await.unwrap();
    tx.commit().await.unwrap();
    other
}

/// A number out of everything that there is, whosever it is.
async fn number(world: &World, sql: &str) -> i64 {
    let mut tx = world.app.db.read_all().await.unwrap();
    admin::number(&mut tx, sql).await.unwrap()
}

fn ask(ws: WorkspaceId, sql: &str, values: &Value, writes: bool) -> Ask {
    let values = values.as_object().cloned().unwrap_or_default();
    Ask { ws, what: What::Statement(sql.to_owned()), values, writes, timeout: Duration::from_secs(20) }
}

async fn run(world: &World, sql: &str, values: Value) -> Result<Answer, RestrictedError> {
    world.app.db.restricted(ask(world.ws, sql, &values, false), &CancellationToken::new()).await
}

async fn write(world: &World, sql: &str, values: Value) -> Result<Answer, RestrictedError> {
    world.app.db.restricted(ask(world.ws, sql, &values, true), &CancellationToken::new()).await
}

/// The first value that a query gives.
async fn first(world: &World, sql: &str, values: Value) -> Value {
    let answer = run(world, sql, values).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    answer.first.expect("a row").into_iter().next().expect("a column").1
}

both_engines! {
    async fn a_statement_sees_its_workspace_and_binds_its_values(world: World) {
        furnished(&world).await;
        assert_eq!(first(&world, "SELECT COUNT(*) FROM customers", json!({})).await, json!(3));
        let status = first(&world, "SELECT status FROM campaigns WHERE id = :campaign_id", json!({ "campaign_id": CAMPAIGN })).await;
        assert_eq!(status, json!("running"));
        let id = first(&world, "SELECT id FROM campaigns WHERE id = uuid('0198c0de-0000-7000-8000-000000000004')", json!({})).await;
        assert_eq!(id, json!(CAMPAIGN));
        let sly = json!({ "city": "x' OR 1 = 1; DROP TABLE customers --" });
        assert_eq!(first(&world, "SELECT COUNT(*) FROM customers WHERE city = :city", sly).await, json!(0));
        let answer = run(&world, "SELECT id, first_name FROM customers WHERE tier = :tier ORDER BY id -- all of them", json!({ "tier": "Basic" })).await.unwrap();
        assert_eq!((answer.rows, answer.first.unwrap()["first_name"].clone()), (2, json!("Person 1")));
        let typed = "SELECT COUNT(*) FROM customers WHERE registration_date <= :n - 5 AND is_active = :yes";
        assert_eq!(first(&world, typed, json!({ "n": 10, "yes": true })).await, json!(3));
        let nothing = run(&world, "SELECT id FROM customers WHERE id = :none", json!({})).await.unwrap();
        assert_eq!((nothing.rows, nothing.first), (0, None));
        // Every table that statements see can be asked on this engine.
        for table in muster_db::restricted::visible::names() {
            let answer = run(&world, &format!("SELECT * FROM {table} LIMIT 1"), json!({})).await.unwrap_or_else(|e| panic!("{table}: {e}"));
            assert!(answer.first.is_none_or(|row| !row.contains_key("tenant_id")), "{table}");
        }
    }

    async fn nothing_leads_to_other_workspaces_or_secrets(world: World) {
        let other = furnished(&world).await;
        let common = [
            "SELECT * FROM users", "SELECT * FROM sessions", "SELECT * FROM secrets", "SELECT * FROM api_tokens",
            "SELECT * FROM workspaces", "SELECT signing_key FROM workspaces", "SELECT * FROM providers", "SELECT * FROM sql_scripts",
            "SELECT * FROM run_recipients", "SELECT tenant_id FROM customers", "SELECT * FROM audit_log", "SELECT * FROM event_outbox",
            "WITH customers AS (SELECT * FROM users) SELECT * FROM customers", "SELECT (SELECT COUNT(*) FROM sessions)",
            "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM customers", "", "-- nothing", "BEGIN", "COMMIT", "ROLLBACK", "VACUUM",
            "SET search_path TO public", "EXPLAIN SELECT 1", "CREATE TABLE x (a int)", "DROP TABLE customers", "INSERT INTO customers (first_name) VALUES ('x')",
            "DELETE FROM customers", "UPDATE customers SET tier = 'x'", "SELECT 1 /* ; */ ; /* */ SELECT 2",
        ];
        let sqlite = [
            "SELECT * FROM main.customers", "SELECT COUNT(*) FROM main.users", "WITH customers AS (SELECT * FROM main.customers) SELECT * FROM customers",
            "WITH campaign_recipients AS (SELECT * FROM main.run_recipients) SELECT * FROM campaign_recipients",
            "SELECT * FROM (SELECT * FROM main.customers) AS customers", "SELECT * FROM main.campaign_recipients", "SELECT * FROM sqlite_master",
            "SELECT * FROM temp.sqlite_master", "SELECT * FROM sqlite_temp_schema", "SELECT * FROM pragma_table_info('users')", "SELECT * FROM pragma_database_list",
            "ATTACH DATABASE '/tmp/x.db' AS x", "PRAGMA table_info(users)", "PRAGMA writable_schema = 1", "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')",
            "SELECT writefile('/tmp/x', 'y')", "SELECT fts3_tokenizer('simple')", "VACUUM INTO '/tmp/x.db'", "SELECT zeroblob(1000000000)", "SELECT randomblob(100)",
            "SELECT * FROM main.segments s JOIN customers c ON 1 = 1", "SELECT sqlite_version()", "SELECT COUNT(*) FROM USERS", "SELECT COUNT(*) FROM pragma_database_list", "SELECT COUNT(*) FROM sqlite_master", "DETACH temp", "SELECT * FROM dbstat",
        ];
        let postgres = [
            "SELECT * FROM public.customers", "SELECT * FROM public.users", "SELECT * FROM pg_authid", "SELECT pg_read_file('/etc/passwd')",
            "SELECT lo_import('/etc/passwd')", "COPY customers TO '/tmp/x'", "COPY (SELECT 1) TO PROGRAM 'id'", "DO $$ BEGIN END $$", "CALL x()",
            "SELECT set_config('role', 'muster', true)", "SELECT set_config('role', 'muster', true), query_to_xml('SELECT * FROM public.users', true, true, '')",
            "SELECT query_to_xml('SELECT * FROM public.sessions', true, true, '')", "SELECT set_config('session_authorization', 'muster', true)",
            "SELECT set_config('session_authorization', 'postgres', true)",
            "SELECT set_config('transaction_read_only', 'off', true)", "SET ROLE muster", "RESET ROLE", "SELECT dblink('', 'SELECT 1')",
            "SELECT * FROM muster_sql_1.segment_members_all", "SELECT nextval('public.customers_id_seq')", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'muster'",
            "SELECT 1) x; DELETE FROM customers; SELECT (1", "GRANT ALL ON customers TO PUBLIC", "LOCK TABLE customers", "NOTIFY x", "SELECT pg_ls_dir('/')",
        ];
        let own: &[&str] = if world.engine == Engine::Sqlite { &sqlite } else { &postgres };
        for sql in common.iter().chain(own) {
            let answer = run(&world, sql, json!({})).await;
            assert!(answer.is_err(), "{sql} gave {answer:?}");
        }
        // What can be set changes nothing that counts.
        if world.engine == Engine::Postgres {
            for all in ["0", &other.0.to_string()] {
                let sql = "SELECT set_config('muster.tenant_id', :all, false), (SELECT COUNT(*) FROM customers WHERE email LIKE '%@w2.example') AS seen";
                let answer = run(&world, sql, json!({ "all": all })).await.unwrap();
                assert_eq!(answer.first.unwrap()["seen"], json!(0));
                let xml = first(&world, "SELECT set_config('muster.tenant_id', '0', false) || query_to_xml('SELECT email FROM customers', true, true, '')::text", json!({})).await;
                assert!(!xml.to_string().contains("@w2.example") , "{xml}");
            }
        }
        if world.engine == Engine::Postgres {
            let dump = first(&world, "SELECT database_to_xml(true, true, '')", json!({})).await.to_string();
            assert!(dump.contains("@w1.example") && !dump.contains("@w2.example") && !dump.contains("password_hash"), "{dump}");
        }
        let both = first(&world, "SELECT COUNT(*) FROM customers WHERE email LIKE '%w2.example' OR 1 = 1", json!({})).await;
        assert_eq!(both, json!(3));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM customers").await, 6);
    }

    async fn what_may_be_written_is_little_and_stays_inside(world: World) {
        furnished(&world).await;
        let add = "INSERT INTO segment_members (segment_id, customer_id, added_at) SELECT :segment, id, :now FROM customers WHERE tier = 'VIP'";
        let values = |segment: &str| json!({ "segment": segment, "now": 5 });
        let added = write(&world, add, values(SEGMENT)).await.unwrap();
        assert_eq!((added.inserted, added.changed()), (1, 1));
        assert_eq!(write(&world, add, values(SEGMENT)).await.unwrap().changed(), 0, "who is a member is left out");
        for segment in [FOREIGN_SEGMENT, DYNAMIC_SEGMENT] {
            let refused = write(&world, add, values(segment)).await.unwrap_err().to_string();
            assert!(refused.contains("static segments"), "{refused}");
        }
        let stranger = "INSERT INTO segment_members (segment_id, customer_id, added_at) VALUES (:segment, 101, 5)";
        assert!(write(&world, stranger, values(SEGMENT)).await.unwrap_err().to_string().contains("no such customer"));
        let updated = write(&world, "UPDATE customers SET tier = :tier, city = 'Kisumu' WHERE tier = 'Basic'", json!({ "tier": "Gold" })).await.unwrap();
        assert_eq!(updated.updated, 2);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM customers WHERE tier = 'Gold' AND city = 'Kisumu' AND tenant_id = 1").await, 2);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM customers WHERE tier = 'Basic'").await, 2, "the others'");
        let removed = write(&world, "DELETE FROM segment_members WHERE segment_id = :segment", values(SEGMENT)).await.unwrap();
        assert_eq!(removed.deleted, 1);
        for sql in [
            "UPDATE customers SET email = 'x'", "UPDATE customers SET opted_out = FALSE", "UPDATE customers SET id = 5", "DELETE FROM customers",
            "UPDATE campaigns SET status = 'completed'", "INSERT INTO segments (name) VALUES ('x')", "DELETE FROM campaigns", "UPDATE segment_members SET customer_id = 2",
            "INSERT INTO campaign_recipients (run_id) VALUES (1)", "UPDATE users SET role = 'admin'", "CREATE TEMP TABLE x (a int)",
            "WITH x AS (SELECT 1) DELETE FROM campaigns",
        ] {
            let answer = write(&world, sql, json!({})).await;
            assert!(answer.is_err(), "{sql} gave {answer:?}");
        }
        assert_eq!(number(&world, "SELECT COUNT(*) FROM customers WHERE email IS NOT NULL AND opted_out = FALSE").await, 6);
        // All of a script or nothing.
        let script = What::Script(String::from("UPDATE customers SET tier = 'Half'; UPDATE campaigns SET name = 'x'"));
        let half = Ask { what: script, ..ask(world.ws, "", &json!({}), true) };
        assert!(world.app.db.restricted(half, &CancellationToken::new()).await.is_err());
        assert_eq!(number(&world, "SELECT COUNT(*) FROM customers WHERE tier = 'Half'").await, 0);
        let script = What::Script(format!("{add}; UPDATE customers SET tier = 'Half' WHERE id IN (SELECT customer_id FROM segment_members); SELECT COUNT(*) AS n FROM segment_members;"));
        let whole = Ask { what: script, ..ask(world.ws, "", &values(SEGMENT), true) };
        let done = world.app.db.restricted(whole, &CancellationToken::new()).await.unwrap();
        assert_eq!((done.inserted, done.updated, done.first.unwrap()["n"].clone()), (1, 1, json!(1)));
    }

    async fn what_never_ends_is_ended(world: World) {
        furnished(&world).await;
        let endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
        let short = Ask { timeout: Duration::from_millis(300), ..ask(world.ws, endless, &json!({}), false) };
        let ended = world.app.db.restricted(short, &CancellationToken::new()).await.unwrap_err();
        assert!(matches!(ended, RestrictedError::TimedOut(_)), "{ended}");
        let stop = CancellationToken::new();
        let running = world.app.db.restricted(ask(world.ws, endless, &json!({}), false), &stop);
        let stopping = async {
            tokio::task::yield_now().await;
            stop.cancel();
        };
        let (ended, ()) = tokio::join!(running, stopping);
        assert!(matches!(ended, Err(RestrictedError::Stopped)), "{ended:?}");
        let many = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT i FROM n";
        // So many rows take their time where others work as well.
        let patient = Ask { timeout: Duration::from_secs(300), ..ask(world.ws, many, &json!({}), false) };
        let ended = world.app.db.restricted(patient, &CancellationToken::new()).await.unwrap_err();
        assert!(matches!(ended, RestrictedError::TooLarge), "{ended}");
        if world.engine == Engine::Postgres {
            let sleep = Ask { timeout: Duration::from_millis(300), ..ask(world.ws, "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)", &json!({}), false) };
            let ended = world.app.db.restricted(sleep, &CancellationToken::new()).await.unwrap_err();
            assert!(matches!(ended, RestrictedError::TimedOut(_)), "{ended}");
        }
        // Nobody is kept waiting by what was ended.
        assert_eq!(write(&world, "UPDATE customers SET tier = 'x'", json!({})).await.unwrap().updated, 3);
    }
}
