//! People, their sessions and tokens.

use axum::body::Body;
use axum::http::Request;
use muster_domain::role::Role;
use muster_domain::time::DAY;
use muster_tests::world::PASSWORD;
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

/// Signs in with a password and asks with the cookie.
async fn sign_in(world: &World, email: &str, password: &str) -> Result<String, Value> {
    let answer = world.anonymous().post("/api/v1/session", json!({"email": email, "password": password})).await;
    match answer.headers.get("set-cookie") {
        Some(cookie) => Ok(cookie.to_str().unwrap().split(';').next().unwrap().to_owned()),
        None => Err(answer.body),
    }
}

fn with_cookie(method: &str, path: &str, cookie: &str, body: Option<Value>) -> Request<Body> {
    let request =
        Request::builder().method(method).uri(path).header("cookie", cookie).header("content-type", "application/json");
    request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()
}

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/session").await.ok()["user"]["id"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn a_person_is_invited_and_chooses_a_password(world: World) {
        let admin = world.admin().await;
        let new = json!({"name": "Grace Chebet", "email": " Grace@Jamii.co.ke", "role": "sales_rep"});
        let invited = admin.post("/api/v1/users", new.clone()).await.ok();
        assert_eq!((&invited["user"]["email"], &invited["user"]["mustChangePassword"]), (&json!("grace@jamii.co.ke"), &json!(true)));
        assert_eq!(admin.post("/api/v1/users", new).await.refused(409), "email_taken");
        let temporary = invited["temporaryPassword"].as_str().unwrap();
        assert_eq!(temporary.len(), 23);

        let cookie = sign_in(&world, "grace@jamii.co.ke", temporary).await.unwrap();
        let change = |current: &str, new: &str| with_cookie("POST", "/api/v1/users/me/password", &cookie, Some(json!({"currentPassword": current, "newPassword": new})));
        assert_eq!(world.anonymous().send(change("wrong", "a long password")).await.refused(422), "wrong_password");
        assert_eq!(world.anonymous().send(change(temporary, "short")).await.refused(422), "too_short");
        world.anonymous().send(change(temporary, "a password of my own")).await.ok();
        // The old session and the temporary password are worth nothing any more.
        world.anonymous().send(with_cookie("GET", "/api/v1/session", &cookie, None)).await.refused(401);
        assert!(sign_in(&world, "grace@jamii.co.ke", temporary).await.is_err());
        let cookie = sign_in(&world, "grace@jamii.co.ke", "a password of my own").await.unwrap();
        let session = world.anonymous().send(with_cookie("GET", "/api/v1/session", &cookie, None)).await.ok();
        assert_eq!(session["user"]["mustChangePassword"], false);
    }

    async fn a_role_is_changed_and_a_person_is_let_go(world: World) {
        let admin = world.admin().await;
        let invited = admin.post("/api/v1/users", json!({"name": "Musa", "email": "musa@jamii.co.ke", "role": "viewer"})).await.ok();
        let path = format!("/api/v1/users/{}", invited["user"]["id"].as_str().unwrap());
        let password = invited["temporaryPassword"].as_str().unwrap().to_owned();
        let cookie = sign_in(&world, "musa@jamii.co.ke", &password).await.unwrap();
        let changed = admin.patch(&path, json!({"role": "manager", "name": "Musa Otieno"})).await.ok();
        assert_eq!((&changed["role"], &changed["name"]), (&json!("manager"), &json!("Musa Otieno")));
        world.anonymous().send(with_cookie("GET", "/api/v1/session", &cookie, None)).await.refused(401);
        admin.patch(&path, json!({"isActive": false})).await.ok();
        assert!(sign_in(&world, "musa@jamii.co.ke", &password).await.is_err());
        admin.patch(&path, json!({"isActive": true})).await.ok();
        let reset = admin.post(&format!("{path}/reset-password"), json!({})).await.ok();
        assert!(sign_in(&world, "musa@jamii.co.ke", &password).await.is_err());
        sign_in(&world, "musa@jamii.co.ke", reset["temporaryPassword"].as_str().unwrap()).await.unwrap();
    }

    async fn somebody_can_always_administer(world: World) {
        let admin = world.admin().await;
        let own = format!("/api/v1/users/{}", id_of(&admin).await);
        assert_eq!(admin.patch(&own, json!({"role": "viewer"})).await.refused(409), "yourself");
        assert_eq!(admin.patch(&own, json!({"isActive": false})).await.refused(409), "yourself");
        let second = world.person("Second Admin", Role::Admin).await;
        second.patch(&own, json!({"role": "viewer"})).await.ok();
        let last = format!("/api/v1/users/{}", id_of(&second).await);
        assert_eq!(second.patch(&last, json!({"isActive": false})).await.refused(409), "yourself");
        // The first one, a viewer now, may not manage people at all.
        assert_eq!(admin.patch(&last, json!({"isActive": false})).await.refused(403), "forbidden");
        admin.post("/api/v1/users", json!({"name": "x", "email": "x@y.example", "role": "admin"})).await.refused(403);
        assert_eq!(admin.get("/api/v1/users").await.ok().as_array().unwrap().len(), 2);
        let bad = second.post("/api/v1/users", json!({"name": "", "email": "nobody", "role": "viewer"})).await;
        assert_eq!(bad.refused(422), "validation_failed");
        assert_eq!(second.post("/api/v1/users", json!({"name": "x", "email": "x@y.example", "role": "king"})).await.refused(400), "malformed");
    }

    async fn sessions_are_seen_and_ended(world: World) {
        let admin = world.admin().await;
        let path = format!("/api/v1/users/{}/sessions", id_of(&admin).await);
        let first = sign_in(&world, "admin@jamii.co.ke", PASSWORD).await.unwrap();
        world.clock.advance(1_000);
        let second = sign_in(&world, "admin@jamii.co.ke", PASSWORD).await.unwrap();
        let sessions = admin.get(&path).await.ok();
        assert_eq!(sessions.as_array().unwrap().len(), 2);
        admin.delete(&format!("{path}/{}", sessions[0]["id"].as_str().unwrap())).await.ok();
        world.anonymous().send(with_cookie("GET", "/api/v1/session", &second, None)).await.refused(401);
        world.anonymous().send(with_cookie("GET", "/api/v1/session", &first, None)).await.ok();
        admin.delete(&format!("{path}/0011223344556677")).await.refused(404);
        assert_eq!(admin.delete(&path).await.ok(), 1);
        world.anonymous().send(with_cookie("GET", "/api/v1/session", &first, None)).await.refused(401);
        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        viewer.get(&path).await.refused(403);
    }

    async fn a_token_is_shown_once_and_stops(world: World) {
        let admin = world.admin().await;
        let issued = admin.post("/api/v1/tokens", json!({"name": "Reporting", "scopes": ["read"], "expiresInDays": 30})).await.ok();
        let program = world.anonymous().with_token(issued["token"].as_str().unwrap());
        program.get("/api/v1/settings").await.ok();
        program.patch("/api/v1/settings", json!({"name": "x"})).await.refused(403);
        // A program cannot widen what it may do.
        program.post("/api/v1/tokens", json!({"name": "more", "scopes": ["*"]})).await.refused(403);
        let listed = admin.get("/api/v1/tokens").await;
        assert!(!listed.body.to_string().contains(issued["token"].as_str().unwrap()));
        world.clock.advance(30 * DAY);
        program.get("/api/v1/settings").await.refused(401);

        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        let own = viewer.post("/api/v1/tokens", json!({"name": "mine"})).await.ok();
        let path = format!("/api/v1/tokens/{}", own["id"].as_str().unwrap());
        let theirs = world.anonymous().with_token(own["token"].as_str().unwrap());
        theirs.get("/api/v1/settings").await.ok();
        assert!(viewer.get("/api/v1/tokens").await.ok().as_array().unwrap().iter().all(|token| token["userName"] == "Vera Njeri"));
        viewer.delete(&format!("/api/v1/tokens/{}", issued["id"].as_str().unwrap())).await.refused(403);
        admin.delete(&path).await.ok();
        theirs.get("/api/v1/settings").await.refused(401);
        assert_eq!(admin.delete(&path).await.refused(409), "already_revoked");
        let bad = admin.post("/api/v1/tokens", json!({"name": "", "scopes": ["everything"], "expiresInDays": 0})).await;
        assert_eq!(bad.body["error"]["details"].as_array().unwrap().len(), 3);
    }

    async fn everybody_changes_their_own_name(world: World) {
        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        viewer.patch("/api/v1/users/me", json!({"name": "Vera N.", "locale": "sw", "preferences": {"theme": "dark"}})).await.ok();
        let session = viewer.get("/api/v1/session").await.ok();
        assert_eq!((&session["user"]["name"], &session["user"]["locale"], &session["user"]["preferences"]["theme"]), (&json!("Vera N."), &json!("sw"), &json!("dark")));
        viewer.patch("/api/v1/users/me", json!({"name": "  "})).await.refused(422);
    }
}
