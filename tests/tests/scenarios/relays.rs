//! What is set on a mail relay: signing, return path, warm-up, limits.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use muster_app::tracking;
use muster_db::{budgets, workspaces};
use muster_domain::channel::Channel;
use muster_domain::role::Role;
use muster_domain::tracking::MessageRef;
use muster_engine::registry::SenderRegistry;
use muster_tests::smtp_sink::{Mail, SmtpSink};
use muster_tests::steps::{approve, customer, id, segment};
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::judge::judge;

const PASSWORD: &str = "hunter2-relay";

/// An Ed25519 key as OpenSSL writes it, and a part of it by which it would be seen anywhere.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
const KEY_PART: &str = "guoRK9JLsLMREScVpezJpGXA7";

fn relay(sink: &SmtpSink, config: Value) -> Value {
    let mut own =
        json!({"host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from": "offers@jamii.example"});
    own.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    json!({"channel": "email", "kind": "smtp", "name": "Main relay", "config": own})
}

async fn add(admin: &Client, relay: Value) -> String {
    format!("/api/v1/providers/{}", id(&admin.post("/api/v1/providers", relay).await.ok()))
}

/// An email campaign to three customers is under way.
async fn start(world: &World, admin: &Client) {
    for n in 0..3 {
        customer(admin, json!({"first_name": format!("Wanjiku{n}"), "email": format!("wanjiku{n}@customer.example"), "client_type": "Broker"})).await;
    }
    let brokers = segment(admin, "Brokers", json!({"client_types": ["Broker"]})).await;
    let campaign = id(&admin.post("/api/v1/campaigns", json!({
        "name": "Karibu", "channel": "email", "segmentIds": [brokers],
        "email_subject": "Karibu {{first_name}}", "email_body": "<p>Habari {{first_name}} – <a href=\"https://jamii.example/\">karibu</a></p>",
    })).await.ok());
    approve(world, admin, &campaign).await;
    admin.post(&format!("/api/v1/campaigns/{campaign}/launch"), json!({})).await.ok();
}

/// How many messages leave now.
async fn execute(admin: &Client) -> i64 {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"].as_i64().unwrap()
}

/// An email campaign to three customers has been sent.
async fn campaign(world: &World, admin: &Client) {
    start(world, admin).await;
    assert_eq!(execute(admin).await, 3);
}

fn records(signing: &Value) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [(text(&signing["recordName"]), text(&signing["recordValue"]))].into_iter()
}

/// Everything that Muster logs from now on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of this process, at its most talkative.
fn log() -> &'static Log {
    static LOG: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let all = Targets::new().with_targets(
            ["muster_app", "muster_api", "muster_channels", "muster_engine", "muster_db", "lettre", "tower_http"]
                .map(|name| (name, tracing::Level::TRACE)),
        );
        let _ = tracing_subscriber::registry().with(layer).with(all).try_init();
        log
    })
}

both_engines! {
    async fn mail_is_signed_with_a_key_made_here_on_every_path(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        admin.patch("/api/v1/settings", json!({"publicBaseUrl": "https://m.jamii.example"})).await.ok();
        let path = add(&admin, relay(&sink, json!({}))).await;
        assert_eq!(admin.get(&path).await.ok()["signing"], Value::Null);
        for algorithm in ["rsa", "ed25519"] {
            let new = json!({"domain": "Jamii.example.", "selector": algorithm, "algorithm": algorithm});
            let signing = admin.put(&format!("{path}/signing"), new).await.ok()["signing"].clone();
            assert_eq!(signing["recordName"], format!("{algorithm}._domainkey.jamii.example"));
            let strings: Vec<_> = signing["recordStrings"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
            assert_eq!(strings.concat(), signing["recordValue"]);
            assert!(strings.iter().all(|string| string.len() <= 255) && strings.len() == if algorithm == "rsa" { 2 } else { 1 });

            let sent = admin.post(&format!("{path}/test"), json!({"to": "me@jamii.example"})).await.ok();
            assert_eq!(sent["outcome"], "accepted", "{sent}");
            assert_eq!(judge(&sink.mails().last().unwrap().data, records(&signing)).await, [true], "{:?}", sink.mails());
        }
        let signing = admin.get(&path).await.ok()["signing"].clone();
        let tests = sink.mails().len();
        campaign(&world, &admin).await;
        let mails = sink.mails();
        assert_eq!(mails.len() - tests, 3);
        for Mail { data, .. } in &mails[tests..] {
            assert!(data.contains("List-Unsubscribe: ") && data.contains("List-Unsubscribe-Post: "), "{data}");
            assert_eq!(judge(data, records(&signing)).await, [true], "{data}");
            // RFC 8058, section 4: both fields are covered, and nobody can add another one.
            for field in ["List-Unsubscribe", "List-Unsubscribe-Post", "From", "Subject"] {
                let added = data.replacen("MIME-Version: ", &format!("{field}: <https://evil.example/>\r\nMIME-Version: "), 1);
                assert_eq!(judge(&added, records(&signing)).await, [false], "{field}");
            }
            let changed = data.replacen("/u/", "/x/", 1);
            assert_ne!(&changed, data);
            assert_eq!(judge(&changed, records(&signing)).await, [false]);
        }

        let removed = admin.delete(&format!("{path}/signing")).await.ok();
        assert_eq!(removed["signing"], Value::Null);
        assert_eq!(admin.delete(&format!("{path}/signing")).await.refused(409), "not_signing");
        assert_eq!(world.number("SELECT COUNT(*) FROM secrets WHERE name LIKE 'dkim:%'").await, 0);
        admin.post(&format!("{path}/test"), json!({"to": "me@jamii.example"})).await.ok();
        assert!(!sink.mails().last().unwrap().data.contains("DKIM-Signature"));
    }

    async fn a_key_of_ones_own_and_a_password_are_never_seen_again(world: World) {
        let log = log();
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let mut with_password = relay(&sink, json!({"username": "jamii"}));
        with_password["secret"] = json!(PASSWORD);
        let path = add(&admin, with_password).await;
        let own = json!({"domain": "jamii.example", "selector": "own", "privateKey": KEY});
        let mut answers = vec![admin.put(&format!("{path}/signing"), own.clone()).await];
        assert_eq!(answers[0].clone().ok()["signing"]["algorithm"], "ed25519-sha256");
        assert_eq!(answers[0].clone().ok()["signing"]["recordName"], "own._domainkey.jamii.example");
        answers.push(admin.put(&format!("{path}/signing"), own.clone()).await);
        assert!(answers[1].status.is_success(), "the same key may be given again");
        // The sink asks for no password: the dialogue says so, and names none.
        let refused = admin.post(&format!("{path}/test"), json!({"to": "me@jamii.example"})).await;
        let said = refused.clone().ok();
        assert_eq!(said["outcome"], "retry");
        let dialogue: Vec<_> = said["dialogue"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(dialogue[0], format!("connecting to 127.0.0.1:{}", sink.address.port()));
        assert_eq!(dialogue.last().unwrap(), &"the server does not offer AUTH PLAIN or LOGIN");
        answers.push(refused);
        for path in ["/api/v1/providers", &path, "/api/v1/audit"] {
            answers.push(admin.get(path).await);
        }
        for bad in [json!({"privateKey": format!("{KEY}x").replace("MC4C", "MC5C")}), json!({"privateKey": "hunter2-relay"})] {
            let mut new = own.clone();
            new.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
            answers.push(admin.put(&format!("{path}/signing"), new).await);
            assert_eq!(answers.last().unwrap().body["error"]["details"][0]["path"], "privateKey");
        }
        for answer in &answers {
            let text = answer.body.to_string();
            assert!(!text.contains(KEY_PART) && !text.contains("hunter2"), "{text}");
        }
        let logged = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let logged = String::from_utf8_lossy(&logged);
        assert!(!logged.contains(KEY_PART) && !logged.contains("hunter2-relay"));
        assert_eq!(world.number("SELECT COUNT(*) FROM secrets").await, 2);
        if world.engine == muster_tests::Engine::Sqlite {
            for file in std::fs::read_dir(world.dir.path()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
                for secret in [KEY_PART, PASSWORD] {
                    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
                }
            }
        }
        admin.delete(&path).await.ok();
        assert_eq!(world.number("SELECT COUNT(*) FROM secrets").await, 0, "secrets go with their relay");
    }

    async fn a_key_changes_only_in_ways_that_receivers_follow(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let path = add(&admin, relay(&sink, json!({}))).await;
        let at = format!("{path}/signing");
        let key = |selector: &str| json!({"domain": "jamii.example", "selector": selector, "algorithm": "ed25519"});
        let first = admin.put(&at, key("m1")).await.ok();
        // Another key under the same name would not match what receivers remember.
        let again = admin.put(&at, key("m1")).await;
        assert_eq!((again.refused(422), &again.body["error"]["details"][0]["code"]), ("validation_failed".into(), &json!("selector_taken")));
        let second = admin.put(&at, key("m2")).await.ok();
        assert_ne!(first["signing"]["recordValue"], second["signing"]["recordValue"]);
        for (field, value) in [("domain", "jamii"), ("domain", "jamii..example"), ("selector", ""), ("selector", "a b"), ("algorithm", "dsa")] {
            let mut bad = key("m3");
            bad[field] = json!(value);
            let refused = admin.put(&at, bad).await;
            assert_eq!((refused.refused(422), &refused.body["error"]["details"][0]["path"]), ("validation_failed".into(), &json!(field)));
        }
        // Other changes leave it alone.
        let renamed = admin.patch(&path, json!({"name": "Renamed", "config": relay(&sink, json!({}))["config"]})).await.ok();
        assert_eq!(renamed["signing"], second["signing"]);
        // A lost key stops the relay: nothing leaves unsigned that should be signed.
        world.script("DELETE FROM secrets WHERE name LIKE 'dkim:%'").await;
        world.app.senders.forget(world.ws);
        let refused = world.app.senders.pick(world.ws, Channel::Email, None).await.err().unwrap();
        assert!(refused.contains("Renamed has lost the key that it signs with"), "{refused}");
        // A gateway for text messages signs nothing.
        let sms = json!({"channel": "sms", "kind": "sandbox", "name": "Test", "config": {}});
        let sms = id(&admin.post("/api/v1/providers", sms).await.ok());
        assert_eq!(admin.put(&format!("/api/v1/providers/{sms}/signing"), key("m1")).await.refused(422), "cannot_sign");
        for role in [Role::Manager, Role::Approver, Role::SalesRep, Role::Viewer] {
            let person = world.person(&format!("Person {role}"), role).await;
            person.put(&at, key("m9")).await.refused(403);
            person.delete(&at).await.refused(403);
        }
    }

    async fn a_bounce_says_which_message_it_is_about(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let path = add(&admin, relay(&sink, json!({}))).await;
        admin.post(&format!("{path}/test"), json!({"to": "me@jamii.example"})).await.ok();
        assert_eq!(sink.mails()[0].from, "offers@jamii.example");
        for bad in ["nowhere", "b{token}@jamii.example", "bounces-of-the-newsletters@jamii.example"] {
            let refused = admin.patch(&path, json!({"config": relay(&sink, json!({"returnPath": bad}))["config"]})).await;
            assert_eq!((refused.refused(422), &refused.body["error"]["details"][0]["path"]), ("validation_failed".into(), &json!("config.returnPath")));
        }
        admin.patch(&path, json!({"config": relay(&sink, json!({"returnPath": "bounces.jamii.example"}))["config"]})).await.ok();
        admin.post(&format!("{path}/test"), json!({"to": "me@jamii.example"})).await.ok();
        assert_eq!(sink.mails()[1].from, "bounce@bounces.jamii.example");

        campaign(&world, &admin).await;
        let mut tx = world.app.db.read(world.ws).await.unwrap();
        let workspace = workspaces::get(&mut tx, world.ws).await.unwrap();
        drop(tx);
        let key = tracking::token_key(&workspace).unwrap();
        let run_id = world.number("SELECT MAX(id) FROM campaign_runs").await;
        let mut messages: Vec<MessageRef> = sink.mails()[2..].iter().map(|mail| {
            let (local, domain) = mail.from.split_once('@').unwrap();
            assert!(local.len() <= 64 && local.starts_with("bounce+") && domain == "bounces.jamii.example", "{}", mail.from);
            assert!(mail.data.contains("From: \"Jamii Mobile\" <offers@jamii.example>") || mail.data.contains("<offers@jamii.example>"));
            key.bounced(&mail.from).unwrap()
        }).collect();
        messages.sort_by_key(|message| message.seq);
        let expected: Vec<_> = (1..=3).map(|seq| MessageRef { workspace: world.ws, run_id, seq }).collect();
        assert_eq!(messages, expected);
    }

    async fn a_relay_that_warms_up_sends_a_little_more_every_day(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let plan = json!({"startedOn": "2026-11-24", "firstDay": 50, "growthPercent": 30, "target": 200});
        let mut new = relay(&sink, json!({"warmUp": plan}));
        new["messagesPerDay"] = json!(150);
        let path = add(&admin, new).await;
        for (day, limit) in [(24, 50), (25, 65), (28, 141), (29, 150), (30, 150)] {
            // 21:00 UTC is midnight in Nairobi: the workspace's day has begun.
            world.clock.set(&format!("2026-11-{}T21:00:00Z", day - 1));
            assert_eq!(admin.get(&path).await.ok()["todaysLimit"], json!(limit), "on the {day}th");
            // What a campaign is given follows the day by itself.
            let active = world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap();
            assert_eq!(active.per_day, Some(limit));
        }
        let none = admin.patch(&path, json!({"messagesPerDay": 0})).await.ok();
        assert_eq!((&none["messagesPerDay"], &none["todaysLimit"]), (&Value::Null, &Value::Null), "the target is reached");
        let bad = json!({"startedOn": "2026-11-24", "firstDay": 0, "growthPercent": 301, "target": 0});
        let refused = admin.patch(&path, json!({"config": relay(&sink, json!({"warmUp": bad}))["config"]})).await;
        let paths: Vec<_> = refused.body["error"]["details"].as_array().unwrap().iter().map(|d| d["path"].as_str().unwrap().to_owned()).collect();
        assert_eq!(paths, ["config.warmUp.firstDay", "config.warmUp.growthPercent", "config.warmUp.target"]);
        let unreadable = json!({"startedOn": "soon", "firstDay": 1, "growthPercent": 1, "target": 1});
        admin.patch(&path, json!({"config": relay(&sink, json!({"warmUp": unreadable}))["config"]})).await.refused(422);
    }

    async fn what_is_over_a_warm_up_waits_for_the_next_day(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let plan = json!({"startedOn": "2026-11-24", "firstDay": 2, "growthPercent": 10, "target": 1000});
        add(&admin, relay(&sink, json!({"warmUp": plan}))).await;
        start(&world, &admin).await;
        assert_eq!(execute(&admin).await, 2);
        world.clock.set("2026-11-24T20:59:00Z");
        assert_eq!(execute(&admin).await, 0);
        // Midnight in Nairobi: one more is allowed than in the 24 hours before.
        world.clock.set("2026-11-24T21:00:00Z");
        assert_eq!(execute(&admin).await, 1);
        assert_eq!(sink.mails().len(), 3);
    }

    async fn a_limit_shows_how_much_of_it_is_used(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::ZERO));
        let mut new = relay(&sink, json!({"messagesPerConnection": 20}));
        new["messagesPerHour"] = json!(500);
        let path = add(&admin, new.clone()).await;
        campaign(&world, &admin).await;
        assert_eq!(admin.get(&path).await.ok()["used"], json!({"hour": 3, "day": 3}));
        world.clock.set("2026-11-24T09:30:00Z");
        assert_eq!(admin.get("/api/v1/providers").await.ok()[0]["used"], json!({"hour": 0, "day": 3}));
        world.clock.set("2026-11-25T08:30:00Z");
        assert_eq!(admin.get(&path).await.ok()["used"], json!({"hour": 0, "day": 0}));
        let mut tx = world.app.db.read(world.ws).await.unwrap();
        assert!(budgets::recent(&mut tx, world.ws, &[], 0, 0).await.unwrap().is_empty());
        drop(tx);
        for (change, field) in [
            (json!({"messagesPerDay": -1}), "messagesPerDay"),
            (json!({"messagesPerHour": -5}), "messagesPerHour"),
            (json!({"maxConnections": 101}), "maxConnections"),
            (json!({"weight": 10_001}), "weight"),
            (json!({"config": relay(&sink, json!({"messagesPerConnection": 0}))["config"]}), "config.messagesPerConnection"),
        ] {
            let refused = admin.patch(&path, change).await;
            assert_eq!((refused.refused(422), &refused.body["error"]["details"][0]["path"]), ("validation_failed".into(), &json!(field)));
        }
    }
}
