//! Which provider carries a message: from the workspace's rows, the sandbox where there are none.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use muster_channels::sandbox::SandboxSender;
use muster_db::providers::{self, ProviderRow};
use muster_db::workspaces::{self, WorkspaceRow};
use muster_db::{Db, Tx};
use muster_domain::channel::Channel;
use muster_domain::clock::{Clock, Millis};
use muster_domain::workspace::WorkspaceId;
use muster_domain::zone::day_in;
use muster_engine::live::LiveHub;
use muster_engine::registry::{ActiveSender, SenderRegistry};
use uuid::Uuid;

use super::choice::{self, Member};
use super::config::{self, ProviderConfig};
use super::inbox::WorkspaceInbox;
use super::nodes::Nodes;
use super::rests::{Rest, Rests};
use super::secrets::Secrets;
use super::today;
use crate::settings::SendingSettings;
use crate::{AppResult, InstallKey};

/// What another process changed is noticed after at most this long.
const LOOK_EVERY: Millis = 2_000;

/// The providers of every workspace, ready to be used. Senders keep their connections between picks, so they are made
/// once and again only when something about them changed.
pub struct Registry {
    db: Db,
    clock: Arc<dyn Clock>,
    live: Arc<LiveHub>,
    key: InstallKey,
    known: Mutex<HashMap<WorkspaceId, Arc<Known>>>,
    /// Held while providers are read: two who ask at once share their connections.
    reading: tokio::sync::Mutex<()>,
    /// Counts picks, so that providers take turns by weight.
    turn: AtomicU64,
    rests: Rests,
    nodes: Nodes,
}

/// The providers of one workspace as they were when last looked at.
struct Known {
    stamp: Stamp,
    looked_at: AtomicI64,
    workspace_name: String,
    members: Vec<Member>,
    /// Of those whose connections are limited, by the key of their budget: how many all nodes together may open.
    limited: HashMap<String, usize>,
    sandbox: ActiveSender,
    settings: SendingSettings,
}

/// Moves whenever the providers or the settings change, and with the day, which a warm-up goes by.
type Stamp = (i64, i64, Millis, chrono::NaiveDate);

impl Registry {
    /// A registry that knows nothing yet.
    pub fn new(db: Db, clock: Arc<dyn Clock>, live: Arc<LiveHub>, key: InstallKey, node: Uuid) -> Self {
        Self {
            nodes: Nodes::new(db.clone(), Arc::clone(&clock), node),
            db,
            clock,
            live,
            key,
            known: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            turn: AtomicU64::new(0),
            rests: Rests::default(),
        }
    }

    /// Forgets what is known of a workspace: something was changed. Messages under way keep their sender.
    pub fn forget(&self, ws: WorkspaceId) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&ws);
    }

    /// The sender of one provider, whatever its state: for trying it out.
    pub(super) async fn of_row(&self, ws: WorkspaceId, row: &ProviderRow) -> AppResult<Result<ActiveSender, String>> {
        let mut tx = self.db.read(ws).await?;
        let workspace = workspaces::get(&mut tx, ws).await?;
        let settings = SendingSettings::of(&workspace);
        let secrets = Secrets::open(&mut tx, &self.key, ws, row).await?;
        Ok(self.activate(ws, row, secrets, &workspace, &settings))
    }

    /// The last rest of a provider that failed everything and has sent nothing since.
    pub(super) fn rest_of(&self, row: &ProviderRow) -> Option<Rest> {
        self.rests.of(&today::budget_key(row))
    }

    /// Who may carry a channel and route, in no order that matters: looking takes nobody's turn.
    pub(crate) async fn carriers(&self, ws: WorkspaceId, channel: Channel, route: Option<&str>) -> Vec<ActiveSender> {
        self.in_turn(ws, channel, route, 0).await.unwrap_or_default()
    }

    /// Goes on being one of the nodes that send, and keeps to its part of the connections.
    pub(crate) async fn stay(&self) -> AppResult<()> {
        let Some(seen) = self.nodes.stay().await? else { return Ok(()) };
        for known in self.known.lock().unwrap_or_else(PoisonError::into_inner).values() {
            for active in known.members.iter().filter_map(|member| member.active.as_ref().ok()) {
                if let Some(limit) = known.limited.get(&active.budget) {
                    active.sender.allow(seen.share(*limit));
                }
            }
        }
        Ok(())
    }

    /// Sends nothing any more: the other nodes may open its connections.
    pub(crate) async fn leave(&self) -> AppResult<()> {
        Ok(self.nodes.leave().await?)
    }

    /// Leaves out those whose connections are all with other nodes.
    async fn shared(&self, ws: WorkspaceId, mut found: Vec<ActiveSender>) -> AppResult<Vec<ActiveSender>> {
        let known = self.known(ws).await?;
        if found.iter().all(|active| !known.limited.contains_key(&active.budget)) {
            return Ok(found);
        }
        let seen = self.nodes.look().await.inspect_err(|error| {
            tracing::warn!(%error, "the other nodes cannot be seen: relays whose connections are shared are not used now");
        });
        found.retain(|active| {
            let share = |limit: &usize| seen.as_ref().map_or(0, |seen| seen.share(*limit));
            let share = known.limited.get(&active.budget).map(share);
            share.inspect(|share| active.sender.allow(*share)) != Some(0)
        });
        Ok(found)
    }

    async fn in_turn(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        route: Option<&str>,
        turn: u64,
    ) -> Result<Vec<ActiveSender>, String> {
        let known = self.known(ws).await.map_err(|error| error.to_string())?;
        if known.settings.sandbox_only || !known.members.iter().any(|member| member.channel == channel) {
            let from = known.settings.sandbox_sender(channel, &known.workspace_name);
            return Ok(vec![ActiveSender { from, ..known.sandbox.clone() }]);
        }
        let now = self.clock.now();
        choice::candidates(&known.members, channel, route, turn, |active| self.rests.is_resting(&active.budget, now))
    }

    async fn known(&self, ws: WorkspaceId) -> AppResult<Arc<Known>> {
        let now = self.clock.now();
        let cached = || self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&ws).cloned();
        let is_fresh = |known: &Arc<Known>| now - known.looked_at.load(Ordering::Relaxed) < LOOK_EVERY;
        if let Some(known) = cached().filter(is_fresh) {
            return Ok(known);
        }
        let _reading = self.reading.lock().await;
        let cached = cached();
        if let Some(known) = cached.as_ref().filter(|known| is_fresh(known)) {
            return Ok(Arc::clone(known));
        }
        let mut tx = self.db.read(ws).await?;
        let workspace = workspaces::get(&mut tx, ws).await?;
        let (count, changed) = providers::fingerprint(&mut tx, ws).await?;
        let stamp = (count, changed, workspace.updated_at, day_in(&workspace.timezone, now));
        if let Some(same) = cached.filter(|known| known.stamp == stamp) {
            same.looked_at.store(now, Ordering::Relaxed);
            return Ok(same);
        }
        let known = Arc::new(self.load(&mut tx, ws, &workspace, stamp, now).await?);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(ws, Arc::clone(&known));
        Ok(known)
    }

    async fn load(
        &self,
        tx: &mut Tx,
        ws: WorkspaceId,
        workspace: &WorkspaceRow,
        stamp: Stamp,
        now: Millis,
    ) -> AppResult<Known> {
        let settings = SendingSettings::of(workspace);
        let (mut members, mut limited) = (Vec::new(), HashMap::new());
        for row in providers::list(tx, ws).await? {
            let secrets = Secrets::open(tx, &self.key, ws, &row).await?;
            let active = match (row.is_active, row.state.as_str()) {
                (false, _) => Err(format!("{} is switched off", row.name)),
                (true, "paused") => Err(format!(
                    "{} is paused: {}",
                    row.name,
                    row.state_reason.as_deref().unwrap_or("too many failures")
                )),
                (true, _) => self.activate(ws, &row, secrets, workspace, &settings),
            };
            let route = ProviderConfig::read(&row.config)
                .ok()
                .and_then(|config| config.route)
                .filter(|route| !route.trim().is_empty());
            if let Some(most) = row.max_connections.and_then(|most| usize::try_from(most).ok()) {
                limited.insert(today::budget_key(&row), most);
            }
            members.push(Member {
                channel: row.channel,
                route,
                weight: u32::try_from(row.weight).unwrap_or(0),
                active,
            });
        }
        let sandbox = self.sandbox(ws, workspace, &settings);
        Ok(Known {
            stamp,
            looked_at: AtomicI64::new(now),
            workspace_name: workspace.name.clone(),
            members,
            limited,
            sandbox,
            settings,
        })
    }

    fn activate(
        &self,
        ws: WorkspaceId,
        row: &ProviderRow,
        secrets: Secrets,
        workspace: &WorkspaceRow,
        settings: &SendingSettings,
    ) -> Result<ActiveSender, String> {
        let config = ProviderConfig::read(&row.config).map_err(|problem| problem.message)?;
        let sender = config::sender(row, secrets, Arc::new(self.inbox(ws)))?;
        let own = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let from = own(&config.from).or_else(|| settings.sender(row.channel));
        let from = match from {
            Some(from) => from,
            None if row.kind == "sandbox" => settings.sandbox_sender(row.channel, &workspace.name),
            None if row.channel == Channel::Email => {
                return Err(format!("{} has no sender address, and the workspace has none either", row.name));
            }
            None => String::new(),
        };
        Ok(ActiveSender {
            sender,
            budget: today::budget_key(row),
            per_day: today::per_day(row, &config, workspace, self.clock.now()),
            per_hour: row.messages_per_hour,
            per_minute: row.messages_per_minute,
            reports_delivery: false,
            from,
            from_name: config.from_name.as_deref().and_then(own).or_else(|| Some(settings.name(&workspace.name))),
        })
    }

    fn inbox(&self, ws: WorkspaceId) -> WorkspaceInbox {
        WorkspaceInbox { db: self.db.clone(), clock: Arc::clone(&self.clock), live: Arc::clone(&self.live), ws }
    }

    fn sandbox(&self, ws: WorkspaceId, workspace: &WorkspaceRow, settings: &SendingSettings) -> ActiveSender {
        ActiveSender {
            sender: Arc::new(SandboxSender::new(Arc::new(self.inbox(ws)), settings.sandbox.behaviour())),
            budget: String::from("provider:sandbox"),
            per_day: None,
            per_hour: None,
            per_minute: None,
            reports_delivery: false,
            from: String::new(),
            from_name: Some(settings.name(&workspace.name)),
        }
    }
}

#[async_trait]
impl SenderRegistry for Registry {
    async fn candidates(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        route: Option<&str>,
    ) -> Result<Vec<ActiveSender>, String> {
        let found = self.in_turn(ws, channel, route, self.turn.fetch_add(1, Ordering::Relaxed)).await?;
        self.shared(ws, found).await.map_err(|error| error.to_string())
    }

    async fn pick(&self, ws: WorkspaceId, channel: Channel, route: Option<&str>) -> Result<ActiveSender, String> {
        // A single message needs no part of its own.
        let candidates = self.in_turn(ws, channel, route, self.turn.fetch_add(1, Ordering::Relaxed)).await?;
        choice::in_order(candidates).ok_or_else(|| format!("No provider can carry {channel} now."))
    }

    fn report(&self, budget: &str, failure: Option<&str>) {
        self.rests.report(budget, failure, self.clock.now());
    }
}
