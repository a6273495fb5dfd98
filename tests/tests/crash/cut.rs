//! The network between a node and the database breaks.

use std::time::{Duration, Instant};

use muster_tests::process::until;

use crate::team::Team;
use crate::verdict::DOUBT;

#[test]
fn a_node_whose_network_is_cut_goes_on_when_it_is_back() {
    let (team, servers) = Team::at_work(3);
    for arrived in [400, 1_200] {
        team.until_arrived(arrived);
        team.proxy.cut();
        team.until_arrived(arrived + 200);
        team.proxy.heal();
    }
    team.until_finished(&servers[0]);
    team.check(&servers[0], 2 * DOUBT);
}

#[test]
fn a_node_behind_a_silent_network_is_replaced_and_tells_the_truth_later() {
    let (team, servers) = Team::at_work(3);
    team.until_arrived(500);
    team.proxy.fall_silent();
    team.until_arrived(800);
    team.let_leases_of(1);
    until("the others know", || team.rows.number("SELECT COUNT(*) FROM send_leases WHERE expires_at = 0") == 0);
    let doubted = team.unknown();
    assert!(doubted <= DOUBT, "at most what was in flight is in doubt: {doubted}");
    team.until_arrived(1_200);
    team.proxy.heal();
    team.until_finished(&servers[0]);
    team.until_true();
    team.check(&servers[0], DOUBT);
}

#[test]
fn a_node_whose_connections_are_silent_for_ever_makes_new_ones() {
    let (team, mut servers) = Team::at_work(2);
    team.until_arrived(300);
    team.proxy.forget();
    // The rest is its alone.
    servers[0].kill();
    team.let_leases_of(0);
    let node = servers.remove(1);
    team.until_finished(&node);
    team.check(&node, 2 * DOUBT);
}

#[test]
fn a_lease_whose_commit_lost_its_answer_is_not_left_lying() {
    let (team, servers) = Team::at_work(2);
    for lost in 1..=3 {
        // Only the taking of messages that were never tried says this.
        team.proxy.lose_commit_with("fresh");
        until("an answer is lost", || team.proxy.lost() == lost);
    }
    let begun = Instant::now();
    servers[0].until_finished(&team.campaign);
    assert!(begun.elapsed() < Duration::from_secs(45), "nobody waited for a lease to end");
    team.check(&servers[0], 0);
}
