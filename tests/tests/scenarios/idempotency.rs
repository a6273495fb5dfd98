//! Calls that are repeated over a bad network are done once.

use axum::body::Body;
use axum::http::Request;
use muster_app::idempotency::{self, Answer, Call, MAX_ANSWER, Once};
use muster_app::{App, AppError, Ctx, auth};
use muster_db::{Claim, audit, idempotency_keys, sessions};
use muster_domain::idempotency::{KEPT_MS, Key, LEASE_MS};
use muster_domain::role::Role;
use muster_domain::time::{HOUR, SECOND};
use muster_tests::steps::{customer, id};
use muster_tests::{Client, Mood, Moody, World, both_engines};
use serde_json::{Value, json};
use tokio::sync::Notify;

const CARDS: &str = "/api/v1/cards";

fn card(title: &str) -> Value {
    json!({"title": title, "queue": "sales"})
}

async fn cards(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM cards").await
}

async fn keys(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM idempotency_keys").await
}

fn is_replayed(answer: &muster_tests::Answer) -> bool {
    answer.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

/// Approval is off, and an SMS campaign and whom to send it to are there: path and body of the call.
async fn sending(admin: &Client) -> (String, Value) {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    let mut ids = Vec::new();
    for first in ["alice", "bob", "carol"] {
        ids.push(customer(admin, json!({"first_name": first, "email": format!("{first}@example.org")})).await);
    }
    let body = json!({"name": "Sale", "channel": "email", "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    (format!("/api/v1/campaigns/{campaign}/send"), json!({"customer_ids": ids}))
}

/// The administrator and a call of theirs, past the API: for what its handlers never do.
async fn asker(world: &World) -> Ctx {
    auth::operator(&world.app, "admin@jamii.co.ke").await.unwrap().unwrap().0
}

fn call(key: &Key) -> Call<'_> {
    Call { key, method: "POST", target: "/x", body: b"{}", max_keys: 100 }
}

fn fine(body: &str) -> Option<Answer> {
    Some(Answer { status: 200, body: body.into() })
}

/// A change that is seen from outside: one more event in the log.
async fn change(app: &App, ctx: &Ctx) -> Result<(), AppError> {
    let mut tx = app.db.write(ctx.ws).await?;
    audit::emit(&mut tx, ctx.ws, "campaign.created", "test", app.now(), &json!({})).await?;
    Ok(tx.commit().await?)
}

/// A worker that dies when it has come so far: the rest of its call never happens.
async fn dies_after(app: &App, ctx: &Ctx, key: &Key, work: impl Future<Output = ()>) {
    let reached = Notify::new();
    let work = async {
        work.await;
        reached.notify_one();
        std::future::pending::<(Option<Answer>, ())>().await
    };
    let call = call(key);
    tokio::select! {
        ended = idempotency::once(app, ctx, &call, work) => panic!("{ended:?}"),
        () = reached.notified() => {}
    }
}

fn code(error: AppError) -> &'static str {
    match error {
        AppError::Conflict { code, .. } | AppError::Invalid { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

both_engines! {
    async fn a_repeated_call_gets_the_first_answer_again(world: World) {
        let admin = world.admin().await;
        let keyed = admin.with_key("8e03978e-40d5-43e8-bc93-6894a57f9324");
        let first = keyed.post(CARDS, card("Ring Nyali")).await;
        assert_eq!((first.status.as_u16(), is_replayed(&first)), (201, false));
        let again = keyed.post(CARDS, card("Ring Nyali")).await;
        assert_eq!((again.status.as_u16(), is_replayed(&again)), (201, true));
        assert_eq!((&again.body, &again.headers["content-type"]), (&first.body, &first.headers["content-type"]));
        assert_eq!(cards(&world).await, 1);
        // As the draft writes it, it is the same key.
        assert!(is_replayed(&admin.with_key("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"").post(CARDS, card("Ring Nyali")).await));
        admin.post(CARDS, card("Ring Nyali")).await.ok();
        admin.with_key("another").post(CARDS, card("Ring Nyali")).await.ok();
        assert_eq!((cards(&world).await, keys(&world).await), (3, 2));
    }

    async fn a_key_names_one_call_of_one_asker(world: World) {
        let admin = world.admin().await;
        let keyed = admin.with_key("k");
        keyed.post(CARDS, card("Ring Nyali")).await.ok();
        let other = keyed.post(CARDS, card("Ring Likoni")).await;
        assert_eq!(other.refused(422), "idempotency_key_reused");
        assert!(other.body["error"]["message"].as_str().unwrap().contains("POST /api/v1/cards"));
        assert_eq!(keyed.post(&format!("{CARDS}?x=1"), card("Ring Nyali")).await.refused(422), "idempotency_key_reused");
        assert_eq!(keyed.delete("/api/v1/products/01890000-0000-7000-8000-000000000000").await.refused(422), "idempotency_key_reused");
        // Another person, and another program of the same person.
        world.person("Grace Chebet", Role::SalesRep).await.with_key("k").post(CARDS, card("Ring Nyali")).await.ok();
        world.admin().await.with_key("k").post(CARDS, card("Ring Nyali")).await.ok();
        assert_eq!(cards(&world).await, 3);
        // Another workspace.
        let mut elsewhere = asker(&world).await;
        let (key, app) = (Key::parse(b"k").unwrap(), &world.app);
        for ws in [world.ws.0, world.ws.0 + 1] {
            elsewhere.ws.0 = ws;
            let done = idempotency::once(app, &elsewhere, &call(&key), async { (fine("1"), ()) }).await;
            assert!(matches!(done.unwrap(), Once::Now(())), "{ws}");
        }
    }

    async fn what_is_no_key_is_refused_and_what_takes_none_ignores_it(world: World) {
        let admin = world.admin().await;
        for bad in ["", "\"open", "k".repeat(256).as_str()] {
            assert_eq!(admin.with_key(bad).post(CARDS, card("x")).await.refused(400), "bad_idempotency_key");
        }
        let twice = Request::post(CARDS).header("idempotency-key", "a").header("idempotency-key", "b").header("content-type", "application/json");
        assert_eq!(admin.send(twice.body(Body::from(card("x").to_string())).unwrap()).await.refused(400), "bad_idempotency_key");
        assert_eq!(cards(&world).await, 0);
        let keyed = admin.with_key("k");
        keyed.get(CARDS).await;
        keyed.post("/api/v1/templates/check", json!({"channel": "sms", "text": "Hi"})).await;
        world.anonymous().with_key("k").post("/api/v1/session", json!({"email": "x@y.example", "password": "wrong password"})).await.refused(401);
        world.anonymous().with_key("k").post(CARDS, card("x")).await.refused(401);
        keyed.post("/api/v1/nowhere", json!({})).await.refused(404);
        assert_eq!(keys(&world).await, 0);
    }

    async fn a_refusal_is_an_answer_unless_other_rights_would_change_it(world: World) {
        let admin = world.admin().await;
        let keyed = admin.with_key("k");
        let refused = keyed.post(CARDS, card("")).await;
        assert_eq!(refused.status.as_u16(), 422, "{:#}", refused.body);
        let again = keyed.post(CARDS, card("")).await;
        assert_eq!((again.status.as_u16(), is_replayed(&again), &again.body), (422, true, &refused.body));
        assert_eq!(keyed.post(CARDS, card("Now with a title")).await.refused(422), "idempotency_key_reused");

        let viewer = world.person("Viola Viewer", Role::Viewer).await.with_key("k");
        viewer.post(CARDS, card("x")).await.refused(403);
        world.script("UPDATE users SET role = 'sales_rep' WHERE name = 'Viola Viewer'").await;
        assert!(!is_replayed(&viewer.post(CARDS, card("x")).await));
        assert_eq!(cards(&world).await, 1);
    }

    async fn a_call_that_failed_inside_may_be_repeated(world: World) {
        let admin = world.admin().await;
        let (keyed, path, body) = (admin.with_key("k"), "/api/v1/segments", json!({"name": "Gold", "type": "static"}));
        world.script("ALTER TABLE audit_log RENAME TO away").await;
        assert_eq!(keyed.post(path, body.clone()).await.refused(500), "internal");
        assert_eq!(keys(&world).await, 0);
        world.script("ALTER TABLE away RENAME TO audit_log").await;
        let made = keyed.post(path, body.clone()).await;
        assert_eq!((made.status.as_u16(), is_replayed(&made)), (201, false));
        assert!(is_replayed(&keyed.post(path, body).await));
    }

    async fn a_key_is_forgotten_after_a_day(world: World) {
        let keyed = world.admin().await.with_key("k");
        keyed.post(CARDS, card("Ring Nyali")).await.ok();
        world.clock.advance(KEPT_MS - 1);
        assert!(is_replayed(&keyed.post(CARDS, card("Ring Nyali")).await));
        world.clock.advance(1);
        assert!(!is_replayed(&keyed.post(CARDS, card("Ring Nyali")).await));
        world.clock.advance(KEPT_MS - HOUR);
        keyed.with_key("later").post(CARDS, card("Ring Nyali")).await.ok();
        world.clock.advance(HOUR);
        let mut tx = world.app.db.write_all().await.unwrap();
        assert_eq!(idempotency_keys::forget(&mut tx, world.app.now() - KEPT_MS, 10).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!((keys(&world).await, cards(&world).await), (1, 3));
    }

    async fn the_same_call_at_two_nodes_at_once_begins_one_run(world: World) {
        let (admin, dir) = (world.admin().await, tempfile::tempdir().unwrap());
        let there = muster_api::router(world.another_node(dir.path()).await);
        let (path, body) = sending(&admin).await;
        let keyed = admin.with_key("send-1");
        let calls: Vec<_> = (0..6).map(|n| {
            let client = if n % 2 == 0 { keyed.clone() } else { keyed.at(there.clone()) };
            let (path, body) = (path.clone(), body.clone());
            tokio::spawn(async move { client.post(&path, body).await })
        }).collect();
        let mut fresh = 0;
        for call in calls {
            let answer = call.await.unwrap();
            match answer.status.as_u16() {
                200 => fresh += usize::from(!is_replayed(&answer)),
                _ => {
                    assert_eq!(answer.refused(409), "idempotency_in_progress");
                    assert_eq!(answer.headers["retry-after"], "1");
                }
            }
        }
        assert_eq!(fresh, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_runs").await, 1);
        for client in [&keyed, &keyed.at(there)] {
            let again = client.post(&path, body.clone()).await;
            assert!(is_replayed(&again));
            assert_eq!(again.ok()["messages_queued"], 3);
        }
    }

    async fn a_code_and_a_reply_count_once(world: World) {
        let john = world.customer("John", "Kamau", "john@example.com", "+254700000001").await;
        let sent = world.sent_campaign("Summer Sale 2024", "sms", &[john]).await;
        let admin = world.admin().await;
        let till = admin.with_key("till-7-receipt-4711");
        let redeemed = till.post("/api/v1/redemptions", json!({"code": "SUMMER24", "customerId": john})).await;
        let again = till.post("/api/v1/redemptions", json!({"code": "SUMMER24", "customerId": john})).await;
        assert_eq!((again.status, &again.body, is_replayed(&again)), (redeemed.status, &redeemed.body, true));
        assert_eq!(world.number("SELECT COUNT(*) FROM reward_ledger").await, 1);
        let reply = json!({"campaignId": sent.campaign_id, "from": "+254700000001", "body": "Yes, interested!"});
        let first = admin.with_key("mail-1").post("/api/v1/campaigns/process-response", reply.clone()).await.ok();
        assert_eq!(admin.with_key("mail-1").post("/api/v1/campaigns/process-response", reply).await.ok(), first);
        assert_eq!((world.number("SELECT COUNT(*) FROM campaign_responses").await, cards(&world).await), (1, 1));
    }

    async fn a_caller_who_hangs_up_finds_the_answer(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let (path, body) = sending(&admin).await;
        admin.post(&path, body).await.ok();
        moody.is("alice", Mood::Hangs);
        let keyed = admin.with_key("k");
        let execute = async |client: &Client| client.post("/api/v1/campaigns/execute", json!({})).await;
        let caller = keyed.clone();
        let calling = tokio::spawn(async move { caller.post("/api/v1/campaigns/execute", json!({})).await });
        moody.hanging.notified().await;
        calling.abort();
        assert!(calling.await.is_err());
        let early = execute(&keyed).await;
        assert_eq!(early.refused(409), "idempotency_in_progress");
        moody.wake();
        let answer = loop {
            let answer = execute(&keyed).await;
            if answer.status.as_u16() != 409 {
                break answer;
            }
            tokio::task::yield_now().await;
        };
        assert!(is_replayed(&answer));
        assert_eq!(answer.ok()["sent"], 3);
        assert_eq!(moody.seen("alice@example.org"), 1);
    }

    async fn a_call_whose_worker_died_is_done_afresh_only_if_it_had_no_effect(world: World) {
        let (dir, ctx) = (tempfile::tempdir().unwrap(), asker(&world).await);
        let there = world.another_node(dir.path()).await;
        let [before, after] = [b"before", b"after "].map(|key| Key::parse(key).unwrap());
        dies_after(&world.app, &ctx, &before, async {}).await;
        dies_after(&world.app, &ctx, &after, async { change(&world.app, &ctx).await.unwrap() }).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM idempotency_keys WHERE progress = 'running'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM idempotency_keys WHERE progress = 'applied'").await, 1);
        for key in [&before, &after] {
            let early = idempotency::once(&there, &ctx, &call(key), async { (fine("2"), ()) }).await;
            assert_eq!(code(early.unwrap_err()), "idempotency_in_progress");
        }
        world.clock.advance(LEASE_MS);
        let lost = idempotency::once(&there, &ctx, &call(&after), async { panic!("done twice") as (Option<Answer>, ()) }).await;
        assert_eq!(code(lost.unwrap_err()), "idempotency_answer_lost");
        let taken = idempotency::once(&there, &ctx, &call(&before), async { (fine("2"), ()) }).await;
        assert!(matches!(taken.unwrap(), Once::Now(())));
        let again = idempotency::once(&world.app, &ctx, &call(&before), async { (fine("3"), ()) }).await.unwrap();
        assert!(matches!(again, Once::Before(answer) if answer.body == b"2"));
    }

    async fn a_worker_that_was_taken_over_keeps_nothing(world: World) {
        let (dir, ctx) = (tempfile::tempdir().unwrap(), asker(&world).await);
        let (there, key, app) = (world.another_node(dir.path()).await, Key::parse(b"k").unwrap(), &world.app);
        let (before, asks) = (world.number("SELECT COUNT(*) FROM event_outbox").await, ctx.clone());
        let slow = async {
            // It stands still for longer than its lease, and another node does the call meanwhile.
            world.clock.advance(LEASE_MS);
            let (key, ctx) = (key.clone(), ctx.clone());
            let other = tokio::spawn(async move {
                let fast = async {
                    change(&there, &ctx).await.unwrap();
                    (fine("fast"), ())
                };
                idempotency::once(&there, &ctx, &call(&key), fast).await
            });
            assert!(matches!(other.await.unwrap().unwrap(), Once::Now(())));
            (fine("slow"), change(app, &asks).await)
        };
        let Once::Now(refused) = idempotency::once(app, &ctx, &call(&key), slow).await.unwrap() else { panic!() };
        assert_eq!(code(refused.unwrap_err()), "idempotency_in_progress");
        assert_eq!(world.number("SELECT COUNT(*) FROM event_outbox").await, before + 1);
        let again = idempotency::once(app, &ctx, &call(&key), async { (fine("late"), ()) }).await.unwrap();
        assert!(matches!(again, Once::Before(answer) if answer.body == b"fast"));
    }

    async fn what_was_committed_before_a_failure_is_not_done_again(world: World) {
        let (ctx, app) = (asker(&world).await, &world.app);
        let [failed, panicked, long] = [b"failed  ", b"panicked", b"long    "].map(|key| Key::parse(key).unwrap());
        // So it is, too, when a commit was kept and only its acknowledgement got lost.
        let half = async { change(app, &ctx).await.unwrap(); (Some(Answer { status: 500, body: vec![] }), ()) };
        idempotency::once(app, &ctx, &call(&failed), half).await.unwrap();
        let (there, asks) = (app.clone(), ctx.clone());
        let key = panicked.clone();
        let panics = tokio::spawn(async move {
            let work = async { change(&there, &asks).await.unwrap(); panic!("on purpose") };
            idempotency::once::<()>(&there, &asks, &call(&key), work).await.map(drop)
        });
        assert!(panics.await.unwrap_err().is_panic());
        let many = async { change(app, &ctx).await.unwrap(); (fine(&"x".repeat(MAX_ANSWER + 1)), ()) };
        assert!(matches!(idempotency::once(app, &ctx, &call(&long), many).await.unwrap(), Once::Now(())));
        for key in [&failed, &panicked, &long] {
            let again = idempotency::once(app, &ctx, &call(key), async { (fine("2"), ()) }).await;
            assert_eq!(code(again.unwrap_err()), "idempotency_answer_lost", "{key:?}");
        }
    }

    async fn nobody_fills_the_database_with_keys(world: World) {
        let (ctx, app) = (asker(&world).await, &world.app);
        let asked = async |name: &str| {
            let key = Key::parse(name.as_bytes()).unwrap();
            let call = Call { max_keys: 3, ..call(&key) };
            idempotency::once(app, &ctx, &call, async { (fine("1"), ()) }).await.map(drop)
        };
        for name in ["a", "b", "c"] {
            asked(name).await.unwrap();
            world.clock.advance(HOUR);
        }
        let Err(AppError::TooMany { retry_after_ms, .. }) = asked("d").await else { panic!() };
        assert_eq!(retry_after_ms, KEPT_MS - 3 * HOUR);
        asked("b").await.unwrap();
        world.clock.advance(retry_after_ms - SECOND);
        assert!(asked("d").await.is_err());
        world.clock.advance(SECOND);
        asked("d").await.unwrap();
    }

    async fn answers_are_kept_sealed(world: World) {
        let admin = world.admin().await;
        let token = json!({"name": "Till", "scopes": ["read"]});
        let made = admin.with_key("k").post("/api/v1/tokens", token.clone()).await.ok();
        assert_eq!(admin.with_key("k").post("/api/v1/tokens", token).await.ok(), made);
        let secret = made["token"].as_str().unwrap();
        let mut tx = world.app.db.read(world.ws).await.unwrap();
        let tokens = sessions::list_tokens(&mut tx, world.ws).await.unwrap();
        let asker = tokens.iter().find(|token| token.name == "test").unwrap().id;
        let claim = Claim::new(world.ws, asker, "k", world.app.new_id());
        let kept = idempotency_keys::find(&mut tx, &claim).await.unwrap().unwrap().answer.unwrap();
        assert!(kept.len() > secret.len() && !kept.windows(8).any(|part| part == &secret.as_bytes()[..8]));
    }

    async fn who_is_erased_is_not_kept_in_an_answer(world: World) {
        let admin = world.admin().await;
        let (path, body) = ("/api/v1/customers", json!({"firstName": "Asha", "email": "asha@example.org"}));
        let added = admin.with_key("k").post(path, body.clone()).await.ok();
        let gone = added["id"].as_i64().unwrap();
        admin.post(&format!("/api/v1/customers/{gone}/erase"), json!({})).await.ok();
        assert_eq!(world.number("SELECT COUNT(*) FROM idempotency_keys WHERE answer IS NOT NULL").await, 0);
        assert_eq!(admin.with_key("k").post(path, body).await.refused(409), "idempotency_answer_lost");
    }
}
