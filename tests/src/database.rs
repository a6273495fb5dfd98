//! A fresh database for every test: a file, or a database of the throw-away PostgreSQL copied from a migrated one.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use muster_db::{Db, Engine};
use tokio::sync::OnceCell;

static COUNT: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The URL of a fresh, migrated database.
pub async fn fresh(engine: Engine, dir: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", dir.join("muster.db").display()),
        Engine::Postgres => {
            let server = std::env::var("MUSTER_TEST_PG_URL")
                .expect("PostgreSQL tests run as: scripts/with-postgres.sh cargo test");
            let template = TEMPLATE.get_or_init(|| make_template(&server)).await;
            let name = format!("{template}_{}", COUNT.fetch_add(1, Ordering::SeqCst));
            muster_db::admin::create_database(&server, &name, Some(template)).await.expect("a database for the test");
            with_database(&server, &name)
        }
    }
}

async fn make_template(server: &str) -> String {
    let name = format!("muster_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    muster_db::admin::create_database(server, &name, None).await.expect("the template database");
    let db = Db::open(&with_database(server, &name)).await.expect("migrations");
    db.close().await;
    name
}

/// The same server, another database.
pub fn with_database(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}")
}
