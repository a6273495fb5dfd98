//! Procedures and functions of PostgreSQL, called by steps: what they are given, see and may do.

use std::process::Command;
use std::time::Duration;

use muster_db::restricted::{Answer, Ask, RestrictedError, What};
use muster_db::{Engine, admin};
use muster_tests::job_steps::step;
use muster_tests::{World, world};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::steps_sql::furnished;

const SEGMENT: &str = "0198c0de-0000-7000-8000-000000000001";

/// Two workspaces with three customers each, and these routines in the database.
async fn with(world: &World, routines: &str) {
    furnished(world).await;
    make(world, routines).await;
}

async fn make(world: &World, routines: &str) {
    let mut tx = world.app.db.write_all().await.unwrap();
    admin::script(&mut tx, routines).await.unwrap();
    tx.commit().await.unwrap();
}

/// Does something as the server's superuser, and gives what it says.
fn as_superuser(world: &World, sql: &str) -> String {
    let url = world.database_url.replace("//muster@", "//postgres@");
    let done = Command::new("/usr/lib/postgresql/15/bin/psql")
        .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql, &url])
        .output();
    let done = done.expect("psql");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).expect("text").trim().to_owned()
}

async fn call(world: &World, name: &str, values: Value, writes: bool) -> Result<Answer, RestrictedError> {
    call_within(world, name, values, writes, Duration::from_secs(20)).await
}

async fn call_within(
    world: &World,
    name: &str,
    values: Value,
    writes: bool,
    timeout: Duration,
) -> Result<Answer, RestrictedError> {
    let values = values.as_object().cloned().unwrap_or_default();
    let what = What::Procedure { name: name.to_owned(), arguments: values.keys().cloned().collect() };
    world.app.db.restricted(Ask { ws: world.ws, what, values, writes, timeout }, &CancellationToken::new()).await
}

/// Why it was not done.
async fn refused(world: &World, name: &str, values: Value, writes: bool) -> String {
    match call(world, name, values, writes).await {
        Err(error) => error.to_string(),
        Ok(answer) => panic!("{name} gave {answer:?}"),
    }
}

#[test]
fn procedures_and_functions_take_typed_values_and_give_their_outputs() {
    world::run(Engine::Postgres, async |world| {
        with(&world, "
            CREATE PROCEDURE store_members(segment uuid, wanted text, OUT added bigint, INOUT note text DEFAULT 'none') LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO segment_members (segment_id, customer_id) SELECT segment, id FROM customers WHERE tier = wanted;
                GET DIAGNOSTICS added = ROW_COUNT; note := 'it''s ' || note; END $$;
            CREATE FUNCTION count_tier(wanted text, at_least bigint DEFAULT 0) RETURNS bigint LANGUAGE sql AS 'SELECT COUNT(*) FROM customers WHERE tier = wanted AND id >= at_least';
            CREATE FUNCTION echo(n numeric, d date, l text[], j jsonb, yes boolean, nothing int) RETURNS jsonb LANGUAGE sql AS
                'SELECT jsonb_build_object(''n'', n + 0.5, ''day'', d + 1, ''second'', l[2], ''in'', j -> ''a'', ''not'', NOT yes, ''nothing'', nothing)';
            CREATE FUNCTION everybody() RETURNS TABLE (id bigint, city text) LANGUAGE sql AS 'SELECT id, city FROM customers ORDER BY id';
            CREATE PROCEDURE quiet(wanted text) LANGUAGE plpgsql AS 'BEGIN UPDATE customers SET city = ''Kisumu'' WHERE tier = wanted; END';
        ").await;
        let given = json!({ "segment": SEGMENT, "wanted": "VIP", "note": "fine; -- '\\" });
        let added = call(&world, "store_members", given.clone(), true).await.unwrap();
        assert_eq!(Value::Object(added.first.unwrap()), json!({ "added": 1, "note": "it's fine; -- '\\" }));
        // As a step of a job: the outputs are there for later ones.
        let did = step(
            &world,
            json!({ "step_type": "stored_proc", "step_action": { "name": "public.store_members", "writes": true },
            "parameters": { "segment": ":vip", "wanted": "Basic" } }),
            json!({ "vip": SEGMENT, "segment": SEGMENT, "wanted": "Basic" }),
        )
        .await;
        assert_eq!(did.well().output, json!({ "added": 2, "note": "it's none" }).as_object().unwrap().clone());
        assert_eq!(call(&world, "quiet", json!({ "wanted": "VIP" }), true).await.unwrap().first, None);

        let counted = call(&world, "count_tier", json!({ "wanted": "Basic" }), false).await.unwrap();
        assert_eq!(counted.first.unwrap()["count_tier"], json!(2));
        let counted = call(&world, "count_tier", json!({ "wanted": "Basic", "at_least": 3 }), false).await.unwrap();
        assert_eq!(counted.first.unwrap()["count_tier"], json!(1));
        let echo =
            json!({ "n": 2, "d": "2026-11-24", "l": ["a", "b\""], "j": { "a": [1] }, "yes": true, "nothing": null });
        let echoed = call(&world, "echo", echo.clone(), false).await.unwrap().first.unwrap();
        assert_eq!(
            echoed["echo"],
            json!({ "n": 2.5, "day": "2026-11-25", "second": "b\"", "in": [1], "not": false, "nothing": null })
        );
        let many = call(&world, "everybody", json!({}), false).await.unwrap();
        assert_eq!((many.rows, many.first.unwrap()["city"].clone()), (3, json!("Kisumu")));

        let mut wrong = echo;
        wrong["n"] = json!("many");
        assert!(
            refused(&world, "echo", wrong, false).await.contains("invalid input syntax for type numeric: \"many\"")
        );
        let missing = refused(&world, "count_tier", json!({ "tier": "Basic" }), false).await;
        assert!(
            missing.contains(
                "It gives tier, but there is public.count_tier(wanted text, at_least bigint (may be left out))"
            ),
            "{missing}"
        );
        make(&world, "CREATE FUNCTION count_tier(wanted int) RETURNS int LANGUAGE sql AS 'SELECT 1'").await;
        let several = refused(&world, "count_tier", json!({ "wanted": "Basic" }), false).await;
        assert!(several.contains("Several of this name"), "{several}");
        assert!(refused(&world, "nowhere.gone", json!({}), false).await.contains("nowhere.gone"));
        // Unless the step says that it may write.
        assert!(refused(&world, "store_members", given, false).await.contains("the step may only read"));
    });
}

#[test]
fn rights_that_a_procedure_brings_along_show_no_other_workspace() {
    world::run(Engine::Postgres, async |world| {
        with(&world, "
            CREATE FUNCTION all_customers() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT COUNT(*) FROM public.customers';
            CREATE FUNCTION another(ws text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN PERFORM set_config('muster.tenant_id', ws, true); RETURN (SELECT COUNT(*) FROM public.customers WHERE email LIKE '%@w2.example'); END $$;
            CREATE PROCEDURE rename_all() LANGUAGE sql SECURITY DEFINER AS 'UPDATE public.customers SET first_name = ''X''';
            CREATE PROCEDURE as_invoker() LANGUAGE sql AS 'UPDATE public.customers SET first_name = ''X''';
            CREATE FUNCTION hidden() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION hidden() FROM PUBLIC;
        ").await;
        let all = call(&world, "all_customers", json!({}), false).await.unwrap();
        assert_eq!(all.first.unwrap()["all_customers"], json!(3));
        for ws in ["0", "2"] {
            let seen = call(&world, "another", json!({ "ws": ws }), false).await.unwrap();
            assert_eq!(seen.first.unwrap()["another"], json!(0), "workspace {ws}");
            // A statement that sets what it can, and asks such a function then.
            let sql = format!(
                "SELECT set_config('muster.tenant_id', '{ws}', false), all_customers() AS n, another('{ws}') AS m"
            );
            let sql = sql.replace("all_customers", "public.all_customers").replace("another", "public.another");
            let ask = Ask {
                ws: world.ws,
                what: What::Statement(sql),
                values: serde_json::Map::new(),
                writes: false,
                timeout: Duration::from_secs(20),
            };
            let row = world.app.db.restricted(ask, &CancellationToken::new()).await.unwrap().first.unwrap();
            assert_eq!((row["n"].clone(), row["m"].clone()), (json!(3), json!(0)));
        }
        assert!(refused(&world, "rename_all", json!({}), false).await.contains("may only read"));
        call(&world, "rename_all", json!({}), true).await.unwrap();
        assert_eq!(
            as_superuser(&world, "SELECT COUNT(*) FROM customers WHERE first_name = 'X'"),
            "3",
            "those of its workspace"
        );
        assert!(refused(&world, "as_invoker", json!({}), true).await.contains("permission denied for table customers"));
        let hidden = refused(&world, "hidden", json!({}), false).await;
        assert!(hidden.contains("GRANT EXECUTE ON FUNCTION public.hidden TO muster_sql_"), "{hidden}");
        as_superuser(
            &world,
            "CREATE FUNCTION public.god() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT COUNT(*) FROM public.users'",
        );
        let god = refused(&world, "god", json!({}), false).await;
        assert!(god.contains("runs with the rights of postgres, who sees every workspace"), "{god}");
    });
}

#[test]
fn a_procedure_neither_commits_nor_becomes_somebody_else() {
    world::run(Engine::Postgres, async |world| {
        let body =
            |name: &str, body: &str| format!("CREATE PROCEDURE {name}() LANGUAGE plpgsql AS $$ BEGIN {body} END $$;");
        let seen = "IF (SELECT COUNT(*) FROM public.customers) >= 0 THEN RAISE EXCEPTION 'it saw them'; END IF;";
        let tries = [
            ("commits", "UPDATE customers SET city = 'Gone'; COMMIT;", "commits or rolls back is not for jobs"),
            ("rolls_back", "UPDATE customers SET city = 'Gone'; ROLLBACK;", "commits or rolls back is not for jobs"),
            ("sets_role", "SET ROLE muster;", "permission denied to set role"),
            ("sets_session", "SET SESSION AUTHORIZATION postgres;", "permission denied to set session authorization"),
            (
                "resets",
                "RESET ROLE; RESET ALL; SET search_path = public; SET muster.tenant_id = '0'; PERFORM COUNT(*) FROM public.customers;",
                "permission denied for table customers",
            ),
            (
                "goes_past",
                "SET row_security = off; PERFORM COUNT(*) FROM public.customers;",
                "row-level security policy",
            ),
            ("makes", "CREATE TEMP TABLE customers AS SELECT 1; CREATE TABLE public.x (a int);", "permission denied"),
            ("grants", "GRANT muster TO CURRENT_USER;", "must have admin option"),
            ("programs", "COPY (SELECT 1) TO PROGRAM 'id';", "pg_execute_server_program"),
            ("reads_files", "PERFORM pg_read_file('/etc/passwd');", "permission denied for function pg_read_file"),
            ("inside", seen, "permission denied for table customers"),
        ];
        with(&world, &tries.map(|(name, what, _)| body(name, what)).concat()).await;
        make(&world, "
            CREATE PROCEDURE definer_role() LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN SET ROLE muster; END $$;
            CREATE PROCEDURE writes_after_all() LANGUAGE plpgsql AS $$ BEGIN SET transaction_read_only = off; UPDATE customers SET city = 'Gone'; END $$;
        ").await;
        for (name, _, words) in tries {
            let why = refused(&world, name, json!({}), true).await;
            assert!(why.contains(words), "{name}: {why}");
        }
        let why = refused(&world, "definer_role", json!({}), true).await;
        assert!(why.contains("within security-definer function"), "{why}");
        let why = refused(&world, "writes_after_all", json!({}), false).await;
        assert!(why.contains("read-write mode"), "{why}");
        assert_eq!(as_superuser(&world, "SELECT COUNT(*) FROM customers WHERE city = 'Gone'"), "0");
    });
}

#[test]
fn a_procedure_that_does_not_want_to_end_is_ended() {
    world::run(Engine::Postgres, async |world| {
        with(&world, "
            CREATE PROCEDURE sleeps() LANGUAGE plpgsql AS $$ BEGIN SET LOCAL statement_timeout = 0; PERFORM pg_sleep(600); END $$;
            CREATE PROCEDURE holds_on() LANGUAGE plpgsql AS $$ BEGIN
                LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;
        ").await;
        for name in ["sleeps", "holds_on"] {
            let ended = call_within(&world, name, json!({}), false, Duration::from_millis(500)).await.unwrap_err();
            assert!(matches!(ended, RestrictedError::TimedOut(_)), "{ended}");
        }
        muster_tests::process::until("its sessions are gone", || {
            as_superuser(
                &world,
                "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'muster job' AND datname = current_database()",
            ) == "0"
        });
    });
}
