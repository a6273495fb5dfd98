//! Who looks at the board and at which card, so that two reps never work the same card unknowingly. Kept in memory: it is
//! about the next minute only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use muster_domain::clock::Millis;
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Somebody who says nothing for that long has gone.
const GONE_AFTER: Millis = 45 * SECOND;
/// People who are remembered at most.
const MAX_PEOPLE: usize = 10_000;

/// What a window says every 20 seconds while the board is open.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceRequest {
    /// The card that is open.
    #[serde(default)]
    pub card_id: Option<Uuid>,
    /// Whether an answer is being written.
    #[serde(default)]
    pub is_writing: bool,
    /// The board was closed.
    #[serde(default)]
    pub is_leaving: bool,
}

/// Somebody who looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Here {
    pub user_id: Uuid,
    pub name: String,
    pub card_id: Option<Uuid>,
    pub is_writing: bool,
}

/// Everybody who looks, by workspace and person.
#[derive(Default)]
pub struct Presence {
    people: Mutex<HashMap<(WorkspaceId, Uuid), (Millis, Here)>>,
}

impl Presence {
    /// Notes one person and gives everybody of the workspace who is here.
    fn note(&self, ws: WorkspaceId, here: Here, is_leaving: bool, now: Millis) -> Vec<Here> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, (seen, _)| now - *seen < GONE_AFTER);
        let key = (ws, here.user_id);
        if is_leaving {
            people.remove(&key);
        } else if people.len() < MAX_PEOPLE || people.contains_key(&key) {
            people.insert(key, (now, here));
        }
        let mut all: Vec<Here> =
            people.iter().filter(|((w, _), _)| *w == ws).map(|(_, (_, here))| here.clone()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name).then(a.user_id.cmp(&b.user_id)));
        all
    }
}

/// Notes that the asker looks, and tells everybody.
pub fn here(app: &App, ctx: &Ctx, request: PresenceRequest) -> AppResult<Vec<Here>> {
    ctx.require(Operation::Read)?;
    let user_id = ctx.user()?;
    let me = Here { user_id, name: ctx.user_name.clone(), card_id: request.card_id, is_writing: request.is_writing };
    let all = app.presence.note(ctx.ws, me, request.is_leaving, app.now());
    app.live.publish(ctx.ws, "presence", serde_json::json!(all));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_and_go() {
        let presence = Presence::default();
        let here = |n: u128, name: &str| Here {
            user_id: Uuid::from_u128(n),
            name: name.into(),
            card_id: None,
            is_writing: false,
        };
        let (a, b) = (WorkspaceId(1), WorkspaceId(2));
        assert_eq!(presence.note(a, here(1, "Grace"), false, 0).len(), 1);
        assert_eq!(presence.note(b, here(9, "Stranger"), false, 0).len(), 1, "each workspace sees its own");
        assert_eq!(
            presence.note(a, here(2, "Ali"), false, 10).iter().map(|h| h.name.as_str()).collect::<Vec<_>>(),
            ["Ali", "Grace"]
        );
        assert_eq!(presence.note(a, here(2, "Ali"), true, 20).len(), 1);
        assert_eq!(presence.note(a, here(2, "Ali"), false, GONE_AFTER).len(), 1, "who said nothing has gone");
    }
}
