//! Customers: one by one, in lists, forgotten; what may be sent to them.

use muster_domain::role::Role;
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

async fn add(client: &Client, first: &str, last: &str, phone: &str) -> i64 {
    let body = json!({ "firstName": first, "lastName": last, "phone": phone, "email": format!("{}@example.org", first.to_lowercase().replace('ë', "e")) });
    client.post("/api/v1/customers", body).await.ok()["id"].as_i64().unwrap()
}

fn names(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

both_engines! {
    async fn a_customer_is_added_changed_and_retired(world: World) {
        let admin = world.admin().await;
        let body = json!({
            "first_name": "  Wanjiku ", "lastName": "Kamau", "email": "WANJIKU@Example.org", "phone": "0722 418 077", "location": "Thika",
            "tier": "Gold", "preferredLanguage": "Kiswahili", "preferredChannel": "SMS", "accountBalance": "1,284.50", "registrationDate": "2021-03-14",
            "timezone": "Africa/Nairobi"
        });
        let made = admin.post("/api/v1/customers", body).await;
        assert_eq!(made.status.as_u16(), 201);
        let made = made.ok();
        assert_eq!(made["name"], "Wanjiku Kamau");
        assert_eq!((&made["email"], &made["phone"], &made["city"]), (&json!("wanjiku@example.org"), &json!("+254722418077"), &json!("Thika")));
        assert_eq!((&made["accountBalance"], &made["currency"]), (&json!("1284.50"), &json!("KES")));
        assert_eq!((&made["preferredLanguage"], &made["preferredChannel"], &made["registrationDate"]), (&json!("sw"), &json!("sms"), &json!("2021-03-14")));
        assert_eq!(made["channels"][0]["canSend"], true);

        let path = format!("/api/v1/customers/{}", made["id"]);
        world.clock.advance(1_000);
        let changed = admin.patch(&path, json!({ "tier": "VIP", "email": null })).await.ok();
        assert_eq!((&changed["tier"], &changed["email"], &changed["city"]), (&json!("VIP"), &Value::Null, &json!("Thika")));

        let wrong = admin.patch(&path, json!({ "phone": "12", "timezone": "Mars/Olympus" })).await;
        assert_eq!(wrong.clone().refused(422), "validation_failed");
        let codes: Vec<&str> = wrong.body["error"]["details"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["no_usable_address", "bad_timezone"]);
        assert_eq!(admin.patch(&path, json!({ "phone": null })).await.refused(422), "validation_failed");
        assert_eq!(admin.patch(&path, json!({ "colour": "red" })).await.refused(400), "unknown_field");

        let retired = admin.delete(&path).await.ok();
        assert_eq!((&retired["isActive"], &retired["channels"][0]["reason"]), (&json!(false), &json!("Not active")));
        assert_eq!(admin.get("/api/v1/customers/999").await.refused(404), "not_found");
        assert_eq!(admin.get("/api/v1/customers/abc").await.refused(404), "not_found");
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        viewer.get(&path).await.ok();
        viewer.patch(&path, json!({ "tier": "Basic" })).await.refused(403);
    }

    async fn two_customers_cannot_have_one_number(world: World) {
        let admin = world.admin().await;
        let body = json!({ "externalId": "C1", "email": "a@example.org" });
        admin.post("/api/v1/customers", body.clone()).await.ok();
        assert_eq!(admin.post("/api/v1/customers", body).await.refused(409), "external_id_taken");
        assert_eq!(admin.post("/api/v1/customers", json!({ "firstName": "Nobody" })).await.refused(422), "validation_failed");
    }

    async fn lists_are_paged_and_searched_while_typing(world: World) {
        let admin = world.admin().await;
        for (n, (first, last)) in [("Zoë", "Müller"), ("Amina", "Otieno"), ("Otieno", "Abdi")].into_iter().enumerate() {
            add(&admin, first, last, &format!("071200000{n}")).await;
        }
        for n in 10..35 {
            add(&admin, &format!("Person{n}"), "Mwangi", &format!("07220000{n}")).await;
        }
        let first = admin.get("/api/v1/customers?page=0&pageSize=10").await;
        assert_eq!(first.body["pagination"], json!({ "page": 1, "page_size": 10, "total_count": 28, "total_pages": 3 }));
        assert_eq!(first.body["data"][0]["name"], "Person34 Mwangi");

        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let stretch = admin.get(&format!("/api/v1/customers/browse?limit=10{cursor}")).await.ok();
            seen.extend(stretch["customers"].as_array().unwrap().iter().map(|c| c["id"].as_i64().unwrap()));
            // Somebody who comes in meanwhile neither repeats nor hides a row.
            add(&admin, "Late", "Comer", "0733000000").await;
            match stretch["nextCursor"].as_i64() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 28);
        assert!(seen.is_sorted_by(|a, b| a > b));

        let search = async |text: &str| admin.get(&format!("/api/v1/customers?search={text}")).await.ok();
        assert_eq!(names(&search("zoe%20mu").await), ["Zoë Müller"]);
        assert_eq!(names(&search("muller").await), ["Zoë Müller"]);
        assert_eq!(names(&search("OTI").await), ["Otieno Abdi", "Amina Otieno"]);
        assert_eq!(names(&search("0712%20000001").await), ["Amina Otieno"]);
        assert_eq!(names(&search("%2B254712000002").await), ["Otieno Abdi"]);
        assert_eq!(names(&search("amina@ex").await), ["Amina Otieno"]);
        assert!(names(&search("nobody").await).is_empty());
    }

    async fn what_a_person_wants_is_known_by_channel(world: World) {
        let admin = world.admin().await;
        let id = add(&admin, "Amina", "Otieno", "0712000001").await;
        let path = format!("/api/v1/customers/{id}");
        let state = |detail: &Value, channel: &str| {
            let channels = detail["channels"].as_array().unwrap();
            let found = channels.iter().find(|c| c["channel"] == channel).unwrap();
            (found["canSend"].as_bool().unwrap(), found["reason"].as_str().unwrap().to_owned())
        };
        let detail = admin.put(&format!("{path}/consents/email"), json!({ "consent": "refused" })).await.ok();
        assert_eq!(state(&detail, "email"), (false, "Left this channel".into()));
        assert_eq!(state(&detail, "sms"), (true, String::new()));
        assert_eq!(state(&detail, "push"), (false, "No device".into()));

        let added = admin.post("/api/v1/suppressions", json!({ "addresses": ["0712000001", "x@example.org", "nonsense@"], "reason": "complaint" })).await.ok();
        assert_eq!((&added["added"], &added["refusedCount"]), (&json!(3), &json!(1)));
        let again = admin.post("/api/v1/suppressions", json!({ "text": "address,note\nX@Example.org,late\n", "reason": "manual" })).await.ok();
        assert_eq!((&again["added"], &again["present"]), (&json!(0), &json!(1)));
        let detail = admin.get(&path).await.ok();
        assert_eq!(state(&detail, "sms"), (false, "Suppressed: marked as spam".into()));

        let list = admin.get("/api/v1/suppressions?channel=sms").await;
        assert_eq!(list.body["pagination"]["total_count"], 1);
        let entry = list.body["data"][0]["id"].as_i64().unwrap();
        admin.delete(&format!("/api/v1/suppressions/{entry}")).await.ok();
        assert_eq!(admin.delete(&format!("/api/v1/suppressions/{entry}")).await.refused(404), "not_found");
        assert!(state(&admin.get(&path).await.ok(), "sms").0);

        let changed = admin.post("/api/v1/customers/bulk", json!({ "action": "opt_out", "customerIds": [id] })).await.ok();
        assert_eq!(changed["changed"], 1);
        assert_eq!(state(&admin.get(&path).await.ok(), "whatsapp"), (false, "Opted out of all messages".into()));
        assert_eq!(admin.post("/api/v1/customers/bulk", json!({ "action": "opt_in", "customerIds": [id, 999] })).await.refused(404), "not_found");
    }

    async fn a_person_is_exported_and_forgotten(world: World) {
        let admin = world.admin().await;
        let id = add(&admin, "Amina", "Otieno", "0712000001").await;
        let all = admin.get(&format!("/api/v1/customers/{id}/export")).await.ok();
        assert_eq!((&all["customer"]["name"], &all["history"]), (&json!("Amina Otieno"), &json!([])));
        assert_eq!(admin.get(&format!("/api/v1/customers/{id}/timeline")).await.ok()["entries"], json!([]));

        admin.post(&format!("/api/v1/customers/{id}/erase"), json!({})).await.ok();
        let gone = admin.get(&format!("/api/v1/customers/{id}")).await.ok();
        assert_eq!((&gone["name"], &gone["email"], &gone["phone"], &gone["isActive"]), (&json!(""), &Value::Null, &Value::Null, &json!(false)));
        assert!(gone["erasedAt"].is_string());
        assert_eq!(admin.get("/api/v1/customers").await.body["pagination"]["total_count"], 0);
        assert_eq!(admin.get("/api/v1/customers?search=amina").await.ok(), json!([]));
        admin.post(&format!("/api/v1/customers/{id}/erase"), json!({})).await.refused(404);
        admin.patch(&format!("/api/v1/customers/{id}"), json!({ "tier": "VIP" })).await.refused(404);
    }
}
