//! The engine of jobs in this process: who does its steps, and who tells people.

pub mod built_in;
mod teller;

use std::sync::Arc;

use muster_engine::jobs::desk::Desk;
use muster_engine::jobs::dispatcher::Dispatcher;
use muster_engine::jobs::hands::{Hands, NodeMark};
use tokio_util::sync::CancellationToken;

use self::built_in::Sweeps;
use self::teller::AppTeller;
use crate::App;

/// Where Linux says what the computer is called.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";

/// What looks for jobs to run, until `stop` is cancelled.
pub fn dispatcher(app: &App, stop: CancellationToken) -> Dispatcher {
    let hands = Hands {
        steps: Arc::clone(&app.steps),
        built_in: Arc::new(Sweeps(app.clone())),
        teller: Arc::new(AppTeller(app.clone())),
    };
    let server = std::fs::read_to_string(HOSTNAME).map(|name| name.trim().to_owned());
    let node = NodeMark {
        id: app.node.id,
        process: app.node.process,
        is_of_folder: app.node.is_of_folder(),
        server: server.unwrap_or_else(|_| app.node.id.to_string()),
    };
    let desk = Desk::new(
        app.db.clone(),
        Arc::clone(&app.clock),
        Arc::clone(&app.ids),
        Arc::clone(&app.live),
        Arc::clone(&app.jobs),
        hands,
        node,
    );
    Dispatcher::new(Arc::new(desk), stop)
}
