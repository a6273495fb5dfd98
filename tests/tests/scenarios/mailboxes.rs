//! Mailboxes are read: answers, bounces and complaints do what they say, once, against a real Dovecot.

use axum::http::StatusCode;
use muster_app::job_engine::built_in;
use muster_domain::role::Role;
use muster_domain::tracking::ReturnPath;
use muster_tests::authority::{Authority, authority};
use muster_tests::dovecot::{Dovecot, PASSWORD};
use muster_tests::jobs::{log, sweep, sweep_as};
use muster_tests::{Client, Sent, World, both_engines};
use serde_json::{Value, json};

use crate::built_in::another_workspace;

/// What the samples answer and report on.
const SAMPLED: &str = "01890000000070008000000000000000.12.150@jamii.co.ke";
const SIGNED: &str = "bounce+token@bounces.jamii.co.ke";

/// A sample, about a message of this campaign: `signed` by the address it came back to, or by its id.
async fn about(world: &World, sample: &str, sent: &Sent, seq: i64, signed: bool) -> String {
    let own = sample.replace("Message-ID: <q1@", &format!("Message-ID: <q{seq}@"));
    if !signed {
        let id = format!("{}.{}.{seq}@jamii.co.ke", sent.campaign_id.simple(), sent.run_id);
        return own.replace(SAMPLED, &id);
    }
    let mut tx = world.app.db.read(world.ws).await.unwrap();
    let workspace = muster_db::workspaces::get(&mut tx, world.ws).await.unwrap();
    let token = muster_app::tracking::token_key(&workspace).unwrap().bounce_token(&world.message(sent, seq));
    own.replace(SAMPLED, "unknown@x").replace(SIGNED, &ReturnPath::parse("bounces.jamii.co.ke").unwrap().of(&token))
}

const GMAIL: &str = include_str!("../../../fuzz/seeds/mail/gmail.eml");
const APPLE: &str = include_str!("../../../fuzz/seeds/mail/apple.eml");
const NEWSLETTER: &str = include_str!("../../../fuzz/seeds/mail/newsletter.eml");
const VACATION: &str = include_str!("../../../fuzz/seeds/mail/vacation.eml");
const POSTFIX: &str = include_str!("../../../fuzz/seeds/mail/postfix.eml");
const EXCHANGE: &str = include_str!("../../../fuzz/seeds/mail/exchange.eml");
const QMAIL: &str = include_str!("../../../fuzz/seeds/mail/qmail.eml");
const ARF: &str = include_str!("../../../fuzz/seeds/mail/arf.eml");

async fn outreach(world: &World) -> Sent {
    built_in::ensure(&world.app).await.unwrap();
    let mut people = Vec::new();
    for (n, name) in ["John", "Jane", "Peter", "Grace", "Ali"].iter().enumerate() {
        people.push(
            world
                .customer(name, "Smith", &format!("{}@example.com", name.to_lowercase()), &format!("+25470000000{n}"))
                .await,
        );
    }
    world.sent_campaign("Q1 Outreach", "email", &people).await
}

async fn mailbox(client: &Client, dovecot: &Dovecot, user: &str) -> Value {
    let new = json!({ "name": user, "host": "127.0.0.1", "port": dovecot.port, "security": "none", "username": user, "password": PASSWORD, "mayBePrivate": true });
    client.post("/api/v1/mailboxes", new).await.ok()
}

async fn ingest(world: &World) -> Value {
    let run = sweep(world, "reply-ingestion").await;
    assert_eq!(run["executionStatus"], "success", "{run}");
    run
}

async fn suppressed(world: &World, reason: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM suppressions WHERE reason = '{reason}'")).await
}

both_engines! {
    async fn an_answer_becomes_a_card_once(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        let made = mailbox(&admin, &dovecot, "offers").await;
        assert_eq!((made.get("password"), &made["error"], &made["readAt"]), (None, &Value::Null, &Value::Null));
        let now = world.app.now();
        dovecot.deliver("offers", &about(&world, APPLE, &sent, 3, false).await, now - 60_000);
        dovecot.deliver("offers", &about(&world, GMAIL, &sent, 1, false).await, now);
        dovecot.deliver("offers", NEWSLETTER, now);
        let run = ingest(&world).await;
        assert_eq!(run["rowsProcessed"], 2, "what arrived before the mailbox was added is left alone");
        assert_eq!(log(&world, &run).await, "Read 2 new mails of “offers”.");

        let replies = admin.get("/api/v1/responses").await.ok();
        assert_eq!(replies.as_array().unwrap().len(), 1, "{replies}");
        assert_eq!((&replies[0]["disposition"], &replies[0]["summary"]), (&json!("INTERESTED"), &json!("Yes, interested! Please call me on 0722 418906.")));
        let card = admin.get(&format!("/api/v1/cards/{}", replies[0]["cardId"].as_str().unwrap())).await.ok();
        assert_eq!(card["card"]["contact_id"], json!(sent.customers[0]), "by the message, though the sender's address is another");
        let seen = admin.get("/api/v1/mailboxes").await.ok();
        assert_eq!((&seen[0]["replies"], &seen[0]["others"], &seen[0]["error"]), (&json!(1), &json!(1), &Value::Null));
        assert!(seen[0]["readAt"].is_string());
        assert_eq!(dovecot.seen("offers"), 0, "whoever else reads the mailbox finds it as it was");

        // Again, and with the mail numbered anew.
        assert_eq!(ingest(&world).await["rowsProcessed"], 0);
        dovecot.renumber("offers");
        dovecot.deliver("offers", &about(&world, APPLE, &sent, 3, false).await, now);
        ingest(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 2, "only what is new");
        assert_eq!(world.number("SELECT COUNT(*) FROM cards").await, 1);
        // The same mail in another mailbox.
        mailbox(&admin, &dovecot, "sales").await;
        dovecot.deliver("sales", &about(&world, GMAIL, &sent, 1, false).await, now);
        ingest(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 2);
        world.assert_recount(&sent).await;
    }

    async fn bounces_and_complaints_stop_what_would_go_on(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        mailbox(&admin, &dovecot, "offers").await;
        let now = world.app.now();
        for (sample, seq, signed) in [(POSTFIX, 1, true), (EXCHANGE, 2, false), (QMAIL, 3, false), (ARF, 4, true)] {
            dovecot.deliver("offers", &about(&world, sample, &sent, seq, signed).await, now);
        }
        let stop = about(&world, APPLE, &sent, 5, false).await.replace("Not interested", "STOP").replace("peter@icloud.example", "ali@example.com");
        dovecot.deliver("offers", &stop, now);
        assert_eq!(ingest(&world).await["rowsProcessed"], 5);

        let bounced = "SELECT COUNT(*) FROM suppressions WHERE reason = 'hard_bounce' AND address IN ('john@example.com', 'peter@example.com')";
        assert_eq!((world.number(bounced).await, suppressed(&world, "hard_bounce").await), (2, 2), "not of the full mailbox, nor of whom the report names");
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE reason = 'complaint' AND address = 'grace@example.com'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE reason = 'unsubscribed' AND address = 'ali@example.com'").await, 1);
        let stats = format!("SELECT bounced * 100 + complaints * 10 + unsubscribed FROM run_stats WHERE run_id = {}", sent.run_id);
        assert_eq!(world.number(&stats).await, 211);
        world.assert_recount(&sent).await;
        let seen = admin.get("/api/v1/mailboxes").await.ok();
        assert_eq!((&seen[0]["bounces"], &seen[0]["complaints"], &seen[0]["replies"]), (&json!(3), &json!(1), &json!(1)));
        assert_eq!(world.number("SELECT COUNT(*) FROM cards").await, 0, "nobody has to answer any of it");
    }

    async fn what_names_no_message_of_ours_does_nothing(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        mailbox(&admin, &dovecot, "offers").await;
        let now = world.app.now();
        let guessed = about(&world, POSTFIX, &sent, 1, false).await.replace(&sent.campaign_id.simple().to_string(), "01890000000070008000000000000000");
        for mail in [guessed.replace("Nobody@", "john@").replace("nobody@", "john@"), ARF.into(), VACATION.into(), NEWSLETTER.into()] {
            dovecot.deliver("offers", &mail, now);
        }
        let own = about(&world, GMAIL, &sent, 1, false).await;
        dovecot.deliver("offers", &own.replace("CAF3x+7Q@mail.gmail.com", &format!("{}.{}.1@jamii.co.ke", sent.campaign_id, sent.run_id)), now);
        dovecot.deliver("offers", "Subject: nobody wrote this\n\n", now);
        assert_eq!(ingest(&world).await["rowsProcessed"], 6);
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await + world.number("SELECT COUNT(*) FROM suppressions").await, 0);
        assert_eq!(admin.get("/api/v1/mailboxes").await.ok()[0]["others"], 6);
    }

    async fn a_crash_loses_nothing_and_repeats_nothing(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        mailbox(&admin, &dovecot, "offers").await;
        let now = world.app.now();
        dovecot.deliver("offers", &about(&world, GMAIL, &sent, 1, false).await, now);
        ingest(&world).await;
        // What a mail did and how far the mailbox is read are kept together. Were they not, it would look like this: read, and
        // the number not written down.
        world.script("UPDATE mailboxes SET last_uid = 0, uid_validity = NULL").await;
        dovecot.deliver("offers", &about(&world, APPLE, &sent, 3, false).await, now);
        ingest(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM mailbox_messages").await, 2);

        // A mail that the database refuses: nothing of it is kept, it is tried again, and it does not stop the mailbox for ever.
        let refused = about(&world, GMAIL, &sent, 2, false).await.replace("CAF3x+7Q", "second");
        world.script("ALTER TABLE cards RENAME TO cards_away").await;
        dovecot.deliver("offers", &refused, now);
        ingest(&world).await;
        let seen = admin.get("/api/v1/mailboxes").await.ok();
        assert_eq!(seen[0]["error"], "A mail could not be kept: the log says more.");
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 2);
        world.script("ALTER TABLE cards_away RENAME TO cards").await;
        world.clock.advance(60_000);
        ingest(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 3);
        assert_eq!(admin.get("/api/v1/mailboxes").await.ok()[0]["error"], Value::Null);

        // One that is refused for ever is passed over, and what came after it is read.
        world.script("ALTER TABLE cards RENAME TO cards_away").await;
        dovecot.deliver("offers", &refused.replace("second", "third"), now);
        dovecot.deliver("offers", NEWSLETTER, now);
        for _ in 0..5 {
            assert_eq!(world.number("SELECT others FROM mailboxes").await, 0);
            ingest(&world).await;
            world.clock.advance(31 * 60_000);
        }
        let seen = admin.get("/api/v1/mailboxes").await.ok();
        assert_eq!((&seen[0]["others"], &seen[0]["error"]), (&json!(2), &Value::Null));
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 3);
        world.script("ALTER TABLE cards_away RENAME TO cards").await;
    }

    async fn one_that_fails_says_why_and_the_others_go_on(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        let wrong = mailbox(&admin, &dovecot, "wrong").await["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/mailboxes/{wrong}"), json!({ "password": "guessed" })).await.ok();
        let nowhere = mailbox(&admin, &dovecot, "nowhere").await["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/mailboxes/{nowhere}"), json!({ "port": 1 })).await.ok();
        let private = mailbox(&admin, &dovecot, "private").await["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/mailboxes/{private}"), json!({ "mayBePrivate": false })).await.ok();
        let folder = mailbox(&admin, &dovecot, "folder").await["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/mailboxes/{folder}"), json!({ "folder": "Réponses" })).await.ok();
        mailbox(&admin, &dovecot, "offers").await;
        dovecot.deliver("offers", &about(&world, GMAIL, &sent, 1, false).await, world.app.now());
        let run = ingest(&world).await;
        assert_eq!(run["rowsProcessed"], 1, "{}", log(&world, &run).await);
        let seen = admin.get("/api/v1/mailboxes").await.ok();
        for (at, words) in ["does not take this user name and password", "Nothing answers at 127.0.0.1:1", "private network", "no folder “Réponses”"].iter().enumerate() {
            assert!(seen[at]["error"].as_str().unwrap().contains(words), "{}", seen[at]);
            assert!(log(&world, &run).await.contains(words));
        }
        assert_eq!(seen[4]["error"], Value::Null);
        let told = run["errorMessage"].as_str().unwrap();
        for name in ["wrong", "nowhere", "private", "folder"] {
            assert!(told.contains(&format!("“{name}” could not be read. ")), "{told}");
        }
        assert!(!told.contains("os error") && !told.contains("offers") && run["errorCode"] == "partial", "{run}");
        assert_eq!(world.number("SELECT COUNT(*) FROM job_alerts").await, 4, "people are told, once");
        let tried = admin.post(&format!("/api/v1/mailboxes/{wrong}/probe"), json!({})).await;
        assert_eq!((tried.status, &tried.body["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("mailbox_failed")));

        // It rests, so that no account is locked; put right, it is read at once.
        let run = ingest(&world).await;
        assert_eq!((log(&world, &run).await, &run["errorMessage"]), (String::new(), &Value::Null));
        admin.patch(&format!("/api/v1/mailboxes/{wrong}"), json!({ "password": PASSWORD })).await.ok();
        assert_eq!(admin.post(&format!("/api/v1/mailboxes/{wrong}/probe"), json!({})).await.ok()["mails"], 0);
        ingest(&world).await;
        let seen = admin.get(&format!("/api/v1/mailboxes/{wrong}")).await.ok();
        assert_eq!((&seen["error"], &seen["failingSince"], seen["readAt"].is_string()), (&Value::Null, &Value::Null, true));
    }

    async fn mail_is_read_under_the_protection_that_was_asked_for(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        let now = world.app.now();
        let ways = [("tls", dovecot.secure_port, GMAIL, 1), ("starttls", dovecot.port, APPLE, 3)];
        for (security, port, sample, seq) in ways {
            let id = mailbox(&admin, &dovecot, security).await["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/mailboxes/{id}");
            dovecot.deliver(security, &about(&world, sample, &sent, seq, false).await, now);
            for certificate in [String::new(), Authority::new().pem()] {
                admin.patch(&path, json!({ "security": security, "port": port, "rootCertificate": certificate })).await.ok();
                let refused = admin.post(&format!("{path}/probe"), json!({})).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "signed by nobody who is trusted");
                assert!(refused.body["error"]["message"].as_str().unwrap().to_lowercase().contains("certificate"), "{}", refused.body);
            }
            admin.patch(&path, json!({ "rootCertificate": authority().pem() })).await.ok();
            assert_eq!(admin.post(&format!("{path}/probe"), json!({})).await.ok()["mails"], 1);
            assert_eq!(ingest(&world).await["rowsProcessed"], 1);
            // What is said in clear is no TLS.
            admin.patch(&path, json!({ "security": "tls", "port": dovecot.port })).await.ok();
            assert_eq!(admin.post(&format!("{path}/probe"), json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
            admin.patch(&path, json!({ "isActive": false })).await.ok();
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM campaign_responses").await, 2);
    }

    async fn mailboxes_are_for_administrators_and_of_one_team(world: World) {
        let (dovecot, admin, sent) = (Dovecot::start(), world.admin().await, outreach(&world).await);
        let manager = world.person("Wanjiku Maina", Role::Manager).await;
        let id = mailbox(&admin, &dovecot, "offers").await["id"].as_str().unwrap().to_owned();
        assert_eq!(manager.get("/api/v1/mailboxes").await.status, StatusCode::FORBIDDEN);
        let bad = admin.post("/api/v1/mailboxes", json!({ "name": "", "host": "a b", "port": 0, "security": "ssl", "username": "", "password": "", "folder": "" })).await;
        let paths: Vec<_> = bad.body["error"]["details"].as_array().unwrap().iter().map(|p| p["path"].as_str().unwrap().to_owned()).collect();
        assert_eq!((bad.status, paths.join(" ")), (StatusCode::UNPROCESSABLE_ENTITY, "name host port security username folder password".to_owned()));

        assert_eq!(admin.delete(&format!("/api/v1/mailboxes/{id}")).await.status, StatusCode::OK);
        assert_eq!(world.number("SELECT COUNT(*) FROM mailboxes").await + world.number("SELECT COUNT(*) FROM secrets WHERE name LIKE 'mailbox:%'").await, 0);

        // Another team reads a report on a message of this one, by its id and by its signed address.
        let second = another_workspace(&world).await;
        let hamisi = world.of("hamisi@pwani.co.ke").await;
        mailbox(&hamisi, &dovecot, "pwani").await;
        for signed in [true, false] {
            dovecot.deliver("pwani", &about(&world, POSTFIX, &sent, 1, signed).await.replace("20261123080213", if signed { "1" } else { "2" }), world.app.now());
        }
        let run = sweep_as(&world.app, &hamisi, "reply-ingestion").await;
        assert_eq!((&run["executionStatus"], &run["rowsProcessed"]), (&json!("success"), &json!(2)));
        assert_eq!(hamisi.get("/api/v1/mailboxes").await.ok()[0]["others"], 2);
        let mut tx = world.app.db.read_all().await.unwrap();
        let kept = muster_db::admin::number(&mut tx, "SELECT (SELECT COUNT(*) FROM suppressions) + (SELECT COUNT(*) FROM campaign_responses)").await.unwrap();
        assert_eq!((kept, second == world.ws), (0, false));
    }
}
