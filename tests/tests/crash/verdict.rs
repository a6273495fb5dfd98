//! What the campaign says of its messages, compared with what arrived, message by message.

use std::collections::{HashMap, HashSet};

use muster_tests::process::{RECIPIENTS, Server};
use muster_tests::smtp_sink::SmtpSink;

/// Connections of the relay.
pub const CONNECTIONS: i64 = 10;

/// The most that one failure may leave in doubt: what is in flight of one node, and a message that each of its connections
/// has just begun.
pub const DOUBT: i64 = muster_engine::delivery::WINDOW + CONNECTIONS;

/// Fails unless the campaign is over, its ledger balances, every message arrived once or is listed as unknown, and what is
/// in doubt is at most `most_unknown`. Gives how many are.
#[track_caller]
pub fn nothing_is_lost_or_repeated(server: &Server, campaign: &str, sink: &SmtpSink, most_unknown: i64) -> i64 {
    let counters = server.balanced(campaign);
    let n = |key: &str| counters[key].as_i64().expect("a number");
    assert_eq!((n("total"), n("pending")), (RECIPIENTS, 0), "{counters}");
    assert_eq!(n("sent") + n("unknown"), RECIPIENTS, "{counters}");
    assert!(n("unknown") <= most_unknown, "at most {most_unknown} may be in doubt: {counters}");

    let unknown: HashSet<i64> = server.sequence_numbers(campaign, "unknown").into_iter().collect();
    assert_eq!(i64::try_from(unknown.len()), Ok(n("unknown")), "what is in doubt is listed");
    let arrived = arrivals(campaign, sink);
    for seq in 1..=RECIPIENTS {
        match arrived.get(&seq) {
            Some(times) => assert_eq!(*times, 1, "message {seq} arrived {times} times"),
            None => assert!(unknown.contains(&seq), "message {seq} was lost silently"),
        }
    }
    n("unknown")
}

/// How often each message of a campaign arrived, by its number.
pub fn arrivals(campaign: &str, sink: &SmtpSink) -> HashMap<i64, u32> {
    let campaign = campaign.replace('-', "");
    let number = |id: &str| {
        let (name, _) = id.split_once('@').expect("an id with a host");
        let (run, seq) = name.rsplit_once('.').expect("an id of a run");
        assert!(run.starts_with(&campaign), "{id} is of another campaign");
        seq.parse().expect("a number")
    };
    sink.arrivals().iter().map(|(id, times)| (number(id), *times)).collect()
}
