//! `muster-server serve`: the team's server.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use muster_app::scheduler;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{home, ui};

/// What is in flight when Muster is told to stop has this long.
const GRACE: Duration = Duration::from_secs(5);

/// Serve the interface, the API, tracking and webhooks, and run campaigns.
#[derive(Args)]
pub struct Serve {
    #[arg(long)]
    data_dir: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Folder of the built interface; looked for beside the program when not said.
    #[arg(long)]
    ui_dir: Option<PathBuf>,
    /// `postgres://…` for a data folder that is not made yet.
    #[arg(long)]
    database: Option<String>,
}

impl Serve {
    /// Runs until SIGINT or SIGTERM, then lets what is in flight finish.
    pub async fn run(self) -> anyhow::Result<()> {
        muster_app::logs::write_to(&self.data_dir)?;
        let app = if home::exists(&self.data_dir) {
            home::open(&self.data_dir).await?
        } else {
            home::create(&self.data_dir, self.database.as_deref()).await?
        };
        let listener =
            TcpListener::bind(self.listen).await.with_context(|| format!("cannot listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        let router = ui::with_interface(muster_api::router(app.clone()), self.ui_dir);
        println!("Muster is at http://{address}");
        let make = router.into_make_service_with_connect_info::<SocketAddr>();
        let stop = CancellationToken::new();
        tokio::spawn({
            let stop = stop.clone();
            async move {
                stop_signal().await;
                stop.cancel();
            }
        });
        let scheduler = scheduler::start(&app, &stop);
        let serving = axum::serve(listener, make).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::select! {
            served = serving.into_future() => served?,
            // Live streams never end by themselves: what is still open after the grace is cut.
            () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => {}
        }
        stop.cancel();
        let _ = tokio::time::timeout(GRACE, scheduler).await;
        app.db.close().await;
        Ok(())
    }
}

async fn stop_signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
