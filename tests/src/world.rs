//! A whole Muster.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use muster_app::setup::SetupRequest;
use muster_app::{App, Ctx, InstallKey, auth, setup};
use muster_db::people::{self, NewUser};
use muster_db::{Db, Engine};
use muster_domain::clock::Clock;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Client, TestClock, TestIds, database};

/// A workspace "Jamii Mobile" with its administrator `admin@jamii.co.ke`, at 2026-11-24 08:00 UTC until the test moves
/// the clock. Nothing runs by itself: the test asks for what should happen.
pub struct World {
    pub app: App,
    pub router: Router,
    pub clock: Arc<TestClock>,
    pub ws: WorkspaceId,
    pub engine: Engine,
    pub dir: tempfile::TempDir,
    pub database_url: String,
}

/// The administrator's password.
pub const PASSWORD: &str = "correct horse battery";

/// Runs a script over a fresh world.
pub fn run<F: Future<Output = ()>>(engine: Engine, script: impl FnOnce(World) -> F) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async { script(World::new(engine).await).await });
}

impl World {
    /// A fresh world.
    pub async fn new(engine: Engine) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let database_url = database::fresh(engine, dir.path()).await;
        let db = Db::open(&database_url).await.expect("a database");
        let clock = Arc::new(TestClock::at("2026-11-24T08:00:00Z"));
        let app = App::new(db, clock.clone(), Arc::new(TestIds::default()), InstallKey([7; 32]), dir.path().to_owned());
        let request = SetupRequest {
            workspace_name: "Jamii Mobile".into(),
            admin_name: "Amina Yusuf".into(),
            admin_email: "admin@jamii.co.ke".into(),
            admin_password: PASSWORD.into(),
            timezone: "Africa/Nairobi".into(),
            currency: "KES".into(),
            approval_required: true,
        };
        let ws = setup::run(&app, request).await.expect("the first run");
        // Tests that want its built-in jobs ask for them.
        let mut tx = app.db.write(ws).await.expect("a transaction");
        muster_db::admin::script(&mut tx, "DELETE FROM jobs WHERE is_built_in").await.expect("no jobs");
        tx.commit().await.expect("a commit");
        let router = muster_api::router(app.clone());
        Self { app, router, clock, ws, engine, dir, database_url }
    }

    /// Another node on the same database and clock.
    pub async fn another_node(&self, dir: &std::path::Path) -> App {
        let db = Db::open(&self.database_url).await.expect("a database");
        App::new(db, self.clock.clone(), Arc::new(TestIds::others()), self.app.key.clone(), dir.to_owned())
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The administrator.
    pub async fn admin(&self) -> Client {
        self.of("admin@jamii.co.ke").await
    }

    /// Somebody who is there, of whichever team.
    pub async fn of(&self, email: &str) -> Client {
        let (ctx, id) = auth::operator(&self.app, email).await.expect("a database").expect("the person");
        self.client_of(&ctx, id).await
    }

    /// A new person with a role.
    pub async fn person(&self, name: &str, role: Role) -> Client {
        let email = format!("{}@jamii.co.ke", name.to_lowercase().replace(' ', "."));
        let id = self.app.new_id();
        let user = NewUser {
            id,
            email: email.clone(),
            name: name.into(),
            role,
            password_hash: "none".into(),
            must_change_password: false,
            locale: "en".into(),
            now: self.clock.now(),
        };
        let mut tx = self.app.db.write(self.ws).await.expect("a transaction");
        people::insert(&mut tx, self.ws, &user).await.expect("a person");
        tx.commit().await.expect("a commit");
        self.of(&email).await
    }

    async fn client_of(&self, ctx: &Ctx, id: Uuid) -> Client {
        let (_, token) = auth::issue_token(&self.app, ctx, id, "test", &["*".into()], None).await.expect("a token");
        self.anonymous().with_token(&token)
    }

    /// Muster itself, to call use cases directly.
    pub fn system(&self) -> Ctx {
        Ctx::system(self.ws, "test")
    }
}
