//! The board (BRD-4): cards in columns, worked on by several people at once.

mod answer;
mod change;
mod close;
mod deliver;
mod presence;
mod read;
pub(crate) mod state;
mod thread;
mod view;

pub use answer::{AnswerRequest, answer, note};
pub use change::{CardInput, CardPatch, MoveRequest, SnoozeRequest, create, move_card, patch, snooze, wake_up};
pub use close::{OutcomeKind, OutcomeRequest, close};
pub use deliver::{lost_answers, next_due, send_due};
pub use presence::{Here, Presence, PresenceRequest, here};
pub use read::{BoardQuery, CardQuery, board, card, list};
pub use thread::{ThreadItem, ThreadKind};
pub use view::{BoardView, CardDetail, CardView, ContactCard, QueueView};
