//! The network between a node and the database breaks.

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
