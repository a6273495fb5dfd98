//! Which of several providers goes first: by route, then in turns by weight; the others stand in for it.

use std::sync::Arc;

use muster_channels::{Pool, Weighted};
use muster_domain::channel::Channel;
use muster_engine::registry::ActiveSender;

/// A provider as the choice needs it.
pub(super) struct Member {
    pub(super) channel: Channel,
    /// Name of its SMS route.
    pub(super) route: Option<String>,
    pub(super) weight: u32,
    /// Or why it may not be used now.
    pub(super) active: Result<ActiveSender, String>,
}

/// The senders that may carry a message of a channel and route, whose turn it is first; `turn` counts the choices.
/// `is_resting`: they failed as a whole a moment ago and are left out while another is awake.
///
/// # Errors
/// Why none of them may be used, for the person.
pub(super) fn candidates(
    members: &[Member],
    channel: Channel,
    route: Option<&str>,
    turn: u64,
    is_resting: impl Fn(&ActiveSender) -> bool,
) -> Result<Vec<ActiveSender>, String> {
    let on_channel: Vec<_> = members.iter().filter(|member| member.channel == channel).collect();
    let named = |wanted: &str| {
        let same = |member: &&Member| {
            member.route.as_deref().is_some_and(|route| route.trim().eq_ignore_ascii_case(wanted.trim()))
        };
        on_channel.iter().copied().filter(same).collect::<Vec<_>>()
    };
    // A route that nobody serves any more falls back to the first provider's route, as an unnamed one does.
    let first_route = || match on_channel.first().and_then(|first| first.route.as_deref()) {
        Some(first) => named(first),
        None => on_channel.iter().copied().filter(|member| member.route.is_none()).collect(),
    };
    let candidates = match route.map(named) {
        Some(found) if !found.is_empty() => found,
        _ => first_route(),
    };
    let mut usable: Vec<_> = candidates
        .iter()
        .filter_map(|member| member.active.as_ref().ok().map(|active| (active, member.weight)))
        .collect();
    if usable.is_empty() {
        let reasons: Vec<_> = candidates.iter().filter_map(|member| member.active.as_ref().err().cloned()).collect();
        return Err(format!("No provider can carry {channel} now: {}.", reasons.join("; ")));
    }
    let is_all_resting = usable.iter().all(|(active, _)| is_resting(active));
    if !is_all_resting {
        usable.retain(|(active, _)| !is_resting(active));
    }
    if let Some(first) = turn_of(&usable.iter().map(|(_, weight)| *weight).collect::<Vec<_>>(), turn) {
        usable[..=first].rotate_right(1);
    }
    if is_all_resting {
        // Then each is tried in its turn, and none stands in for it.
        usable.truncate(1);
    }
    Ok(usable.into_iter().map(|(active, _)| active.clone()).collect())
}

/// One sender of candidates: the first, and the others when it fails.
pub(super) fn in_order(candidates: Vec<ActiveSender>) -> Option<ActiveSender> {
    let first = candidates.first()?.clone();
    if candidates.len() == 1 {
        return Some(first);
    }
    let weigh =
        |(place, active): (usize, ActiveSender)| Weighted { sender: active.sender, weight: u32::from(place == 0) };
    let order = candidates.into_iter().enumerate().map(weigh).collect();
    Some(ActiveSender { sender: Arc::new(Pool::new(order)), ..first })
}

/// Whose turn it is among weights; the first when all are 0.
fn turn_of(weights: &[u32], turn: u64) -> Option<usize> {
    let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    if total == 0 {
        return (!weights.is_empty()).then_some(0);
    }
    // Picks are whole batches: a prime stride mixes them, so that one provider does not get all of its share in a row.
    let mut point = turn.wrapping_mul(7_919) % total;
    weights.iter().position(|weight| match point.checked_sub(u64::from(*weight)) {
        Some(rest) => {
            point = rest;
            false
        }
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_the_weights() {
        let mut counts = [0; 3];
        for turn in 0..400 {
            counts[turn_of(&[3, 1, 0], turn).unwrap()] += 1;
        }
        assert_eq!(counts, [300, 100, 0]);
        assert_eq!(turn_of(&[0, 0], 5), Some(0));
        assert_eq!(turn_of(&[], 5), None);
    }
}
