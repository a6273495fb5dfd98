//! Offers, products, rewards and message templates (OFF-1 … OFF-6, OFF-9).

use muster_domain::role::Role;
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

/// The offer of "Summer Sale 2024".
fn summer_offer() -> Value {
    json!({
        "name": "Summer Data Bundle Offer",
        "status": "active",
        "products": [{ "name": "10GB Data Bundle", "type": "data", "value": "10GB", "price": 500 }],
        "creatives": [
            {
                "channel": "SMS", "locale": "en", "title": "Equitel", "sms_route": "Route 1",
                "text_body": "Hi {{name}}! Get {{amount}} OFF on {{product}}. Code: {{code}}.",
                "variables": { "amount": "KES 500", "product": "10GB Data Bundle", "code": "SUMMER2024", "expiry_date": "June 30, 2024" }
            },
            {
                "channel": "SMS", "locale": "sw", "title": "Equitel", "sms_route": "Route 1",
                "text_body": "Hujambo {{name}}! Pata punguzo la {{amount}} kwenye {{product}}. Nambari: {{code}}.",
                "variables": { "amount": "KES 500", "product": "Kifurushi cha Data 10GB", "code": "SUMMER2024" }
            }
        ],
        "rewards": [{ "type": "credit", "value": 200, "currency": "KES", "granted_on": "redeemed" }],
        "tracking_sources": [
            { "source": "campaign_code", "value": "SUMMER2024", "description": "Campaign tracking code" },
            { "source": "utm_source", "value": "cvm_campaign" }
        ]
    })
}

async fn create(who: &Client, offer: Value) -> Value {
    who.post("/api/v1/offers", offer).await.ok()
}

fn path(offer: &Value) -> String {
    format!("/api/v1/offers/{}", offer["id"].as_str().expect("an id"))
}

fn codes(problems: &Value, key: &str) -> Vec<String> {
    problems.as_array().into_iter().flatten().map(|one| one[key].as_str().unwrap_or_default().to_owned()).collect()
}

both_engines! {
    async fn an_offer_is_made_in_one_request_with_everything_in_it(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let offer = create(&manager, summer_offer()).await;
        assert_eq!((&offer["status"], &offer["version"], &offer["approvedVersion"]), (&json!("active"), &json!(1), &json!(1)));
        assert_eq!(offer["products"][0]["price"], "500.00");
        assert_eq!(offer["rewards"][0]["value"], "200.00");
        assert_eq!((&offer["rewards"][0]["currency"], &offer["rewards"][0]["grantedOn"]), (&json!("KES"), &json!("redeemed")));
        assert_eq!(offer["creatives"][0]["channel"], "sms");
        assert_eq!(offer["creatives"][0]["variables"]["expiry_date"], "June 30, 2024", "people's own names are kept");
        assert!(offer["creatives"].as_array().unwrap().iter().all(|text| text["creativeVersionId"].is_i64()));
        assert_eq!(codes(&offer["trackingSources"], "source"), ["campaign_code", "utm_source"]);
        // What was new is in the catalogue now.
        assert_eq!(manager.get("/api/v1/products").await.ok()[0]["name"], "10GB Data Bundle");
        assert_eq!(manager.get("/api/v1/rewards").await.ok()[0]["name"], "KES 200.00 credit");
        let listed = manager.get("/api/v1/offers?status=ACTIVE&channel=sms&search=DATA%20bundle").await.ok();
        assert_eq!((&listed[0]["channels"], &listed[0]["locales"]), (&json!(["sms"]), &json!(["en", "sw"])));
        assert_eq!(manager.get("/api/v1/offers?channel=email").await.ok(), json!([]));
    }

    async fn a_draft_is_saved_at_every_step_and_says_what_is_missing(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        assert_eq!(manager.post("/api/v1/offers", json!({})).await.refused(400), "missing_field");
        let offer = create(&manager, json!({ "name": "Back to school" })).await;
        let at = path(&offer);
        assert_eq!(offer["status"], "draft");
        assert_eq!(codes(&offer["problems"], "code"), ["no_products", "no_creatives"]);
        assert_eq!(manager.post(&format!("{at}/activate"), json!({})).await.refused(422), "validation_failed");

        let draft = manager
            .patch(&at, json!({ "creatives": [{ "channel": "sms", "textBody": "Hi {frist_name},\nbuy {{ product | uper }}" }], "validUntil": "2027-01-31" }))
            .await
            .ok();
        let problems = draft["problems"].as_array().unwrap();
        let typo = problems.iter().find(|one| one["path"] == "creatives[0].textBody").unwrap();
        assert_eq!(typo["message"], "Line 1, column 5: Nobody knows “frist_name”. Did you mean “first_name”?");
        assert_eq!(draft["creatives"][0]["creativeVersionId"], Value::Null, "what cannot be sent is not kept for sending");
        assert_eq!(draft["validUntil"], "2027-01-31T23:59:59Z");
        assert_eq!(draft["version"], 1, "a draft stays the version that it is");

        let mended = manager
            .patch(&at, json!({ "creatives": [{ "channel": "sms", "title": "JAMII", "textBody": "Hi {first_name}" }], "validUntil": null }))
            .await
            .ok();
        assert_eq!(codes(&mended["problems"], "severity"), ["warning"]);
        assert_eq!(mended["validUntil"], Value::Null);
        assert_eq!(mended["creatives"][0]["id"], draft["creatives"][0]["id"], "found by channel and language");
        assert_eq!(manager.post(&format!("{at}/activate"), json!({})).await.ok()["status"], "active");
    }

    async fn a_text_that_became_fit_by_a_later_step_is_kept_for_sending(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let texts = json!([{ "channel": "sms", "title": "JAMII", "textBody": "Code {code}" }]);
        let draft = create(&manager, json!({ "name": "Weekend", "creatives": texts })).await;
        assert_eq!(draft["creatives"][0]["creativeVersionId"], Value::Null);
        manager.patch(&path(&draft), json!({ "codeMode": "unique", "code": "WKD-" })).await.ok();
        let used = manager.patch(&path(&draft), json!({ "status": "active" })).await.ok();
        assert!(used["creatives"][0]["creativeVersionId"].is_i64(), "{used:#}");
    }

    async fn texts_that_were_sent_never_change_and_changes_are_versions(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let offer = create(&manager, summer_offer()).await;
        let at = path(&offer);
        let (first, second) = (offer["creatives"][0]["creativeVersionId"].clone(), offer["creatives"][1]["creativeVersionId"].clone());
        let mut texts = offer["creatives"].as_array().unwrap().clone();
        texts[0]["textBody"] = json!("Hello {{name}}! Code: {{code}}.");
        let changed = manager.patch(&at, json!({ "creatives": texts, "version": 1 })).await.ok();
        assert_eq!((&changed["version"], &changed["approvedVersion"]), (&json!(2), &json!(2)));
        assert_ne!(changed["creatives"][0]["creativeVersionId"], first);
        assert_eq!(changed["creatives"][1]["creativeVersionId"], second, "the other text is the same one");
        assert_eq!(manager.patch(&at, json!({ "name": "x", "version": 1 })).await.refused(409), "stale");
        let versions = manager.get(&format!("{at}/versions")).await.ok();
        assert_eq!(versions.as_array().unwrap().iter().map(|one| one["version"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
        let old = manager.get(&format!("{at}/versions/1")).await.ok();
        assert_eq!(old["creatives"][0]["textBody"], "Hi {{name}}! Get {{amount}} OFF on {{product}}. Code: {{code}}.");
        assert_eq!(manager.get(&format!("{at}/versions/7")).await.refused(404), "not_found");
        // An active offer stays fit for use: a change that breaks it is refused as a whole.
        texts[0]["textBody"] = json!("Hello {{name");
        assert_eq!(manager.patch(&at, json!({ "name": "Broken", "creatives": texts })).await.refused(422), "validation_failed");
        assert_eq!(manager.get(&at).await.ok()["name"], "Summer Data Bundle Offer");
    }

    async fn an_offer_is_cloned_archived_and_deleted_only_before_it_was_in_use(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let offer = create(&manager, summer_offer()).await;
        let at = path(&offer);
        let copy = manager.post(&format!("{at}/clone"), json!({})).await.ok();
        assert_eq!((&copy["name"], &copy["status"], &copy["version"]), (&json!("Summer Data Bundle Offer (copy)"), &json!("draft"), &json!(1)));
        assert_eq!(copy["creatives"].as_array().unwrap().len(), 2);
        assert_ne!(copy["creatives"][0]["id"], offer["creatives"][0]["id"]);
        assert_eq!(manager.delete(&at).await.refused(409), "not_draft");
        manager.post(&format!("{at}/archive"), json!({})).await.ok();
        assert_eq!(manager.patch(&at, json!({ "name": "x" })).await.refused(409), "archived");
        assert_eq!(manager.get("/api/v1/offers").await.ok().as_array().unwrap().len(), 1, "archived offers leave the list");
        assert_eq!(manager.get("/api/v1/offers?status=archived").await.ok().as_array().unwrap().len(), 1);
        assert_eq!(manager.post(&format!("{at}/restore"), json!({})).await.ok()["status"], "draft");
        manager.delete(&path(&copy)).await.ok();
        assert_eq!(manager.get(&path(&copy)).await.refused(404), "not_found");
    }

    async fn somebody_else_approves_an_offer(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let approver = world.person("Approver", Role::Approver).await;
        let offer = create(&manager, summer_offer()).await;
        let at = path(&offer);
        assert_eq!(approver.post(&format!("{at}/approve"), json!({})).await.refused(409), "not_pending");
        let asked = manager.post(&format!("{at}/submit"), json!({ "comment": "For June" })).await.ok();
        assert_eq!(asked["approvalStatus"], "pending");
        assert_eq!(manager.post(&format!("{at}/submit"), json!({})).await.refused(409), "already_submitted");
        assert_eq!(manager.post(&format!("{at}/approve"), json!({})).await.refused(403), "forbidden");
        assert_eq!(approver.post(&format!("{at}/reject"), json!({})).await.refused(422), "missing_comment");
        assert_eq!(approver.post(&format!("{at}/approve"), json!({})).await.ok()["approvalStatus"], "approved");
        // A change after the approval is a version that nobody has approved.
        let changed = manager.patch(&at, json!({ "description": "Until the end of June" })).await.ok();
        assert_eq!((&changed["approvalStatus"], &changed["version"]), (&json!("not_submitted"), &json!(2)));
        // The administrator may approve, but not what they made themselves.
        let admin = world.admin().await;
        let own = create(&admin, json!({ "name": "Own", "creatives": [{ "channel": "push", "title": "Hi", "textBody": "Hi" }] })).await;
        admin.post(&format!("{}/submit", path(&own)), json!({})).await.ok();
        assert_eq!(admin.post(&format!("{}/approve", path(&own)), json!({})).await.refused(403), "forbidden");
    }

    async fn an_offer_is_previewed_as_a_real_customer_gets_it(world: World) {
        let manager = world.person("manager", Role::Manager).await;
        let people = [("John", "Doe", "en"), ("Jane", "Smith", "sw"), ("Bob", "Johnson", "en")];
        let mut ids = Vec::new();
        for (place, (first, last, language)) in people.into_iter().enumerate() {
            let person = json!({
                "firstName": first, "lastName": last, "phone": format!("+25471234500{place}"),
                "preferredLanguage": language, "preferredChannel": "sms"
            });
            ids.push(manager.post("/api/v1/customers", person).await.ok()["id"].as_i64().unwrap());
        }
        let offer = create(&manager, summer_offer()).await;
        let at = format!("{}/preview", path(&offer));
        let texts = [
            "Hi John Doe! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024.",
            "Hujambo Jane Smith! Pata punguzo la KES 500 kwenye Kifurushi cha Data 10GB. Nambari: SUMMER2024.",
            "Hi Bob Johnson! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024.",
        ];
        for (id, text) in ids.iter().zip(texts) {
            let preview = manager.post(&at, json!({ "customerId": id })).await.ok();
            assert_eq!((&preview["reason"], &preview["message"]["text"]), (&json!("exact_match"), &json!(text)));
            assert_eq!((&preview["message"]["sender"], &preview["message"]["sms"]["parts"]), (&json!("Equitel"), &json!(1)));
        }
        assert_eq!(manager.post(&at, json!({ "customerId": 999_999 })).await.refused(404), "not_found");
        let none = manager.post(&at, json!({ "customerId": ids[0], "channel": "email" })).await.ok();
        assert_eq!((&none["reason"], &none["message"]), (&json!("none"), &Value::Null), "nobody gets a channel without a text");
        // What is being written is shown before it is saved, too.
        let typed = json!({ "channel": "email", "title": "Hi {first_name}", "htmlBody": "<p>{{ last_name | upper }}</p>", "customerId": ids[1] });
        let shown = manager.post("/api/v1/templates/preview", typed).await.ok();
        assert_eq!((&shown["subject"], &shown["html"], &shown["text"]), (&json!("Hi Jane"), &json!("<p>SMITH</p>"), &json!("SMITH")));
        let broken = json!({ "channel": "sms", "textBody": "Hi {{ name" });
        assert_eq!(manager.post("/api/v1/templates/preview", broken).await.refused(422), "validation_failed");
    }

    async fn a_code_belongs_to_one_offer(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let text = json!([{ "channel": "sms", "title": "JAMII", "textBody": "Code {code}" }]);
        let first = create(&manager, json!({ "name": "A", "status": "active", "codeMode": "shared", "code": " back 2 school ", "creatives": text })).await;
        assert_eq!(first["code"], "BACK2SCHOOL");
        let second = create(&manager, json!({ "name": "B", "codeMode": "shared", "code": "back2school", "creatives": text })).await;
        assert!(codes(&second["problems"], "code").contains(&"code_taken".to_owned()), "{second:#}");
        assert_eq!(manager.post(&format!("{}/activate", path(&second)), json!({})).await.refused(422), "validation_failed");
        let preview = manager.post(&format!("{}/preview", path(&first)), json!({})).await.ok();
        assert_eq!((&preview["reason"], &preview["message"]["text"]), (&json!("first_active"), &json!("Code BACK2SCHOOL")));
        // Without a code nobody knows what {code} is.
        let third = create(&manager, json!({ "name": "C", "creatives": text })).await;
        assert!(codes(&third["problems"], "code").contains(&"unknown_variable".to_owned()));
    }

    async fn unique_codes_are_given_once_to_each_customer(world: World) {
        let admin = world.admin().await;
        for (place, name) in ["John", "Jane", "Bob"].into_iter().enumerate() {
            let person = json!({ "firstName": name, "phone": format!("+25471234510{place}"), "preferredChannel": "sms", "tier": "VIP" });
            admin.post("/api/v1/customers", person).await.ok();
        }
        let vip = json!({ "name": "VIP", "type": "dynamic", "criteria": { "conditions": [{ "field": "tier", "operator": "equals", "value": "VIP" }] } });
        let vip = admin.post("/api/v1/segments", vip).await.ok()["id"].clone();
        let text = json!([{ "channel": "sms", "title": "JAMII", "textBody": "{first_name}: {code}" }]);
        let offer = create(&admin, json!({ "name": "Own code", "status": "active", "codeMode": "unique", "code": "sch-", "creatives": text })).await;
        let mut rounds = Vec::new();
        for round in ["First", "Second"] {
            let campaign = json!({ "name": round, "channel": "sms", "segmentIds": [vip], "offers": [{ "segmentId": vip, "offerId": offer["id"] }] });
            let campaign = admin.post("/api/v1/campaigns", campaign).await.ok()["id"].as_str().unwrap().to_owned();
            admin.post(&format!("/api/v1/campaigns/{campaign}/submit"), json!({})).await.ok();
            let approver = world.person(&format!("Approver {round}"), Role::Approver).await;
            let waiting = approver.get("/api/v1/approvals?status=pending").await.ok()[0]["id"].as_str().unwrap().to_owned();
            approver.post(&format!("/api/v1/approvals/{waiting}/approve"), json!({})).await.ok();
            admin.post(&format!("/api/v1/campaigns/{campaign}/launch"), json!({})).await.ok();
            let cycle = admin.post(&format!("/api/v1/campaigns/{campaign}/execute"), json!({})).await.ok();
            assert_eq!(cycle["sent"], 3, "{cycle:#}");
            let inbox = admin.get("/api/v1/sandbox/messages?channel=sms").await.ok();
            let texts: std::collections::BTreeSet<String> = codes(&inbox, "textBody").into_iter().collect();
            rounds.push(texts);
            world.clock.advance(1_000);
        }
        assert_eq!(rounds[0].len(), 3);
        assert_eq!(rounds[0], rounds[1], "a customer keeps the code");
        let drawn: std::collections::BTreeSet<&str> = rounds[0].iter().filter_map(|text| text.split_once(": ")).map(|(_, code)| code).collect();
        assert_eq!(drawn.len(), 3, "no two customers share a code: {drawn:?}");
        assert!(drawn.iter().all(|code| code.starts_with("SCH-") && code.len() == 12), "{drawn:?}");
    }

    async fn a_message_is_checked_while_it_is_typed(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let check = manager
            .post("/api/v1/templates/check", json!({ "channel": "sms", "locale": "sw", "title": "JAMII", "textBody": "Habari {first_name},\npata 2GB tu… {amount}", "variables": { "amount": "KES 99" } }))
            .await
            .ok();
        assert_eq!((&check["usable"], &check["problems"]), (&json!(true), &json!([])));
        assert_eq!(check["sms"]["encoding"], "UCS-2");
        assert_eq!(check["sms"]["foreign"][0], json!({ "character": "…", "position": 32, "replacement": "..." }));
        assert_eq!(check["sms"]["totalChars"], 7 + 42);
        assert_eq!(check["variables"][0], json!({ "name": "amount", "source": "static", "hasDefault": false }));
        let broken = manager
            .post("/api/v1/templates/check", json!({ "channel": "email", "title": "Hi {first_name", "htmlBody": "<p>\n  {{ citi }}</p>" }))
            .await
            .ok();
        assert_eq!(broken["usable"], false);
        let problem = &broken["problems"].as_array().unwrap().iter().find(|one| one["code"] == "unknown_variable").unwrap().clone();
        assert_eq!((&problem["field"], &problem["line"], &problem["column"], &problem["suggestion"]), (&json!("htmlBody"), &json!(2), &json!(6), &json!("city")));
        let fields = manager.get("/api/v1/templates/fields").await.ok();
        assert!(codes(&fields, "name").contains(&"first_name".to_owned()));
    }

    async fn templates_are_kept_with_their_versions(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let refused = manager.post("/api/v1/templates", json!({ "name": "Hello", "channel": "email", "subject": "Hi {{ nmae }}", "text": "Hi" })).await;
        assert_eq!(refused.refused(422), "validation_failed");
        assert_eq!(refused.body["error"]["details"][0], json!({ "path": "subject", "code": "unknown_variable", "message": "Line 1, column 7: Nobody knows “nmae”. Did you mean “name”?" }));
        let made = manager
            .post("/api/v1/templates", json!({ "name": "Hello", "channel": "Email", "subject": "Hi {{ name }}", "html": "<h1>Hi {{ name }}</h1><p>Read <a href=\"https://x.example/\">this</a></p>" }))
            .await
            .ok();
        assert_eq!((&made["version"], &made["channel"]), (&json!(1), &json!("email")));
        assert_eq!(codes(&made["problems"], "code"), ["missing_unsubscribe_link"]);
        let at = format!("/api/v1/templates/{}", made["id"].as_str().unwrap());
        let renamed = manager.patch(&at, json!({ "name": "Hello again" })).await.ok();
        assert_eq!(renamed["version"], 1, "a new name is no new text");
        let changed = manager.patch(&at, json!({ "subject": "Hello {{ name }}", "version": 1 })).await.ok();
        assert_eq!(changed["version"], 2);
        assert_ne!(changed["creativeVersionId"], made["creativeVersionId"]);
        assert_eq!(manager.patch(&at, json!({ "subject": "x", "version": 1 })).await.refused(409), "stale");
        let versions = manager.get(&format!("{at}/versions")).await.ok();
        assert_eq!((&versions[1]["version"], &versions[1]["text"]["title"]), (&json!(1), &json!("Hi {{ name }}")));
        assert_eq!(versions[1]["text"]["textBody"], "# Hi {{ name }}\n\nRead [this][1]\n\n[1]: https://x.example/", "a mail has a text alternative");
        manager.delete(&at).await.ok();
        assert_eq!(manager.get("/api/v1/templates").await.ok(), json!([]));
        manager.post(&format!("{at}/restore"), json!({})).await.ok();
        assert_eq!(manager.get("/api/v1/templates?channel=EMAIL&search=again").await.ok().as_array().unwrap().len(), 1);
    }

    async fn the_catalogue_keeps_what_offers_use(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let wrong = manager.post("/api/v1/products", json!({ "name": " ", "price": "-1", "currency": "shilling" })).await;
        assert_eq!(wrong.refused(422), "validation_failed");
        assert_eq!(codes(&wrong.body["error"]["details"], "path"), ["name", "price", "currency"]);
        let product = manager.post("/api/v1/products", json!({ "name": "10GB Data Bundle", "type": "data", "value": "10GB", "price": "499.50" })).await.ok();
        let at = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
        assert_eq!(product["price"], "499.50");
        assert_eq!(manager.patch(&at, json!({ "price": 500 })).await.ok()["price"], "500.00");
        let bonus = manager.post("/api/v1/rewards", json!({ "type": "bonus_product", "productId": product["id"] })).await.ok();
        assert_eq!(bonus["name"], "Bonus 10GB Data Bundle");
        assert_eq!(manager.post("/api/v1/rewards", json!({ "type": "discount_percent", "value": 101 })).await.refused(422), "validation_failed");
        let offer = create(&manager, json!({ "name": "A", "products": [{ "id": product["id"] }], "rewards": [{ "rewardId": bonus["id"], "trigger": "clicked" }] })).await;
        assert_eq!(offer["rewards"][0]["grantedOn"], "clicked");
        assert_eq!(manager.delete(&at).await.refused(409), "in_use");
        manager.post(&format!("{at}/archive"), json!({})).await.ok();
        assert_eq!(manager.get("/api/v1/products").await.ok(), json!([]));
        assert_eq!(manager.get("/api/v1/products?archived=true").await.ok().as_array().unwrap().len(), 1);
        assert_eq!(manager.get(&path(&offer)).await.ok()["products"][0]["name"], "10GB Data Bundle");
        assert_eq!(manager.patch(&path(&offer), json!({ "products": [{ "id": bonus["id"] }] })).await.refused(422), "validation_failed");
    }

    async fn only_content_roles_change_offers(world: World) {
        let manager = world.person("Manager", Role::Manager).await;
        let offer = create(&manager, summer_offer()).await;
        for role in [Role::Viewer, Role::SalesRep, Role::Approver] {
            let other = world.person(role.as_str(), role).await;
            other.get(&path(&offer)).await.ok();
            assert_eq!(other.post("/api/v1/offers", summer_offer()).await.refused(403), "forbidden");
            assert_eq!(other.patch(&path(&offer), json!({ "name": "x" })).await.refused(403), "forbidden");
            assert_eq!(other.delete(&path(&offer)).await.refused(403), "forbidden");
            assert_eq!(other.post("/api/v1/products", json!({ "name": "x" })).await.refused(403), "forbidden");
            assert_eq!(other.post("/api/v1/templates", json!({ "name": "x" })).await.refused(403), "forbidden");
        }
    }
}
