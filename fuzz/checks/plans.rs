// What must hold of every campaign plan that others write: the target tries it on whatever it finds, a test on the seeds.

use muster_domain::clock::Millis;
use muster_domain::plan::{Arrival, Contact, Event, Facts, Message, Reaction, read};

/// 7 March 2026: a day before clocks are changed in America, three weeks before they are in Europe.
const NOW: Millis = 1_772_841_600_000;

/// A plan: refused with reasons, kept with its problems, or read and then written so that it reads back as the same; and one
/// that can run lets nobody out of itself.
pub fn plan(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    let reading = match read(&value) {
        Ok(reading) => reading,
        Err(problems) => {
            assert!(!problems.is_empty() && problems.iter().all(|problem| !problem.message.is_empty()));
            return;
        }
    };
    assert_eq!(reading.plan.is_some(), reading.problems.is_empty());
    let Some(plan) = reading.plan else { return };
    let again = read(&plan.write()).ok().and_then(|again| again.plan);
    assert_eq!(again.as_ref(), Some(&plan));
    let (mut node, mut now, mut message) = (plan.start_node_id.clone(), NOW, None);
    for step in 0..50 {
        let contact = Contact { node: &node, entered_at: now, is_acted: step % 3 == 0, message };
        let transition = match plan.arrive(&contact, now) {
            Arrival::Ends(_) => return,
            Arrival::Moves(transition) => transition,
            Arrival::Waits { due, .. } => {
                if let Some(due) = due {
                    assert!(due >= now && plan.outside_quiet_hours(due) == due);
                    now = due;
                }
                message = Some(Message { sent_at: Some(now), facts: Facts::default() });
                now += 3_600_000 * step;
                let event = &Event::NAMED[step as usize % Event::NAMED.len()];
                match plan.react(&Contact { message, ..contact }, event, now) {
                    Reaction::Moves(transition) => transition,
                    Reaction::Ends(_) => return,
                    Reaction::Stays => continue,
                }
            }
        };
        node = plan.node(&transition.to).expect("a plan without problems leads nowhere else").id.clone();
    }
}
