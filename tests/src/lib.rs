//! What scenario tests stand on: a whole Muster over a real database, on virtual time, asked through its own router.
//!
//! A test is written once and runs on both engines:
//!
//! ```ignore
//! muster_tests::both_engines! {
//!     async fn an_admin_signs_in(world: World) {
//!         let admin = world.admin().await;
//!         admin.get("/api/v1/session").await.ok();
//!     }
//! }
//! ```
#![allow(clippy::disallowed_methods, reason = "the harness is where the test's environment comes in")]

pub mod authority;
pub mod bench;
pub mod client;
pub mod clock;
pub mod database;
pub mod dns;
pub mod dovecot;
pub mod file_servers;
pub mod job_steps;
pub mod jobs;
pub mod moody;
pub mod process;
pub mod s3_store;
pub mod sent;
pub mod smtp_sink;
pub mod steps;
pub mod viewers;
pub mod world;

pub use client::{Answer, Client};
pub use clock::{TestClock, TestIds};
pub use moody::{Mood, Moody};
pub use muster_db::Engine;
pub use sent::Sent;
pub use world::World;

/// Declares tests that run on SQLite and on PostgreSQL, each with a fresh [`World`].
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block)*) => {
        $(
            mod $name {
                use super::*;

                async fn script($world: $crate::World) $body

                $(#[$meta])*
                #[test]
                fn sqlite() {
                    $crate::world::run($crate::Engine::Sqlite, script);
                }

                $(#[$meta])*
                #[test]
                fn postgres() {
                    $crate::world::run($crate::Engine::Postgres, script);
                }
            }
        )*
    };
}
