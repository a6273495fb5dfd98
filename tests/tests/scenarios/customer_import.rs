//! Files of customers, from choosing one to its report.

use axum::body::Body;
use axum::http::Request;
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

const MESSY: &[u8] = include_bytes!("../../data/customers-messy.csv");
const EXPECTED: &str = include_str!("../../data/customers-messy.expected.json");

async fn stage(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let request = Request::post(format!("/api/v1/customers/import?fileName={name}")).header("content-type", "text/csv");
    client.send(request.body(Body::from(bytes.to_vec())).unwrap()).await.ok()
}

/// Starts an import and waits, on its live topic, until it has ended.
async fn run(world: &World, client: &Client, preview: &Value, body: Value) -> Value {
    let id = preview["import"]["id"].as_str().unwrap();
    let mut viewer = world.app.live.subscribe(world.ws);
    client.post(&format!("/api/v1/customers/import/{id}/start"), body).await.ok();
    let topic = format!("import:{id}");
    loop {
        let changes = viewer.next().await.unwrap();
        if changes.iter().any(|c| c.topic == topic && c.data["status"] != "running") {
            return client.get(&format!("/api/v1/customers/import/{id}")).await.ok();
        }
    }
}

async fn import(world: &World, client: &Client, name: &str, bytes: &[u8], body: Value) -> Value {
    let preview = stage(client, name, bytes).await;
    run(world, client, &preview, body).await
}

async fn total(client: &Client, filter: &str) -> i64 {
    client.get(&format!("/api/v1/customers?pageSize=1{filter}")).await.body["pagination"]["total_count"]
        .as_i64()
        .unwrap()
}

/// Whole cents, exactly.
fn cents(amount: &str) -> i64 {
    let amount: rust_decimal::Decimal = amount.parse().unwrap();
    i64::try_from(amount * rust_decimal::Decimal::ONE_HUNDRED).unwrap()
}

/// What the database holds, asked through the API.
async fn holds(client: &Client) -> Value {
    let (mut balance, mut formulas, mut cursor) = (0, 0, 0);
    loop {
        let stretch = client.get(&format!("/api/v1/customers/browse?cursor={cursor}")).await.ok();
        for customer in stretch["customers"].as_array().unwrap() {
            balance += cents(customer["accountBalance"].as_str().unwrap());
            formulas += i64::from(customer["firstName"].as_str().unwrap().starts_with(['=', '+', '-', '@']));
        }
        match stretch["nextCursor"].as_i64() {
            Some(next) => cursor = next,
            None => break,
        }
    }
    json!({
        "opted_out": total(client, "&optedOut=true").await,
        "vip_nairobi": total(client, "&tier=VIP&city=Nairobi").await,
        "brokers": total(client, "&clientType=Broker").await,
        "swahili": total(client, "&preferredLanguage=sw").await,
        "balance_sum_cents": balance,
        "formula_names": formulas,
    })
}

fn assert_counts(view: &Value, expected: &Value) {
    assert_eq!(view["status"], "completed", "{view:#}");
    for field in ["rows", "imported", "duplicates", "rejected", "reasons"] {
        assert_eq!(view[field], expected[field], "{field}");
    }
}

both_engines! {
    async fn the_messy_file_is_rehearsed_imported_mended_and_exported(world: World) {
        let admin = world.admin().await;
        let expected: Value = serde_json::from_str(EXPECTED).unwrap();
        let preview = stage(&admin, "customers-messy.csv", MESSY).await;
        assert_eq!((&preview["import"]["status"], &preview["import"]["options"]["key"], &preview["import"]["options"]["region"]), (&json!("staged"), &json!("external_id"), &json!("KE")));
        assert_eq!((&preview["columns"][5]["column"], &preview["columns"][5]["target"]), (&json!("Town"), &json!("city")));

        let rehearsed = run(&world, &admin, &preview, json!({ "dryRun": true })).await;
        assert_counts(&rehearsed, &expected);
        assert_eq!(total(&admin, "").await, 0);

        let done = run(&world, &admin, &preview, json!({ "dryRun": false })).await;
        assert_counts(&done, &expected);
        let held = holds(&admin).await;
        for (field, value) in held.as_object().unwrap() {
            assert_eq!(*value, expected[field], "{field}");
        }
        let id = preview["import"]["id"].as_str().unwrap();
        assert_eq!(admin.post(&format!("/api/v1/customers/import/{id}/start"), json!({})).await.refused(409), "file_gone");

        // The report is the file of the refused rows: mended, it is imported as it is.
        let report = admin.get(&format!("/api/v1/customers/import/{id}/errors.csv")).await;
        let text = String::from_utf8(report.bytes).unwrap();
        assert!(text.contains("bad_timezone") && text.contains("muster_message"));
        let mended = text.replace("Mars/Olympus", "Africa/Nairobi").replace("31/02/2020", "2020-02-28").replace("\"12,34,x\"", "12.34");
        let again = import(&world, &admin, "mended.csv", mended.as_bytes(), json!({})).await;
        assert_eq!((&again["imported"], &again["rejected"]), (&json!(116), &json!(171)));
        assert_eq!(again["reasons"], json!({ "no_usable_address": 148, "short_row": 23 }));

        // What is exported comes back as it went, formulas and all.
        let csv = admin.get("/api/v1/customers/export?format=csv").await;
        let text = String::from_utf8(csv.bytes.clone()).unwrap();
        assert!(text.contains("'+SUM(1)") && !text.contains("\n+SUM") && !text.contains(",+SUM"));
        let back = import(&world, &admin, "export.csv", &csv.bytes, json!({ "dryRun": true })).await;
        assert_eq!((&back["duplicates"], &back["imported"], &back["rejected"]), (&json!(4690), &json!(0), &json!(0)));
        let xlsx = admin.get("/api/v1/customers/export?format=xlsx").await;
        let back = import(&world, &admin, "export.xlsx", &xlsx.bytes, json!({ "dryRun": false })).await;
        assert_eq!((&back["duplicates"], &back["imported"], &back["rejected"]), (&json!(4690), &json!(0), &json!(0)), "{back:#}");
        assert_eq!(holds(&admin).await["formula_names"], held["formula_names"]);
    }

    async fn the_guess_is_corrected_by_hand(world: World) {
        let admin = world.admin().await;
        let file = "Code;Mail;Home;Score\n1;a@x.org;Thika;1,5\n2;b@x.org;Kisumu;2,5\n3;c@x.org;Voi;3,5\n4;d@x.org;Lamu;4,5\n5;e@x.org;Narok;5,5\n";
        let preview = stage(&admin, "x.csv", file.as_bytes()).await;
        let id = preview["import"]["id"].as_str().unwrap();
        assert_eq!(preview["columns"][2]["target"], "attr:home:text");
        assert_eq!(preview["columns"][3]["target"], "attr:score:decimal");
        let mapping = json!([{ "column": "Code", "target": "external_id" }, { "column": "Home", "target": "city" }]);
        let corrected = admin.post(&format!("/api/v1/customers/import/{id}/preview"), json!({ "mapping": mapping, "key": "external_id" })).await.ok();
        assert_eq!(corrected["columns"][2]["target"], "city");
        let done = run(&world, &admin, &corrected, json!({})).await;
        assert_eq!((&done["imported"], &done["rejected"]), (&json!(5), &json!(0)), "{done:#}");
        let list = admin.get("/api/v1/customers?city=Voi").await.ok();
        assert_eq!(list[0]["externalId"], "3");
        let detail = admin.get(&format!("/api/v1/customers/{}", list[0]["id"])).await.ok();
        assert_eq!(detail["attributes"], json!([{ "name": "score", "label": "Score", "type": "decimal", "value": "3.5" }]));

        let wrong = admin.post(&format!("/api/v1/customers/import/{id}/preview"), json!({})).await;
        assert_eq!(wrong.refused(409), "file_gone");
        let preview = stage(&admin, "y.csv", b"Name\nAnn\n").await;
        let id = preview["import"]["id"].as_str().unwrap();
        let refused = admin.post(&format!("/api/v1/customers/import/{id}/start"), json!({})).await;
        assert_eq!((refused.body["error"]["details"][0]["code"].as_str(), refused.refused(422).as_str()), (Some("key_not_mapped"), "validation_failed"));
    }

    async fn customers_who_are_there_are_skipped_or_refused(world: World) {
        let admin = world.admin().await;
        import(&world, &admin, "a.csv", b"Email,Town\na@x.org,Thika\n", json!({})).await;
        let again = b"Email,Town\nA@X.org,Voi\nb@x.org,Voi\nb@x.org,Lamu\n";
        let skipped = import(&world, &admin, "b.csv", again, json!({ "onDuplicate": "skip", "dryRun": true })).await;
        assert_eq!((&skipped["imported"], &skipped["duplicates"]), (&json!(1), &json!(2)));
        let failed = import(&world, &admin, "b.csv", again, json!({ "onDuplicate": "fail" })).await;
        assert_eq!((&failed["imported"], &failed["reasons"]), (&json!(1), &json!({ "duplicate": 2 })));
        assert_eq!(total(&admin, "&city=Thika").await, 1);
        // A file without addresses changes those who are there and adds nobody.
        let tiers = import(&world, &admin, "c.csv", b"Customer ID,Tier\nC1,Gold\n", json!({})).await;
        assert_eq!(tiers["reasons"], json!({ "no_usable_address": 1 }));
    }

    async fn other_encodings_are_read_and_what_is_no_table_is_refused(world: World) {
        let admin = world.admin().await;
        let utf16: Vec<u8> = "\u{feff}Jina la kwanza\tBarua pepe\tMji\nZoë\tz@x.org\tZürich\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(import(&world, &admin, "u.txt", &utf16, json!({})).await["imported"], 1);
        let latin: Vec<u8> = "Prénom;Courriel;Ville\nLéa;l@x.org;Besançon\n".chars().map(|c| c as u32 as u8).collect();
        assert_eq!(import(&world, &admin, "l.csv", &latin, json!({})).await["imported"], 1);
        assert_eq!(total(&admin, "&city=Besan%C3%A7on").await, 1);
        let empty = admin.send(Request::post("/api/v1/customers/import?fileName=e.csv").body(Body::empty()).unwrap()).await;
        assert_eq!(empty.refused(422), "unreadable_file");
        let broken = admin.send(Request::post("/api/v1/customers/import?fileName=e.xlsx").body(Body::from("PK\u{3}\u{4}garbage")).unwrap()).await;
        assert_eq!(broken.refused(422), "unreadable_file");
        let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\nEmail\nf@x.org\n\r\n--b--\r\n";
        let request = Request::post("/api/v1/customers/import").header("content-type", "multipart/form-data; boundary=b");
        let staged = admin.send(request.body(Body::from(form)).unwrap()).await.ok();
        assert_eq!(staged["import"]["fileName"], "f.csv");
        assert_eq!(admin.post(&format!("/api/v1/customers/import/{}/cancel", staged["import"]["id"].as_str().unwrap()), json!({})).await.refused(409), "not_running");
    }

    async fn a_cancelled_import_keeps_whole_batches(world: World) {
        let admin = world.admin().await;
        let rows: String = (0..30_000).map(|n| format!("p{n}@x.org\n")).collect();
        let preview = stage(&admin, "big.csv", format!("Email\n{rows}").as_bytes()).await;
        let id = preview["import"]["id"].as_str().unwrap().to_owned();
        let mut viewer = world.app.live.subscribe(world.ws);
        admin.post(&format!("/api/v1/customers/import/{id}/start"), json!({})).await.ok();
        // The first batch is in.
        while !viewer.next().await.unwrap().iter().any(|c| c.topic == format!("import:{id}")) {}
        let cancelled = admin.post(&format!("/api/v1/customers/import/{id}/cancel"), json!({})).await.ok();
        assert_eq!(cancelled["status"], "cancelled");
        let imported = cancelled["imported"].as_i64().unwrap();
        assert!((1_000..30_000).contains(&imported) && imported % 1_000 == 0, "{imported}");
        // What the reader had in flight is undone: the counter is what is there.
        while !viewer.next().await.unwrap().iter().any(|c| c.topic == "customers") {}
        assert_eq!(total(&admin, "").await, imported);
        assert_eq!(admin.get(&format!("/api/v1/customers/import/{id}")).await.ok()["imported"], imported);
    }
}
