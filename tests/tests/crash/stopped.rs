//! A node of a team stands still for longer than its leases live (a virtual machine that is moved, a laptop that sleeps),
//! and wakes up late.

use muster_tests::process::{RECIPIENTS, until};

use crate::team::Team;
use crate::verdict::{CONNECTIONS, DOUBT};

#[test]
fn what_a_node_sent_before_it_stood_still_is_true_again_when_it_wakes_up() {
    const PUT_OFF: usize = 3;
    let (team, sleeper) = Team::new(2);
    team.sink.hold();
    team.start(&sleeper);
    let connections = usize::try_from(CONNECTIONS).unwrap();
    until("every connection waits for an answer", || team.sink.waiting() >= connections);
    assert_eq!(team.sink.waiting(), connections, "no more than the relay allows");
    sleeper.pause();
    // The answers wait in the sleeper's sockets: most messages are taken, and it does not know.
    team.sink.release(PUT_OFF);

    let awake = team.homes[1].serve();
    let held = team.held_by(0);
    let settled = "SELECT COUNT(*) FROM run_recipients WHERE status <> 0";
    until("all else is sent", || team.rows.number(settled) == RECIPIENTS - held);
    assert_eq!(team.unknown(), 0, "nobody doubts a lease that lives");
    team.let_leases_of(0);
    awake.until_finished(&team.campaign);
    let doubted = awake.balanced(&team.campaign)["unknown"].as_i64().unwrap();
    assert!((1..=DOUBT).contains(&doubted), "what was in flight is in doubt: {doubted}");

    // Now it reads its answers. What the mail server took was sent; what it put off stays in doubt, for the campaign is over.
    sleeper.go_on();
    team.until_true();
    let left = team.check(&awake, DOUBT);
    assert!(left >= i64::try_from(PUT_OFF).unwrap() && left < doubted, "{left} of {doubted} are still in doubt");
    assert_eq!(team.check(&sleeper, DOUBT), left);
}

#[test]
fn a_node_may_stand_still_at_any_moment() {
    let (team, servers) = Team::at_work(3);
    for arrived in [400, 950, 1_500] {
        team.until_arrived(arrived);
        servers[2].pause();
        // Its leases end, and the others go on with the campaign.
        team.let_leases_of(2);
        until("the others know", || team.rows.number("SELECT COUNT(*) FROM send_leases WHERE expires_at = 0") == 0);
        team.until_arrived(arrived + 100);
        servers[2].go_on();
    }
    servers[0].until_finished(&team.campaign);
    team.until_true();
    team.check(&servers[0], 3 * DOUBT);
}

#[test]
fn a_node_that_stands_still_in_a_transaction_does_not_hold_up_the_others() {
    let (team, sleeper) = Team::new(2);
    team.start(&sleeper);
    let lock = team.rows.begin("SELECT id FROM campaign_runs FOR UPDATE");
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    until("the node waits for its run", || team.rows.number(waiting) > 0);
    sleeper.pause();
    team.rows.end(lock);
    let idle = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND pid <> pg_backend_pid()";
    until("the node has its run and says nothing", || team.rows.number(idle) > 0);

    let awake = team.homes[1].serve();
    team.until_arrived(team.sink.count() + 100);
    sleeper.go_on();
    team.until_finished(&awake);
    team.check(&awake, DOUBT);
}
