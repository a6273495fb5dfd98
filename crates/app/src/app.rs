//! Everything a use case works with.

use std::path::PathBuf;
use std::sync::Arc;

use muster_channels::email::NameServer;
use muster_db::Db;
use muster_domain::clock::{Clock, Ids, Millis};
use muster_engine::delivery::Delivery;
use muster_engine::jobs::Jobs;
use muster_engine::jobs::step::StepRunner;
use muster_engine::live::LiveHub;
use muster_engine::registry::SenderRegistry;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::board::Presence;
use crate::jobs::HookGate;
use crate::node::Node;
use crate::nudges::Nudges;
use crate::providers::Registry;
use crate::replies::Classifiers;
use crate::steps;

/// The key of this installation: seals secrets, from the keychain or a key file. Never logged.
#[derive(Clone)]
pub struct InstallKey(pub [u8; 32]);

impl std::fmt::Debug for InstallKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstallKey(…)")
    }
}

/// The application: one per process, shared by requests and by the scheduler.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub live: Arc<LiveHub>,
    pub key: InstallKey,
    /// Where uploads, reports and backups of this installation lie.
    pub data_dir: PathBuf,
    /// This process among the nodes of one database.
    pub node: Arc<Node>,
    /// Which provider carries a message.
    pub senders: Arc<Registry>,
    /// Where names are looked up that people ask about.
    pub dns: NameServer,
    /// Told whenever something became due sooner: the scheduler sleeps until the next due moment.
    pub wake: Arc<Notify>,
    /// Runs that the scheduler has to look at anew when it is told.
    pub nudges: Arc<Nudges>,
    /// Told whenever something about jobs was written.
    pub jobs: Arc<Jobs>,
    /// How often webhooks of jobs may be called.
    pub hooks: Arc<HookGate>,
    /// Does the steps of jobs.
    pub steps: Arc<dyn StepRunner>,
    /// The sending path.
    pub delivery: Arc<Delivery>,
    /// Classifiers of replies, trained.
    pub classifiers: Arc<Classifiers>,
    /// Who looks at the board.
    pub presence: Arc<Presence>,
}

impl App {
    /// An application over an open database.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, key: InstallKey, data_dir: PathBuf) -> Self {
        let node = Node::of_folder(&data_dir, ids.uuid(clock.now()));
        let live = Arc::<LiveHub>::default();
        let senders = Arc::new(Registry::new(db.clone(), Arc::clone(&clock), Arc::clone(&live), key.clone(), node.id));
        let delivery = Delivery::new(
            db.clone(),
            Arc::clone(&clock),
            Arc::clone(&ids),
            Arc::clone(&live),
            senders.clone(),
            node.id,
        );
        let steps = steps::over(&db, &clock, &live, &key, senders.clone(), &data_dir);
        Self {
            db,
            clock,
            ids,
            live,
            key,
            data_dir,
            steps: Arc::new(steps),
            node: Arc::new(node),
            senders,
            dns: NameServer::default(),
            wake: Arc::default(),
            nudges: Arc::default(),
            jobs: Arc::default(),
            hooks: Arc::default(),
            classifiers: Arc::default(),
            presence: Arc::default(),
            delivery: Arc::new(delivery),
        }
    }

    /// The same application with other providers than those of its rows.
    pub fn with_registry(mut self, registry: Arc<dyn SenderRegistry>) -> Self {
        let delivery = Delivery::new(
            self.db.clone(),
            self.clock.clone(),
            self.ids.clone(),
            self.live.clone(),
            registry,
            self.node.id,
        );
        self.delivery = Arc::new(delivery);
        self
    }

    /// The same application with another place to look names up.
    pub fn with_dns(self, dns: NameServer) -> Self {
        Self { dns, ..self }
    }

    /// The same application with somebody else doing the steps of jobs.
    pub fn with_steps(self, steps: Arc<dyn StepRunner>) -> Self {
        Self { steps, ..self }
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.ids.uuid(self.clock.now())
    }
}
