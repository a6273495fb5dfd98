//! Nodes of a team die.

use muster_tests::process::{RECIPIENTS, until};

use crate::team::Team;
use crate::verdict::DOUBT;

#[test]
fn the_others_take_over_from_nodes_that_were_killed_once_their_leases_end() {
    let (team, mut servers) = Team::at_work(3);
    let mut dead = 0;
    for (node, after) in [(1, 500), (2, 1_200)] {
        team.until_arrived(after);
        servers[node].kill();
        let (held, doubt) = (team.held_by(node), team.in_doubt(node));
        assert!(held > 0 && doubt <= DOUBT, "a node that sends holds what it sends: {doubt} of {held} may have left");
        dead += held;
    }
    // As long as a lease lives, nobody touches what it covers, though all else is done.
    let settled = "SELECT COUNT(*) FROM run_recipients WHERE status <> 0";
    until("all else is done", || team.rows.number(settled) == RECIPIENTS - dead);
    assert_eq!(team.unknown(), 0);
    assert!(team.rows.number("SELECT MAX(expires_at) FROM send_leases") <= a_minute_from_now());
    let counters = servers[0].balanced(&team.campaign);
    assert_eq!(counters["pending"], dead);

    for node in [1, 2] {
        team.let_leases_of(node);
    }
    servers[0].until_finished(&team.campaign);
    team.check(&servers[0], 2 * DOUBT);

    // The dead come back and find nothing to do.
    let unknown = team.unknown();
    servers[1] = team.homes[1].serve();
    assert_eq!(team.check(&servers[1], 2 * DOUBT), unknown);
}

/// When a lease that was taken just now ends, milliseconds since 1970.
fn a_minute_from_now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap() + muster_engine::delivery::LEASE_LIFE
}
