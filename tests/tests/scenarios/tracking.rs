//! Opens, clicks and opt-outs by the addresses that went out.

use axum::body::Body;
use axum::http::{Request, header};
use muster_tests::{Answer, Sent, World, both_engines};
use serde_json::json;

const BROWSER: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";

async fn sale(world: &World) -> Sent {
    let john = world.customer("John", "Kamau", "john@example.com", "+254700000001").await;
    let jane = world.customer("Jane", "Wanjiru", "jane@example.com", "+254700000002").await;
    world.sent_campaign("Summer Sale 2024", "email", &[john, jane]).await
}

fn path(address: &str) -> String {
    address.strip_prefix("https://t.example").expect("an address of ours").to_owned()
}

async fn fetch(world: &World, address: &str, agent: &str) -> Answer {
    let request = Request::builder().uri(path(address)).header(header::USER_AGENT, agent).body(Body::empty()).unwrap();
    world.anonymous().send(request).await
}

async fn post(world: &World, address: &str, form: &str) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(path(address))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.anonymous().send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn stat(world: &World, sent: &Sent, column: &str) -> i64 {
    world.number(&format!("SELECT {column} FROM run_stats WHERE run_id = {}", sent.run_id)).await
}

both_engines! {
    async fn a_person_opens_and_clicks_and_a_click_implies_an_open(world: World) {
        let sent = sale(&world).await;
        let addresses = world.addresses().await;
        let pixel = fetch(&world, &addresses.pixel(world.message(&sent, 1)), BROWSER).await;
        assert_eq!((pixel.status.as_u16(), pixel.headers["content-type"].to_str().unwrap()), (200, "image/gif"));
        assert!(pixel.bytes.starts_with(b"GIF89a"));
        fetch(&world, &addresses.pixel(world.message(&sent, 1)), BROWSER).await;
        assert_eq!((stat(&world, &sent, "opened").await, stat(&world, &sent, "clicked").await), (1, 0));

        let click = fetch(&world, &addresses.click(world.message(&sent, 2), sent.link_id), BROWSER).await;
        assert_eq!(click.status.as_u16(), 302);
        assert_eq!(click.headers["location"], "https://jm.ke/offers?x=1&utm_source=jamii&utm_medium=email&utm_campaign=Summer+Sale+2024#top");
        assert_eq!((stat(&world, &sent, "opened").await, stat(&world, &sent, "clicked").await), (2, 1));
        let feed = world.admin().await.get(&format!("/api/v1/campaigns/{}/events?limit=2", sent.campaign_id)).await.ok();
        assert_eq!((&feed[0]["kind"], &feed[0]["name"]), (&json!("clicked"), &json!("Jane Wanjiru")), "the newest first");
        assert_eq!(feed[0]["url"], muster_tests::sent::LINK);
        // An open after the click moves nothing back.
        fetch(&world, &addresses.pixel(world.message(&sent, 2)), BROWSER).await;
        assert_eq!(world.number(&format!("SELECT CAST(status AS BIGINT) FROM run_recipients WHERE run_id = {} AND seq = 2", sent.run_id)).await, 4);
        world.assert_recount(&sent).await;
        let told = "SELECT COUNT(*) FROM event_outbox WHERE name IN ('campaign.message.opened', 'campaign.message.clicked')";
        assert_eq!(world.number(told).await, 3);
    }

    async fn machines_are_in_the_timeline_but_not_in_the_numbers(world: World) {
        let sent = sale(&world).await;
        let addresses = world.addresses().await;
        fetch(&world, &addresses.pixel(world.message(&sent, 1)), "Mozilla/5.0").await;
        fetch(&world, &addresses.click(world.message(&sent, 1), sent.link_id), "Barracuda Sentinel").await;
        assert_eq!((stat(&world, &sent, "opened").await, stat(&world, &sent, "clicked").await), (0, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM message_events WHERE is_bot").await, 2);
        fetch(&world, &addresses.pixel(world.message(&sent, 1)), "Mozilla/5.0 (via ggpht.com GoogleImageProxy)").await;
        assert_eq!(stat(&world, &sent, "opened").await, 1);
        world.assert_recount(&sent).await;
    }

    async fn a_forged_address_leads_nowhere(world: World) {
        let sent = sale(&world).await;
        let addresses = world.addresses().await;
        let good = addresses.click(world.message(&sent, 1), sent.link_id);
        let forged = format!("{}A", &good[..good.len() - 1]);
        for address in [forged.as_str(), "https://t.example/t/c/AAAA", "https://t.example/t/c/https%3A%2F%2Fevil.org", "https://t.example/u/x"] {
            if address == good {
                continue;
            }
            let answer = fetch(&world, address, BROWSER).await;
            assert_eq!(answer.status.as_u16(), 404, "{address}");
            assert!(!answer.headers.contains_key("location"));
        }
        // A link of another creative is not reached through this message's signature either.
        assert_eq!(fetch(&world, &addresses.click(world.message(&sent, 1), 999), BROWSER).await.status.as_u16(), 404);
        assert_eq!(fetch(&world, "https://t.example/t/o/nonsense.gif", BROWSER).await.status.as_u16(), 200, "a picture all the same");
        assert_eq!(world.number("SELECT COUNT(*) FROM message_events").await, 0);
    }

    async fn one_click_unsubscribes_once_and_a_look_does_not(world: World) {
        let sent = sale(&world).await;
        let address = world.addresses().await.unsubscribe(world.message(&sent, 1));
        let page = fetch(&world, &address, BROWSER).await;
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(page.status.is_success() && text.contains("Unsubscribe from email") && text.contains("j…@example.com") && !text.contains("john@"), "{text}");
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions").await, 0);
        for _ in 0..2 {
            assert!(post(&world, &address, "List-Unsubscribe=One-Click").await.status.is_success());
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE channel = 'email' AND address = 'john@example.com' AND reason = 'unsubscribed'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions").await, 1);
        assert_eq!(stat(&world, &sent, "unsubscribed").await, 1);
        world.assert_recount(&sent).await;
    }

    async fn the_preference_centre_keeps_what_is_wanted(world: World) {
        let sent = sale(&world).await;
        let address = world.addresses().await.preferences(world.message(&sent, 1));
        let saved = post(&world, &address, "action=save&channel=sms").await;
        assert!(String::from_utf8_lossy(&saved.bytes).contains("Saved."));
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE channel = 'email'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE channel = 'sms'").await, 0);
        post(&world, &address, "action=save&channel=sms&channel=email&channel=whatsapp").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions").await, 0);
        post(&world, &address, "action=save").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM customers WHERE opted_out").await, 1);
    }
}
