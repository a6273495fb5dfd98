//! The classifiers in memory: one for each workspace, trained anew when somebody corrected a class.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use muster_db::{Tx, responses};
use muster_domain::reply::classify::MAX_CORRECTIONS;
use muster_domain::reply::{Classifier, Correction};
use muster_domain::workspace::WorkspaceId;

use crate::{AppError, AppResult};

/// Workspaces whose classifiers are kept; a trained one takes about 300 kB.
const MAX_KEPT: usize = 64;

/// Trained classifiers, each with the newest correction that it knows.
#[derive(Default)]
pub struct Classifiers {
    kept: Mutex<HashMap<WorkspaceId, (i64, Arc<Classifier>)>>,
}

impl Classifiers {
    /// The classifier of a workspace, with everything that people corrected on whatever node.
    pub async fn of(&self, tx: &mut Tx, ws: WorkspaceId) -> AppResult<Arc<Classifier>> {
        let newest = responses::newest_example(tx, ws).await?;
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&ws).cloned();
        if let Some((_, classifier)) = known.filter(|(seen, _)| *seen == newest) {
            return Ok(classifier);
        }
        let limit = i64::try_from(MAX_CORRECTIONS).unwrap_or(i64::MAX);
        let corrections: Vec<Correction> = responses::examples(tx, ws, limit)
            .await?
            .into_iter()
            .map(|row| Correction { text: row.body, disposition: row.disposition })
            .collect();
        let trained =
            tokio::task::spawn_blocking(move || Classifier::new(&corrections)).await.map_err(AppError::internal)?;
        let classifier = Arc::new(trained);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(ws, (newest, Arc::clone(&classifier)));
        Ok(classifier)
    }
}
