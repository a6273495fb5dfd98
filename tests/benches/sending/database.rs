//! What a campaign asks of its database, by turns with plain statements on the same data.

use std::time::Instant;

use muster_app::runs;
use muster_db::{Engine, admin};
use muster_tests::bench::Figure;

use crate::Extent;
use crate::apart::engines;
use crate::campaign::{self, Place};
use crate::marks::lease_and_mark;
use crate::plain::{Plain, Rows};

const RECIPIENTS: i64 = 1_000_000;

/// Launches, leases and marks on every engine.
pub fn compare(extent: &Extent) -> Vec<Figure> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    engines().iter().flat_map(|engine| runtime.block_on(measure(engine, extent))).collect()
}

async fn measure(name: &str, extent: &Extent) -> Vec<Figure> {
    let engine = if name == "postgres" { Engine::Postgres } else { Engine::Sqlite };
    let dir = tempfile::tempdir().expect("a folder");
    let recipients = extent.messages(RECIPIENTS);
    let place = campaign::workspace(engine, recipients, dir.path()).await;
    let plain = Plain::new(engine, &place.url);
    let mut figures = vec![launches(name, &place, &plain, recipients, extent.rounds).await];
    // Chunks of a thousand, and what the engine does: chunks of five hundred, noted by windows of fifty.
    let shapes = [("lease_mark_rows_per_s", 1_000, None), ("lease_mark_noted_rows_per_s", 500, Some(50))];
    let run = place.number("SELECT MAX(id) FROM campaign_runs").await;
    let count = (recipients / i64::try_from(2 * shapes.len() * extent.rounds).expect("a few")).min(100_000);
    let mut first = 1;
    for (figure, chunk, window) in shapes {
        let mut rates = Vec::new();
        for _ in 0..extent.rounds {
            let workspace = place.ctx.ws.0;
            let rows = Rows { workspace, run, first, count, chunk, window };
            let floor = count as f64 / plain.lease_and_mark(&rows);
            let rows = Rows { first: first + count, ..rows };
            rates.push((count as f64 / lease_and_mark(&place, &rows).await, floor));
            first += 2 * count;
        }
        figures.push(Figure::beside(figure, Some(name), "rows/s", &rates));
    }
    place.app.db.close().await;
    figures
}

/// The recipients of the last launch are left for what follows.
async fn launches(name: &str, place: &Place, plain: &Plain, recipients: i64, rounds: usize) -> Figure {
    let forget = match place.app.db.engine() {
        Engine::Sqlite => "DELETE FROM run_recipients",
        Engine::Postgres => "TRUNCATE run_recipients",
    };
    let over = "UPDATE campaigns SET status = 'cancelled'; UPDATE campaign_runs SET status = 'cancelled'";
    let mut rates = Vec::new();
    for _ in 0..rounds {
        place.script(&format!("{forget}; {over}")).await;
        let floor = recipients as f64 / plain.launch(place.ctx.ws.0);
        place.script(forget).await;
        let campaign = campaign::campaign(place, 2_048).await;
        let begun = Instant::now();
        let launched = runs::start(&place.app, &place.ctx, campaign).await.expect("a launch");
        rates.push((recipients as f64 / begun.elapsed().as_secs_f64(), floor));
        assert_eq!(launched.total_recipients, recipients);
    }
    Figure::beside("launch_1m", Some(name), "recipients/s", &rates)
}

impl Place {
    async fn script(&self, text: &str) {
        let mut tx = self.app.db.write_all().await.expect("a transaction");
        admin::script(&mut tx, text).await.unwrap_or_else(|error| panic!("{error}\n{text}"));
        tx.commit().await.expect("a commit");
    }

    async fn number(&self, query: &str) -> i64 {
        let mut tx = self.app.db.read_all().await.expect("a transaction");
        admin::number(&mut tx, query).await.expect("a number")
    }
}
