//! Relays and routes: kept, tried out, chosen.

use std::sync::Arc;
use std::time::Duration;

use muster_channels::{OutboundMessage, Outcome};
use muster_domain::channel::Channel;
use muster_domain::role::Role;
use muster_engine::registry::SenderRegistry;
use muster_tests::{World, both_engines};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A mail server that takes everything, or refuses every recipient with `refusal`.
async fn mail_server(refusal: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut said = String::from("220 test ESMTP");
                let mut in_body = false;
                loop {
                    if !said.is_empty() && stream.get_mut().write_all(format!("{said}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                    let mut line = String::new();
                    if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                        return;
                    }
                    said = match (in_body, line.trim_end(), refusal) {
                        (true, ".", _) => {
                            in_body = false;
                            "250 2.0.0 Ok: queued as T1".into()
                        }
                        (true, _, _) => String::new(),
                        (_, "DATA", _) => {
                            in_body = true;
                            "354 go".into()
                        }
                        (_, rcpt, Some(refusal)) if rcpt.starts_with("RCPT") => refusal.into(),
                        _ => "250 Ok".into(),
                    };
                }
            });
        }
    });
    port
}

fn relay(port: u16) -> Value {
    json!({"channel": "email", "kind": "smtp", "name": "Main relay", "config": {"host": "127.0.0.1", "port": port, "security": "none", "from": "offers@jamii.example"}})
}

fn mail() -> Vec<OutboundMessage> {
    let message = OutboundMessage::new(Channel::Email, "1/0/7", "wanjiku@customer.example", "Habari");
    vec![OutboundMessage { from: "offers@jamii.example".into(), message_id: "m1@jamii.example".into(), ..message }]
}

async fn send(world: &World, channel: Channel, route: Option<&str>) -> Result<Outcome, String> {
    let active = world.app.senders.pick(world.ws, channel, route).await?;
    let mut batch = mail();
    batch[0].channel = channel;
    Ok(active.sender.send(batch).await.remove(0))
}

both_engines! {
    async fn a_fresh_workspace_sends_to_its_test_inbox(world: World) {
        for channel in Channel::ALL {
            let active = world.app.senders.pick(world.ws, *channel, Some("Route 2")).await.unwrap();
            assert_eq!(active.sender.describe().kind, "sandbox");
            assert_eq!(active.from, if *channel == Channel::Email { "hello@jamiimobile.example" } else { "JamiiMobile" });
            assert!(send(&world, *channel, None).await.unwrap().is_accepted());
        }
    }

    async fn two_who_ask_at_once_share_the_connections_of_a_relay(world: World) {
        let admin = world.admin().await;
        admin.post("/api/v1/providers", relay(mail_server(None).await)).await.ok();
        let ask = || world.app.senders.candidates(world.ws, Channel::Email, None);
        let (one, other) = tokio::join!(ask(), ask());
        assert!(Arc::ptr_eq(&one.unwrap()[0].sender, &other.unwrap()[0].sender));
    }

    async fn a_relay_is_used_from_the_moment_it_is_added(world: World) {
        let admin = world.admin().await;
        assert_eq!(world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap().sender.describe().kind, "sandbox");
        let relay = admin.post("/api/v1/providers", relay(mail_server(None).await)).await.ok();
        let active = world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap();
        assert_eq!(active.budget, format!("provider:{}", relay["id"].as_str().unwrap()));
        assert_eq!(active.from, "offers@jamii.example");
        assert!(send(&world, Channel::Email, None).await.unwrap().is_accepted());

        let path = format!("/api/v1/providers/{}", relay["id"].as_str().unwrap());
        let changed = admin.patch(&path, json!({"isActive": false, "messagesPerHour": 500})).await.ok();
        assert_eq!((&changed["isActive"], &changed["messagesPerHour"], &changed["config"]["host"]), (&json!(false), &json!(500), &json!("127.0.0.1")));
        let refused = send(&world, Channel::Email, None).await.unwrap_err();
        assert!(refused.contains("Main relay is switched off"), "{refused}");
        admin.patch(&path, json!({"isActive": true, "messagesPerHour": 0})).await.ok();
        assert_eq!(world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap().per_hour, None);

        admin.patch("/api/v1/settings", json!({"sending": {"sandboxOnly": true}})).await.ok();
        assert_eq!(world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap().sender.describe().kind, "sandbox");
        admin.patch("/api/v1/settings", json!({"sending": {}})).await.ok();
        admin.delete(&path).await.ok();
        assert_eq!(admin.get(&path).await.refused(404), "not_found");
        assert_eq!(world.app.senders.pick(world.ws, Channel::Email, None).await.unwrap().sender.describe().kind, "sandbox");
    }

    async fn another_relay_stands_in_for_one_that_is_down(world: World) {
        let admin = world.admin().await;
        let mut down = relay(1);
        down["weight"] = json!(1000);
        admin.post("/api/v1/providers", down).await.ok();
        let good = admin.post("/api/v1/providers", relay(mail_server(None).await)).await.ok();
        assert!(send(&world, Channel::Email, None).await.unwrap().is_accepted());
        admin.delete(&format!("/api/v1/providers/{}", good["id"].as_str().unwrap())).await.ok();
        assert!(matches!(send(&world, Channel::Email, None).await.unwrap(), Outcome::Retry { .. }));
    }

    async fn a_test_message_says_what_the_server_answered(world: World) {
        let admin = world.admin().await;
        let taking = admin.post("/api/v1/providers", relay(mail_server(None).await)).await.ok();
        let path = |provider: &Value| format!("/api/v1/providers/{}/test", provider["id"].as_str().unwrap());
        let sent = admin.post(&path(&taking), json!({"to": "me@jamii.example"})).await.ok();
        assert_eq!((&sent["outcome"], &sent["answer"], &sent["providerMessageId"]), (&json!("accepted"), &json!("250 2.0.0 Ok: queued as T1"), &json!("T1")));
        admin.post(&path(&taking).replace("/test", "/probe"), json!({})).await.ok();

        let refusing = admin.post("/api/v1/providers", relay(mail_server(Some("550 5.1.1 No such user")).await)).await.ok();
        let refused = admin.post(&path(&refusing), json!({"to": "me@jamii.example"})).await.ok();
        assert_eq!((&refused["outcome"], &refused["code"], &refused["enhancedCode"]), (&json!("rejected"), &json!(550), &json!("5.1.1")));
        assert!(refused["answer"].as_str().unwrap().contains("No such user"));

        let gone = admin.post("/api/v1/providers", relay(1)).await.ok();
        assert_eq!(admin.post(&path(&gone), json!({"to": "me@jamii.example"})).await.ok()["outcome"], "retry");
        assert_eq!(admin.post(&path(&gone).replace("/test", "/probe"), json!({})).await.refused(422), "provider_failed");
        assert_eq!(admin.post(&path(&taking), json!({"to": "me"})).await.refused(422), "bad_receiver");
    }

    async fn a_secret_is_sealed_and_never_given_out(world: World) {
        let admin = world.admin().await;
        let gateway = MockServer::start().await;
        Mock::given(method("POST")).and(header("authorization", "Basic QUMxOmh1bnRlcjItdG9rZW4=")).respond_with(ResponseTemplate::new(201).set_body_json(json!({"sid": "SM1"}))).mount(&gateway).await;
        let twilio = |secret: Option<&str>| json!({"channel": "sms", "kind": "twilio", "name": "Route 1", "secret": secret,
            "config": {"baseUrl": gateway.uri(), "accountSid": "AC1", "from": "+15005550006", "route": "Route 1", "allowLoopback": true}});
        assert_eq!(admin.post("/api/v1/providers", twilio(None)).await.refused(422), "validation_failed");
        let created = admin.post("/api/v1/providers", twilio(Some("hunter2-token"))).await.ok();
        assert_eq!(created["hasSecret"], true);
        let path = format!("/api/v1/providers/{}", created["id"].as_str().unwrap());
        assert!(matches!(send(&world, Channel::Sms, Some("route 1")).await.unwrap(), Outcome::Accepted { provider_message_id: Some(id), .. } if id == "SM1"));

        // Renaming keeps it, and neither answers nor the database's files show it.
        assert_eq!(admin.patch(&path, json!({"name": "Renamed"})).await.ok()["hasSecret"], true);
        assert!(send(&world, Channel::Sms, None).await.unwrap().is_accepted());
        for shown in [admin.get("/api/v1/providers").await, admin.get(&path).await] {
            assert!(!shown.body.to_string().contains("hunter2"));
        }
        if world.engine == muster_tests::Engine::Sqlite {
            for file in std::fs::read_dir(world.dir.path()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
                assert!(!bytes.windows(7).any(|window| window == b"hunter2"));
            }
        }
        assert_eq!(admin.patch(&path, json!({"secret": ""})).await.refused(422), "validation_failed");
    }

    async fn routes_are_served_by_their_providers(world: World) {
        let admin = world.admin().await;
        let gateway = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_json(json!({"status": "ok"})).set_delay(Duration::from_millis(1))).mount(&gateway).await;
        for route in ["Route 1", "Route 2"] {
            let template = json!({"url": format!("{}/{}", gateway.uri(), route.replace(' ', "")), "body": "{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}", "headers": [["X-Api_Key", "{{secret}}"]]});
            let provider = json!({"channel": "sms", "kind": "http", "name": route, "secret": "k", "config": {"route": route, "allowLoopback": true, "template": template}});
            admin.post("/api/v1/providers", provider).await.ok();
        }
        for (route, path) in [(Some("route 2"), "/Route2"), (Some("Route 1"), "/Route1"), (Some("Route 9"), "/Route1"), (None, "/Route1")] {
            assert!(send(&world, Channel::Sms, route).await.unwrap().is_accepted());
            let requests = gateway.received_requests().await.unwrap();
            assert_eq!(requests.last().unwrap().url.path(), path, "{route:?}");
            assert_eq!(requests.last().unwrap().headers["x-api_key"], "k");
        }
    }

    async fn only_administrators_see_providers(world: World) {
        for role in [Role::Manager, Role::Approver, Role::SalesRep, Role::Viewer] {
            let person = world.person(&format!("Person {role}"), role).await;
            person.get("/api/v1/providers").await.refused(403);
            person.post("/api/v1/providers", relay(25)).await.refused(403);
        }
        let admin = world.admin().await;
        let bad = json!({"channel": "sms", "kind": "smtp", "name": "", "config": {}});
        let refused = admin.post("/api/v1/providers", bad).await;
        assert_eq!(refused.refused(422), "validation_failed");
        assert_eq!(admin.post("/api/v1/providers", json!({"channel": "fax", "kind": "smtp", "name": "x"})).await.refused(400), "malformed");
        let unreadable = json!({"channel": "sms", "kind": "http", "name": "x", "config": {"template": {"url": "https://x.example/{{who}}"}}});
        let refused = admin.post("/api/v1/providers", unreadable).await;
        assert_eq!(refused.refused(422), "unusable_provider");
        assert!(refused.body["error"]["message"].as_str().unwrap().contains("{{who}} is unknown"));
    }
}
