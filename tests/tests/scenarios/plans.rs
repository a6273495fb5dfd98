//! Campaign plans: each contact on a way of its own, by what becomes of the messages.

use axum::body::Body;
use axum::http::{Request, header};
use muster_app::job_engine::built_in;
use muster_app::{App, plans};
use muster_domain::role::Role;
use muster_domain::tracking::MessageRef;
use muster_tests::jobs::sweep;
use muster_tests::steps::{approve, balances, customer, id, segment};
use muster_tests::{Answer, Client, World, both_engines};
use serde_json::{Value, json};

const BROWSER: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";

/// The plan of the reference: an introduction, 72 hours, a bump; quiet from 21:00 to 07:30 in Los Angeles.
fn introduction() -> Value {
    json!({
        "version": "1.0", "timezone": "America/Los_Angeles", "quietHours": {"start": "21:00", "end": "07:30"}, "startNodeId": "email_intro",
        "nodes": [
            {"id": "email_intro", "action": "send", "subject": "Introduction to our solution", "body": "Hi {{ first_name }}, see https://jm.ke/intro", "transitions": [
                {"on": "opened", "to": "wait_click", "within": "PT72H"}, {"on": "no_open", "to": "email_bump_1", "after": "PT72H"}]},
            {"id": "wait_click", "action": "wait", "transitions": [
                {"on": "clicked", "to": "stop"}, {"on": "no_click", "to": "email_bump_1", "after": "P7D"}]},
            {"id": "email_bump_1", "action": "send", "subject": "Did you see this?", "body": "Hi again", "transitions": [
                {"on": "replied", "to": "stop"}, {"on": "no_reply", "to": "stop", "after": "PT72H"}]},
            {"id": "stop", "action": "stop"},
        ],
    })
}

/// Asha and Ben are the audience.
async fn audience(admin: &Client) -> (String, i64, i64) {
    let asha = customer(admin, json!({"firstName": "Asha", "email": "asha@example.com", "tier": "Gold"})).await;
    let ben = customer(admin, json!({"firstName": "Ben", "email": "ben@example.com", "tier": "Gold"})).await;
    let gold = json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]});
    (segment(admin, "Gold", gold).await, asha, ben)
}

/// A plan that was started without an approval, and its two contacts. Nothing was done yet.
async fn started(admin: &Client, plan: Value) -> (String, i64, i64) {
    admin
        .patch("/api/v1/settings", json!({"approvalRequired": false, "publicBaseUrl": "https://t.example"}))
        .await
        .ok();
    let (gold, asha, ben) = audience(admin).await;
    let made =
        admin.post("/api/v1/plans", json!({"name": "Introduction", "segmentIds": [gold], "plan": plan})).await.ok();
    assert_eq!(made["problems"], json!([]), "{made}");
    let plan = id(&made);
    act(admin, &plan, "start").await;
    (plan, asha, ben)
}

async fn act(admin: &Client, plan: &str, what: &str) -> Value {
    admin.post(&format!("/api/v1/campaigns/{plan}/{what}"), json!({})).await.ok()
}

/// Everything that is due now is done: the machine, the messages, the machine.
async fn go_on(world: &World, admin: &Client) {
    for _ in 0..4 {
        plans::advance_due(&world.app).await.unwrap();
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
    }
}

async fn at(world: &World, admin: &Client, moment: &str) {
    world.clock.set(moment);
    go_on(world, admin).await;
}

async fn path(admin: &Client, plan: &str, customer: i64) -> Value {
    admin.get(&format!("/api/v1/plans/{plan}/contacts/{customer}/path")).await.ok()
}

/// Node and status.
async fn stands(admin: &Client, plan: &str, customer: i64) -> (String, String) {
    let contact = path(admin, plan, customer).await["contact"].clone();
    let text = |name: &str| contact[name].as_str().unwrap().to_owned();
    (text("currentNodeId"), text("status"))
}

fn is(node: &str, status: &str) -> (String, String) {
    (node.into(), status.into())
}

/// The events of a way, with their moments.
async fn way(admin: &Client, plan: &str, customer: i64) -> Vec<(String, String)> {
    let path = path(admin, plan, customer).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    path["steps"].as_array().unwrap().iter().map(|step| (text(&step["event"]), text(&step["at"]))).collect()
}

/// The last message of a plan to a customer.
async fn message(world: &World, customer: i64) -> MessageRef {
    let run_id = world.number("SELECT MAX(id) FROM campaign_runs").await;
    let seq = world
        .number(&format!("SELECT MAX(seq) FROM run_recipients WHERE run_id = {run_id} AND customer_id = {customer}"))
        .await;
    MessageRef { workspace: world.ws, run_id, seq }
}

async fn fetch(world: &World, address: &str) -> Answer {
    let path = address.strip_prefix("https://t.example").unwrap().to_owned();
    let request = Request::builder().uri(path).header(header::USER_AGENT, BROWSER).body(Body::empty()).unwrap();
    world.anonymous().send(request).await
}

async fn opens(world: &World, customer: i64) {
    let pixel = world.addresses().await.pixel(message(world, customer).await);
    assert_eq!(fetch(world, &pixel).await.status.as_u16(), 200);
}

async fn clicks(world: &World, customer: i64) {
    let link = world.number("SELECT MAX(id) FROM tracked_links").await;
    let address = world.addresses().await.click(message(world, customer).await, link);
    assert_eq!(fetch(world, &address).await.status.as_u16(), 302);
}

async fn sent_to(world: &World, who: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM sandbox_messages WHERE recipient = '{who}@example.com'")).await
}

async fn status(admin: &Client, plan: &str) -> Value {
    admin.get(&format!("/api/v1/plans/{plan}")).await.ok()["status"].clone()
}

both_engines! {
    async fn the_introduction_goes_its_ways_and_the_campaign_completes(world: World) {
        let admin = world.admin().await;
        // 08:00 UTC is midnight in Los Angeles: quiet until 07:30, which is 15:30 UTC.
        let (plan, asha, ben) = started(&admin, introduction()).await;
        go_on(&world, &admin).await;
        assert_eq!((sent_to(&world, "asha").await, stands(&admin, &plan, asha).await), (0, is("email_intro", "active")));
        assert_eq!(path(&admin, &plan, asha).await["waitsFor"][0]["dueAt"], "2026-11-24T15:30:00Z");
        at(&world, &admin, "2026-11-24T15:29:59Z").await;
        assert_eq!(sent_to(&world, "asha").await, 0);
        at(&world, &admin, "2026-11-24T15:30:00Z").await;
        assert_eq!((sent_to(&world, "asha").await, sent_to(&world, "ben").await), (1, 1));
        assert_eq!(status(&admin, &plan).await, "running", "they may get more");
        let waits = path(&admin, &plan, ben).await["waitsFor"].clone();
        assert_eq!((&waits[0]["event"], &waits[0]["dueAt"]), (&json!("no_open"), &json!("2026-11-27T15:30:00Z")), "{waits}");
        balances(&admin, &plan).await;

        // Asha opens, and the same again changes nothing; then she clicks.
        world.clock.set("2026-11-25T10:00:00Z");
        opens(&world, asha).await;
        opens(&world, asha).await;
        go_on(&world, &admin).await;
        assert_eq!(stands(&admin, &plan, asha).await, is("wait_click", "active"));
        at(&world, &admin, "2026-11-25T10:05:00Z").await;
        opens(&world, asha).await;
        go_on(&world, &admin).await;
        assert_eq!(way(&admin, &plan, asha).await.len(), 2, "the same event moves once");
        world.clock.set("2026-11-26T09:00:00Z");
        clicks(&world, asha).await;
        go_on(&world, &admin).await;
        assert_eq!(stands(&admin, &plan, asha).await, is("stop", "stopped"));
        assert_eq!(path(&admin, &plan, asha).await["waitsFor"], json!([]), "nothing is left of her");

        // Ben does not: exactly 72 hours after the message left.
        at(&world, &admin, "2026-11-27T15:29:59Z").await;
        assert_eq!(stands(&admin, &plan, ben).await, is("email_intro", "active"));
        at(&world, &admin, "2026-11-27T15:30:00Z").await;
        assert_eq!(way(&admin, &plan, ben).await[1], ("no_open".into(), "2026-11-27T15:30:00Z".into()));
        assert_eq!((sent_to(&world, "ben").await, stands(&admin, &plan, ben).await), (2, is("email_bump_1", "active")));
        let counts = admin.get(&format!("/api/v1/plans/{plan}/counts")).await.ok();
        assert_eq!(counts["nodes"], json!([
            {"nodeId": "email_bump_1", "active": 1, "passed": 0}, {"nodeId": "email_intro", "active": 0, "passed": 2},
            {"nodeId": "stop", "active": 0, "passed": 1}, {"nodeId": "wait_click", "active": 0, "passed": 1}]));
        let reply = json!({"campaignId": plan, "from": "ben@example.com", "subject": "Re: Did you see this?", "body": "Yes, I am interested."});
        admin.post("/api/v1/campaigns/process-response", reply).await.ok();
        go_on(&world, &admin).await;
        assert_eq!(stands(&admin, &plan, ben).await, is("stop", "stopped"));

        assert_eq!(status(&admin, &plan).await, "completed", "nobody is on the way");
        let live = balances(&admin, &plan).await;
        assert_eq!((&live["counters"]["total"], &live["counters"]["sent"]), (&json!(3), &json!(3)), "the run grew");
        assert!(live["stages"].as_array().unwrap().iter().filter(|s| s["rowsExpected"] == 3).all(|s| s["rowsProcessed"] == 3 && s["status"] == "success"), "{live}");
    }

    async fn a_timeout_counts_from_the_actual_send_and_its_message_waits_for_the_end_of_quiet_hours(world: World) {
        let admin = world.admin().await;
        let mut plan = introduction();
        plan["nodes"][0]["transitions"][1]["after"] = json!("PT62H30M");
        // Its first message is due at 15:30, and leaves at 16:00, because the campaign is paused until then.
        let (plan, asha, _) = started(&admin, plan).await;
        world.clock.set("2026-11-24T15:30:00Z");
        plans::advance_due(&world.app).await.unwrap();
        act(&admin, &plan, "pause").await;
        at(&world, &admin, "2026-11-24T16:00:00Z").await;
        assert_eq!(sent_to(&world, "asha").await, 0);
        act(&admin, &plan, "resume").await;
        go_on(&world, &admin).await;
        assert_eq!((sent_to(&world, "asha").await, stands(&admin, &plan, asha).await), (1, is("email_intro", "active")));
        // 62 hours and a half later it is 22:30 in Los Angeles: the contact moves, and the bump waits for the morning.
        at(&world, &admin, "2026-11-27T06:29:59Z").await;
        assert_eq!(way(&admin, &plan, asha).await.len(), 1);
        at(&world, &admin, "2026-11-27T06:30:00Z").await;
        assert_eq!((stands(&admin, &plan, asha).await, sent_to(&world, "asha").await), (is("email_bump_1", "active"), 1));
        at(&world, &admin, "2026-11-27T15:29:59Z").await;
        assert_eq!(sent_to(&world, "asha").await, 1);
        at(&world, &admin, "2026-11-27T15:30:00Z").await;
        assert_eq!(sent_to(&world, "asha").await, 2);
    }

    async fn what_was_held_up_does_not_leave_in_the_plan_s_quiet_hours(world: World) {
        let admin = world.admin().await;
        let (plan, asha, _) = started(&admin, introduction()).await;
        world.clock.set("2026-11-24T15:30:00Z");
        plans::advance_due(&world.app).await.unwrap();
        act(&admin, &plan, "pause").await;
        // 22:00 in Los Angeles.
        world.clock.set("2026-11-25T06:00:00Z");
        act(&admin, &plan, "resume").await;
        go_on(&world, &admin).await;
        assert_eq!((sent_to(&world, "asha").await, path(&admin, &plan, asha).await["contact"]["sentAt"].clone()), (0, Value::Null));
        at(&world, &admin, "2026-11-25T15:30:00Z").await;
        assert_eq!((sent_to(&world, "asha").await, path(&admin, &plan, asha).await["contact"]["sentAt"].clone()), (1, json!("2026-11-25T15:30:00Z")));
        assert_eq!(path(&admin, &plan, asha).await["waitsFor"][0]["dueAt"], "2026-11-28T15:30:00Z", "72 hours from then");
    }

    async fn who_cannot_be_written_to_leaves_the_plan(world: World) {
        let admin = world.admin().await;
        let (plan, asha, ben) = started(&admin, introduction()).await;
        world.script("UPDATE customers SET opted_out = TRUE WHERE first_name = 'Asha'").await;
        at(&world, &admin, "2026-11-24T16:00:00Z").await;
        assert_eq!(stands(&admin, &plan, asha).await, is("email_intro", "exited"));
        let contact = path(&admin, &plan, asha).await;
        assert_eq!((&contact["contact"]["reason"], &contact["steps"][1]["event"], &contact["steps"][1]["to"]), (&json!("opted out"), &json!("not_sent"), &Value::Null));
        assert_eq!(stands(&admin, &plan, ben).await, is("email_intro", "active"));
        balances(&admin, &plan).await;
    }

    async fn pause_holds_everything_and_cancel_ends_it(world: World) {
        let admin = world.admin().await;
        let (plan, asha, ben) = started(&admin, introduction()).await;
        at(&world, &admin, "2026-11-24T15:30:00Z").await;
        act(&admin, &plan, "pause").await;
        world.clock.set("2026-11-27T16:00:00Z");
        opens(&world, asha).await;
        go_on(&world, &admin).await;
        assert_eq!((way(&admin, &plan, asha).await.len(), way(&admin, &plan, ben).await.len()), (1, 1), "nobody moves");
        act(&admin, &plan, "resume").await;
        go_on(&world, &admin).await;
        assert_eq!(stands(&admin, &plan, ben).await.0, "email_bump_1");
        assert_eq!(way(&admin, &plan, asha).await[1].0, "no_open", "she opened when the 72 hours were over");
        act(&admin, &plan, "cancel").await;
        assert_eq!((stands(&admin, &plan, asha).await.1, stands(&admin, &plan, ben).await.1), ("exited".into(), "exited".into()));
        assert_eq!(world.number("SELECT COUNT(*) FROM scheduled_actions WHERE status = 'pending'").await, 0);
        let counts = admin.get(&format!("/api/v1/plans/{plan}/counts")).await.ok();
        let both_were_here = |node| json!({"nodeId": node, "active": 0, "passed": 2});
        assert_eq!(counts["nodes"], json!([both_were_here("email_bump_1"), both_were_here("email_intro")]));
        at(&world, &admin, "2026-12-24T16:00:00Z").await;
        assert_eq!(sent_to(&world, "ben").await, 2);
        balances(&admin, &plan).await;
        admin.post(&format!("/api/v1/plans/{plan}/enrol"), json!({"customerIds": [ben]})).await.refused(409);
    }

    async fn a_campaign_s_end_ends_its_contacts(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        let (gold, asha, _) = audience(&admin).await;
        let plan = id(&admin.post("/api/v1/plans", json!({"name": "Short", "segmentIds": [gold], "plan": introduction()})).await.ok());
        admin.patch(&format!("/api/v1/campaigns/{plan}"), json!({"endAt": "2026-11-26T00:00:00Z"})).await.ok();
        act(&admin, &plan, "start").await;
        at(&world, &admin, "2026-11-24T15:30:00Z").await;
        at(&world, &admin, "2026-11-26T00:00:00Z").await;
        assert_eq!((status(&admin, &plan).await, stands(&admin, &plan, asha).await), (json!("completed"), is("email_intro", "exited")));
        at(&world, &admin, "2026-11-28T00:00:00Z").await;
        assert_eq!(sent_to(&world, "asha").await, 1);
    }

    async fn two_nodes_do_nothing_twice_and_a_broken_off_turn_is_done_again(world: World) {
        let admin = world.admin().await;
        let (plan, asha, _) = started(&admin, introduction()).await;
        let dir = tempfile::tempdir().unwrap();
        let other: App = world.another_node(dir.path()).await;
        world.clock.set("2026-11-24T15:30:00Z");
        // The append of the messages fails in the middle of a turn.
        world.script("ALTER TABLE run_stats RENAME TO run_stats_gone").await;
        plans::advance_due(&world.app).await.unwrap();
        world.script("ALTER TABLE run_stats_gone RENAME TO run_stats").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM run_recipients").await, 0, "nothing of it is left");
        for _ in 0..3 {
            let (one, two) = tokio::join!(plans::advance_due(&world.app), plans::advance_due(&other));
            one.unwrap();
            two.unwrap();
        }
        go_on(&world, &admin).await;
        assert_eq!((sent_to(&world, "asha").await, sent_to(&world, "ben").await), (1, 1));
        world.clock.set("2026-11-27T15:30:00Z");
        for _ in 0..3 {
            let (one, two) = tokio::join!(plans::advance_due(&world.app), plans::advance_due(&other));
            one.unwrap();
            two.unwrap();
        }
        go_on(&world, &admin).await;
        assert_eq!((sent_to(&world, "asha").await, way(&admin, &plan, asha).await.len()), (2, 2));
        balances(&admin, &plan).await;
    }

    async fn the_built_in_job_goes_on_when_the_timer_slept(world: World) {
        let admin = world.admin().await;
        built_in::ensure(&world.app).await.unwrap();
        let (plan, asha, _) = started(&admin, introduction()).await;
        at(&world, &admin, "2026-11-24T15:30:00Z").await;
        world.clock.set("2026-11-27T15:30:00Z");
        let run = sweep(&world, "plan-timeouts").await;
        assert_eq!((&run["executionStatus"], stands(&admin, &plan, asha).await.0.as_str()), (&json!("success"), "email_bump_1"));
        assert_eq!(run["rowsProcessed"], 4, "two timeouts, and the two bumps that follow");
        let run = sweep(&world, "plan-timeouts").await;
        assert_eq!(run["rowsProcessed"], 0, "there was nothing more");
    }

    async fn a_plan_with_problems_is_kept_and_not_started(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        let (gold, ..) = audience(&admin).await;
        let mut plan = introduction();
        plan["nodes"][0]["transitions"][0]["to"] = json!("not_written_yet");
        let made = admin.post("/api/v1/plans", json!({"name": "Half", "segmentIds": [gold], "plan": plan})).await.ok();
        let half = id(&made);
        assert!(made["problems"].as_array().unwrap().iter().any(|p| p["path"] == "nodes[0].transitions[0].to"), "{made}");
        assert_eq!(made["plan"], plan, "as it was written");
        let refused = admin.post(&format!("/api/v1/campaigns/{half}/start"), json!({})).await;
        assert!(refused.body["error"]["details"].as_array().unwrap().iter().any(|p| p["path"] == "plan.nodes[0].transitions[0].to"), "{:?}", refused.body);
        assert_eq!(refused.status.as_u16(), 422);
        let listed = admin.get("/api/v1/plans?search=half").await.ok();
        assert_eq!((&listed[0]["id"], listed[0]["problemCount"].as_i64().unwrap() > 0), (&json!(half), true));

        // What this version does not know how to do is said, and so is what the workspace does not have.
        for (node, code) in [
            (json!({"id": "stop", "action": "webhook", "url": "https://a.example/x"}), "not_supported"),
            (json!({"id": "stop", "action": "update_customer", "attributes": {"interest": "cars"}}), "unknown_attribute"),
            (json!({"id": "stop", "action": "send", "offer": "01931f00-0000-7000-8000-000000000000"}), "unknown_offer"),
            (json!({"id": "stop", "action": "send", "subject": "Hi", "body": "Hi {{ nobody_knows }}"}), "unknown_variable"),
        ] {
            let mut plan = introduction();
            plan["nodes"][3] = node;
            let checked = admin.post("/api/v1/plans/check", json!({"plan": plan})).await.ok();
            assert_eq!((&checked["canBeSaved"], &checked["canBeStarted"]), (&json!(true), &json!(false)), "{checked}");
            assert!(checked["problems"].as_array().unwrap().iter().any(|p| p["code"] == code && p["path"].as_str().unwrap().starts_with("nodes[3].")), "{code}: {checked}");
        }
        let refused = admin.post("/api/v1/plans", json!({"name": "None", "plan": {"nodes": 7}})).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert_eq!(admin.get("/api/v1/plans/schema").await.body["type"], "object");
        assert_eq!(admin.patch(&format!("/api/v1/plans/{half}"), json!({"plan": introduction(), "version": 1})).await.ok()["problems"], json!([]));
        act(&admin, &half, "start").await;
    }

    async fn who_is_in_a_plan_goes_on_with_the_version_they_began_with(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"publicBaseUrl": "https://t.example"})).await.ok();
        let (gold, asha, ben) = audience(&admin).await;
        let carol = customer(&admin, json!({"firstName": "Carol", "email": "carol@example.com"})).await;
        let plan = id(&admin.post("/api/v1/plans", json!({"name": "Introduction", "segmentIds": [gold], "plan": introduction()})).await.ok());
        assert_eq!(admin.post(&format!("/api/v1/campaigns/{plan}/start"), json!({})).await.refused(409), "approval_required");
        approve(&world, &admin, &plan).await;
        act(&admin, &plan, "start").await;
        at(&world, &admin, "2026-11-24T15:30:00Z").await;

        let mut shorter = introduction();
        shorter["nodes"][0]["subject"] = json!("A word of introduction");
        shorter["nodes"][0]["transitions"][1]["after"] = json!("PT1H");
        let path_of = format!("/api/v1/plans/{plan}");
        let changed = admin.patch(&path_of, json!({"plan": shorter})).await.ok();
        assert_eq!((&changed["status"], &changed["approvalStatus"], &changed["version"]), (&json!("running"), &json!("not_submitted"), &json!(2)));
        assert_eq!(admin.patch(&path_of, json!({"name": "Another"})).await.refused(409), "not_editable");
        // Until it is approved, the version before holds for everybody.
        let enrolled = admin.post(&format!("{path_of}/enrol"), json!({"customerIds": [carol, asha]})).await.ok();
        assert_eq!((&enrolled["enrolled"], &enrolled["alreadyEnrolled"], &enrolled["planVersion"]), (&json!(1), &json!(1), &json!(1)));
        admin.post(&format!("/api/v1/campaigns/{plan}/submit"), json!({})).await.ok();
        let approver = world.of("peter.odhiambo@jamii.co.ke").await;
        let request = id(&admin.get("/api/v1/approvals?status=pending").await.ok()[0]);
        approver.post(&format!("/api/v1/approvals/{request}/approve"), json!({"comment": "Good."})).await.ok();
        let dan = customer(&admin, json!({"firstName": "Dan", "email": "dan@example.com"})).await;
        let enrolled = admin.post(&format!("{path_of}/enrol"), json!({"customerIds": [dan]})).await.ok();
        assert_eq!(enrolled["planVersion"], 2);
        go_on(&world, &admin).await;
        let subjects = "SELECT COUNT(*) FROM sandbox_messages WHERE subject = 'A word of introduction'";
        assert_eq!((world.number(subjects).await, sent_to(&world, "dan").await, sent_to(&world, "carol").await), (1, 1, 1));
        at(&world, &admin, "2026-11-24T16:30:00Z").await;
        assert_eq!((stands(&admin, &plan, dan).await.0.as_str(), stands(&admin, &plan, ben).await.0.as_str()), ("email_bump_1", "email_intro"));
        assert_eq!(admin.post(&format!("{path_of}/enrol"), json!({"customerIds": [999_999]})).await.status.as_u16(), 404);
        balances(&admin, &plan).await;
    }

    async fn questions_fields_cards_and_events_of_ones_own(world: World) {
        let admin = world.admin().await;
        admin.post("/api/v1/customers/attributes", json!({"name": "interest", "label": "Interest", "type": "text"})).await.ok();
        let plan = json!({
            "version": "1.0", "timezone": "UTC", "startNodeId": "ask",
            "nodes": [
                {"id": "ask", "action": "branch", "condition": "customer.first_name == 'Asha' && !opened", "transitions": [{"on": "yes", "to": "note"}, {"on": "no", "to": "pause"}]},
                {"id": "note", "action": "update_customer", "attributes": {"interest": "cars"}, "transitions": [{"on": "done", "to": "call"}]},
                {"id": "call", "action": "create_card", "queue": "sales", "priority": "high", "title": "Call {name}"},
                {"id": "pause", "action": "wait", "schedule": {"delay": "P3D"}, "transitions": [{"on": "order.placed", "to": "stop", "within": "P1D"}, {"on": "done", "to": "call"}]},
                {"id": "stop", "action": "stop"},
            ],
        });
        let (plan, asha, ben) = started(&admin, plan).await;
        go_on(&world, &admin).await;
        assert_eq!((stands(&admin, &plan, asha).await, stands(&admin, &plan, ben).await), (is("call", "completed"), is("pause", "active")));
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM customer_attributes WHERE customer_id = {asha} AND text_value = 'cars'")).await, 1);
        let cards = admin.get("/api/v1/cards").await.ok();
        assert_eq!((&cards[0]["title"], &cards[0]["queue"], &cards[0]["priority"], cards.as_array().unwrap().len()), (&json!("Call Asha"), &json!("sales"), &json!("high"), 1));

        let events = format!("/api/v1/plans/{plan}/events");
        assert_eq!(admin.post(&events, json!({"customerId": ben, "event": "opened"})).await.refused(422), "validation_failed");
        world.clock.set("2026-11-25T07:00:00Z");
        let placed = json!({"customerId": ben, "event": "order.placed", "id": "o-1"});
        assert_eq!(admin.post(&events, placed.clone()).await.ok()["isTaken"], true);
        assert_eq!(admin.post(&events, placed).await.ok()["isTaken"], false, "the same id is the same event");
        go_on(&world, &admin).await;
        assert_eq!((stands(&admin, &plan, ben).await, way(&admin, &plan, ben).await.len()), (is("stop", "stopped"), 3));
        assert_eq!(status(&admin, &plan).await, "completed", "it sent nothing, and is done");
    }

    async fn a_version_that_cannot_be_read_pauses_its_plan_and_no_other(world: World) {
        let admin = world.admin().await;
        let mut introduction = introduction();
        introduction.as_object_mut().unwrap().remove("quietHours");
        let (plan, asha, ben) = started(&admin, introduction.clone()).await;
        let segments = admin.get(&format!("/api/v1/plans/{plan}")).await.ok()["segmentIds"].clone();
        let other = admin.post("/api/v1/plans", json!({"name": "Other", "segmentIds": segments, "plan": introduction})).await.ok();
        let other = id(&other);
        act(&admin, &other, "start").await;
        built_in::ensure(&world.app).await.unwrap();
        let of = |plan: &str| world.id(plan.parse().unwrap());
        // Another Muster saved it: one that knows more actions, or keeps plans in some other way.
        for (becomes, was) in [
            ("replace(plan, '\"action\":\"wait\"', '\"action\":\"muse\"')", "replace(plan, '\"action\":\"muse\"', '\"action\":\"wait\"')"),
            ("'~' || plan", "substr(plan, 2)"),
        ] {
            let write = async |what: &str| world.script(&format!("UPDATE plan_versions SET plan = {what} WHERE campaign_id = {}", of(&plan))).await;
            write(becomes).await;
            assert_eq!(sweep(&world, "plan-timeouts").await["executionStatus"], "success");
            let seen = admin.get(&format!("/api/v1/plans/{plan}")).await.ok();
            let why = seen["pausedReason"].as_str().unwrap();
            assert!(seen["status"] == "paused" && why.starts_with("Version 1 of this plan cannot be read"), "{seen}");
            assert!(seen["problemCount"].as_i64().unwrap() > 0, "{seen}");
            assert_eq!(admin.post(&format!("/api/v1/plans/{plan}/enrol"), json!({"customerIds": [asha]})).await.refused(409), "plan_unreadable");
            // Whoever resumes it as it is hears of it again.
            act(&admin, &plan, "resume").await;
            go_on(&world, &admin).await;
            assert_eq!(status(&admin, &plan).await, "paused");
            let messages = world.number("SELECT COUNT(*) FROM run_recipients").await;
            assert_eq!((stands(&admin, &plan, asha).await, messages), (is("email_intro", "active"), 2), "the other plan's");
            write(was).await;
            act(&admin, &plan, "resume").await;
            assert_eq!(admin.get(&format!("/api/v1/plans/{plan}")).await.ok()["pausedReason"], Value::Null);
            if becomes.starts_with("replace") {
                continue;
            }
            go_on(&world, &admin).await;
        }
        assert_eq!((way(&admin, &plan, ben).await.len(), world.number("SELECT COUNT(*) FROM run_recipients").await), (1, 4), "nothing was lost");
        at(&world, &admin, "2026-11-30T08:00:00Z").await;
        for plan in [&plan, &other] {
            assert_eq!(stands(&admin, plan, ben).await, is("email_bump_1", "active"), "three days are over");
        }
    }

    async fn other_teams_see_nothing_of_it_and_roles_hold(world: World) {
        let admin = world.admin().await;
        let (plan, asha, _) = started(&admin, introduction()).await;
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        assert_eq!(viewer.get(&format!("/api/v1/plans/{plan}/contacts")).await.ok().as_array().unwrap().len(), 2);
        for (path, body) in [("", json!({"plan": introduction()})), ("/enrol", json!({"customerIds": [asha]})), ("/events", json!({"customerId": asha, "event": "x.y"}))] {
            let path = format!("/api/v1/plans/{plan}{path}");
            let answer = if path.ends_with(&plan) { viewer.patch(&path, body).await } else { viewer.post(&path, body).await };
            assert_eq!(answer.status.as_u16(), 403, "{path}");
        }
        let page = viewer.get(&format!("/api/v1/plans/{plan}/contacts?limit=1&node=email_intro&status=active")).await.body;
        let cursor = page["pagination"]["next_cursor"].as_str().unwrap().to_owned();
        let rest = viewer.get(&format!("/api/v1/plans/{plan}/contacts?limit=1&node=email_intro&status=active&cursor={cursor}")).await.body;
        assert_ne!(page["data"][0]["customerId"], rest["data"][0]["customerId"]);
        crate::built_in::another_workspace(&world).await;
        let stranger = world.of("hamisi@pwani.co.ke").await;
        for path in ["", "/contacts", "/counts", &format!("/contacts/{asha}/path")] {
            assert_eq!(stranger.get(&format!("/api/v1/plans/{plan}{path}")).await.status.as_u16(), 404, "{path}");
        }
        assert_eq!(stranger.get("/api/v1/plans").await.ok(), json!([]));
        assert_eq!(stranger.post(&format!("/api/v1/plans/{plan}/enrol"), json!({"customerIds": [asha]})).await.status.as_u16(), 404);
    }
}
