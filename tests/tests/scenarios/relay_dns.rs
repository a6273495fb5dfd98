//! A relay with its key in one step, and what the DNS says of it.

use muster_app::App;
use muster_channels::email;
use muster_domain::role::Role;
use muster_tests::dns::NameServer;
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

fn relay(config: Value) -> Value {
    let mut own =
        json!({"host": "relay.example", "port": 587, "security": "starttls", "from": "offers@news.jamii.example"});
    own.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    json!({"channel": "email", "kind": "smtp", "name": "Main relay", "config": own,
           "signing": {"domain": "jamii.example", "selector": "muster1", "algorithm": "rsa"}})
}

/// What was found for each check.
async fn states(admin: &Client, path: &str) -> Value {
    let seen = admin.get(&format!("{path}/dns")).await.ok();
    let findings = seen["findings"].as_array().unwrap();
    Value::Object(
        findings.iter().map(|one| (one["check"].as_str().unwrap().to_owned(), one["state"].clone())).collect(),
    )
}

fn with_names_at(world: &mut World, at: std::net::SocketAddr) {
    let app: App = world.app.clone().with_dns(email::NameServer::At(at));
    (world.router, world.app) = (muster_api::router(app.clone()), app);
}

both_engines! {
    async fn a_relay_is_added_with_its_key_and_the_dns_tells_what_is_missing(mut_world: World) {
        let (mut world, names) = (mut_world, NameServer::start());
        with_names_at(&mut world, names.address);
        let admin = world.admin().await;
        let added = admin.post("/api/v1/providers", relay(json!({"returnPath": "bounce.jamii.example"}))).await.ok();
        let path = format!("/api/v1/providers/{}", added["id"].as_str().unwrap());
        let (name, value) = (added["signing"]["recordName"].as_str().unwrap(), added["signing"]["recordValue"].as_str().unwrap());
        assert_eq!(name, "muster1._domainkey.jamii.example");
        assert_eq!(admin.get(&path).await.ok()["signing"], added["signing"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM secrets WHERE name LIKE 'dkim:%'").await, 1);

        let all = |state: &str| json!({"dkim": state, "spf": state, "bounces": state, "dmarc": state});
        assert_eq!(states(&admin, &path).await, all("missing"));
        // As it is published: a key of 2048 bits does not fit into one string.
        names.text(name, value);
        names.text("bounce.jamii.example", "google-site-verification=1");
        names.text("bounce.jamii.example", "v=spf1 include:relay.example -all");
        names.mail_server("bounce.jamii.example", "mx.jamii.example");
        // The sender's domain has the rules of the one above it.
        names.text("_dmarc.jamii.example", "v=DMARC1; p=quarantine");
        let seen = admin.get(&format!("{path}/dns")).await.ok();
        assert_eq!(states(&admin, &path).await, all("ok"), "{seen:#}");
        let finding = |n: usize| &seen["findings"][n];
        assert_eq!((&finding(0)["expected"], &finding(0)["found"]), (&json!(value), &json!([value])));
        assert_eq!(finding(1)["found"].as_array().unwrap().len(), 2);
        assert_eq!((&finding(2)["recordType"], &finding(2)["found"]), (&json!("MX"), &json!(["mx.jamii.example"])));
        assert_eq!(finding(3)["name"], "_dmarc.jamii.example");

        names.clear(name);
        names.text(name, "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A");
        names.text("bounce.jamii.example", "v=spf1 mx -all");
        assert_eq!(states(&admin, &path).await, json!({"dkim": "different", "spf": "several", "bounces": "ok", "dmarc": "ok"}));
    }

    async fn nobody_is_told_that_a_record_is_missing_when_the_dns_is_silent(mut_world: World) {
        let mut world = mut_world;
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        with_names_at(&mut world, silent.local_addr().unwrap());
        let admin = world.admin().await;
        let added = admin.post("/api/v1/providers", relay(json!({}))).await.ok();
        let path = format!("/api/v1/providers/{}", added["id"].as_str().unwrap());
        assert_eq!(states(&admin, &path).await, json!({"dkim": "no_answer", "spf": "no_answer", "bounces": "no_answer", "dmarc": "no_answer"}));
        let rep = world.person("Wanjiru", Role::SalesRep).await;
        rep.get(&format!("{path}/dns")).await.refused(403);
    }

    async fn a_key_that_cannot_be_made_adds_no_relay(world: World) {
        let admin = world.admin().await;
        let mut bad = relay(json!({}));
        bad["signing"]["selector"] = json!("not a name");
        let refused = admin.post("/api/v1/providers", bad.clone()).await;
        assert_eq!(refused.body["error"]["details"][0]["path"], "signing.selector", "{:#}", refused.body);
        assert_eq!(refused.refused(422), "validation_failed");
        let sandbox = json!({"channel": "email", "kind": "sandbox", "name": "Inbox", "signing": bad["signing"]});
        assert_eq!(admin.post("/api/v1/providers", sandbox).await.refused(422), "cannot_sign");
        assert_eq!(admin.get("/api/v1/providers").await.ok(), json!([]));
    }
}
