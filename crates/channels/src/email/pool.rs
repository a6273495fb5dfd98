//! A small pool of connections to one relay.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Duration, Instant},
};

use super::{
    config::SmtpConfig,
    connection::{Connection, OpenError},
    places::Places,
    tls::TlsSetup,
    transcript::Transcript,
};

/// Unused for longer than this, a connection is asked whether it still lives before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// At most `config.connections` sessions, kept open between messages and batches.
pub(super) struct Pool {
    config: SmtpConfig,
    tls: TlsSetup,
    places: Places,
    idle: Mutex<VecDeque<Idle>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// The right to one connection. Without a `Lease` none can be opened, which bounds their number.
pub(super) struct Lease<'p> {
    pool: &'p Pool,
    _permit: SemaphorePermit<'p>,
    connection: Option<Connection>,
}

impl Pool {
    pub(super) fn new(config: SmtpConfig, tls: TlsSetup) -> Self {
        let places = Places::new(config.connections);
        Pool { config, tls, places, idle: Mutex::default() }
    }

    pub(super) fn config(&self) -> &SmtpConfig {
        &self.config
    }

    /// The right to connect, for others who do.
    pub(super) fn places(&self) -> Arc<Semaphore> {
        Arc::clone(self.places.free())
    }

    /// From now on so many connections may be open at once.
    pub(super) fn allow(&self, connections: usize) {
        self.places.allow(connections);
        if let Ok(mut idle) = self.idle.lock() {
            idle.truncate(connections);
        }
    }

    /// Waits for a free place; opens nothing yet.
    pub(super) async fn lease(&self) -> Option<Lease<'_>> {
        let permit = self.places.free().acquire().await.ok()?;
        Some(Lease { pool: self, _permit: permit, connection: None })
    }

    /// Opens a session of its own beside the pool and closes it again.
    pub(super) async fn probe(&self) -> Result<(), OpenError> {
        Connection::open(&self.config, &self.tls).await?.quit().await;
        Ok(())
    }

    /// Opens a session of its own beside the pool that tells what is said on it.
    pub(super) async fn aloud(&self, transcript: Transcript) -> Result<Connection, OpenError> {
        Connection::open_aloud(&self.config, &self.tls, transcript).await
    }

    async fn reuse(&self) -> Option<Connection> {
        loop {
            let Idle { mut connection, since } = self.idle.lock().ok()?.pop_back()?;
            let unused = since.elapsed();
            if unused < TRUSTED_FOR {
                return Some(connection);
            }
            if unused < self.config.idle_timeout && connection.is_alive().await {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: Connection) {
        if let Ok(mut idle) = self.idle.lock() {
            let now = Instant::now();
            // The oldest are in front; what has been idle too long is closed on the way.
            while idle.front().is_some_and(|old| now - old.since >= self.config.idle_timeout) {
                idle.pop_front();
            }
            idle.push_back(Idle { connection, since: now });
        }
    }
}

impl Lease<'_> {
    /// The connection, opened if there is none. `true` when it had been used before, and so may
    /// turn out to have been closed by the server meanwhile.
    pub(super) async fn connection(&mut self) -> Result<(&mut Connection, bool), OpenError> {
        let worn_out = |connection: &Connection| connection.used >= self.pool.config.messages_per_connection.max(1);
        if self.connection.as_ref().is_some_and(worn_out)
            && let Some(connection) = self.connection.take()
        {
            connection.quit().await;
        }
        if self.connection.is_none() {
            self.connection = self.pool.reuse().await.filter(|connection| !worn_out(connection));
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.pool.config, &self.pool.tls).await?,
        };
        let reused = connection.used > 0;
        Ok((self.connection.insert(connection), reused))
    }

    /// Throws the connection away: it is broken or the server is closing it.
    pub(super) fn discard(&mut self) {
        self.connection = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(Connection::is_reusable) {
            self.pool.keep(connection);
        }
    }
}
