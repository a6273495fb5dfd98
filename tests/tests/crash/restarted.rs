//! The database goes away in the middle and comes back.

use muster_tests::process::Shutdown;

use crate::team::Team;
use crate::verdict::DOUBT;

#[test]
fn a_campaign_survives_restarts_of_its_database() {
    const NODES: usize = 3;
    let (team, servers) = Team::at_work(NODES);
    for (arrived, shutdown) in [(500, Shutdown::Fast), (1_400, Shutdown::Immediate)] {
        team.until_arrived(arrived);
        team.cluster.restart(shutdown);
    }
    team.until_finished(&servers[0]);
    // A restart is a failure of every node's connection.
    team.check(&servers[0], 2 * DOUBT * i64::try_from(NODES).unwrap());
}
