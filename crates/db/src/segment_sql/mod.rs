//! The one place where SQL is put together at run time: who belongs to a segment.
//!
//! A checked tree of conditions ([`muster_domain::criteria`]) becomes a predicate over `customers k`. Columns and functions come
//! from the tables in here, values only ever travel as binds. The same customers come out on both engines:
//!
//! - Negation is carried down to the conditions, and a negated condition names NULL (`k.tier IS NULL OR k.tier <> $2`), so that
//!   three-valued logic never drops anybody: "not VIP" includes customers without a tier.
//! - `contains` and its kin fold A–Z only, which is what `lower` does on SQLite and under the collation "C" on PostgreSQL.

mod audience;
mod behaviour;
mod lines;
mod predicate;
mod reach;
mod run;
mod text;

pub use audience::{Bind, CompiledAudience};
pub use lines::{Line, lines};
pub use predicate::{base, compile, members_of};
pub use reach::{Reach, contains, reach};
pub use run::{Figures, MemberRow, count, count_lines, execute_with, figures, members, sample};
