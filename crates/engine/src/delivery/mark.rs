//! From outcomes to rows: what became of every message of a window, and the counters that follow.

use std::collections::{BTreeMap, HashMap, HashSet};

use muster_channels::{Outcome, RejectKind, RetryScope};
use muster_db::dead_letters::Letter;
use muster_db::deliveries::{Attempt, DeadAddress, DomainCount, DoubtRow, Mark};
use muster_db::leases::Deferral;
use muster_db::profiles::ProfileRow;
use muster_db::runs::RunStats;
use muster_db::snapshots::Snapshot;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::recipient::RecipientStatus;
use muster_domain::time::SECOND;

use super::Cycle;
use super::letters::{self, letter};

/// Tries of one message at most; the waits between them are 1 s, 2 s, 4 s.
pub const MAX_ATTEMPTS: i64 = 3;
/// Mail servers that defer mean minutes, not seconds (RFC 5321 §4.5.4.1).
const MAIL_SCALE: i64 = 60;
/// A provider that fails as a whole is asked again after this long.
const PROVIDER_PAUSE: Millis = 15 * SECOND;

/// Everything that a chunk changes.
#[derive(Default, Clone)]
pub struct Marks {
    pub marks: Vec<Mark>,
    pub deferrals: Vec<Deferral>,
    /// What messages were rendered with that were not taken at their first try.
    pub snapshots: Vec<Snapshot>,
    /// The same of those that were: of one lease, written once.
    pub packed: Vec<Snapshot>,
    pub attempts: Vec<Attempt>,
    pub dead: Vec<DeadAddress>,
    /// What somebody has to decide about.
    pub letters: Vec<Letter>,
    /// Variant and domain of each message, by its number; also of those that wait.
    pub facts: BTreeMap<i64, (i64, String)>,
    /// Handed over: counts against the budgets.
    pub handed_over: i64,
    /// Messages that failed because of the provider as a whole.
    pub provider_failures: i64,
}

/// What was sent by which way.
pub struct SentBy<'a> {
    pub channel: Channel,
    pub address: &'a str,
    pub provider: &'a str,
    /// What it speaks: `smtp`, `twilio` …
    pub provider_kind: &'a str,
    pub content_no: Option<i64>,
    pub choice: i16,
    pub reports_delivery: bool,
    /// Whether another provider can take what this one fails.
    pub has_stand_in: bool,
    /// Whether the provider's own number for a message is written in its row.
    pub has_id_in_row: bool,
}

impl Marks {
    fn push(&mut self, p: &ProfileRow, domain: String, mark: Mark) {
        self.facts.insert(p.seq, (p.variant_no, domain));
        self.marks.push(mark);
    }

    /// A message that is never sent.
    pub fn settle_unsent(&mut self, p: &ProfileRow, status: RecipientStatus, reason: String, now: Millis) {
        let mark = Mark {
            seq: p.seq,
            status: status.code(),
            attempts: p.attempts,
            failed_at: Some(now),
            reason: Some(reason),
            ..Mark::default()
        };
        self.push(p, String::new(), mark);
    }

    /// A message that waits; it costs no try.
    pub fn wait(&mut self, p: &ProfileRow, until: Millis, cause: &'static str, last_error: Option<String>) {
        self.facts.entry(p.seq).or_insert_with(|| (p.variant_no, String::new()));
        self.deferrals.push(Deferral { seq: p.seq, due_at: until, cause, last_error });
    }

    /// Nothing waits any more: of a run that ended, what would have waited is cancelled; of a lease that is gone, it is not
    /// this node's to say (`is_held`).
    pub fn without_waits(mut self, is_held: bool, why: &str, now: Millis) -> Self {
        self.marks.retain(|mark| mark.status != RecipientStatus::Pending.code());
        for wait in self.deferrals.drain(..).filter(|_| is_held) {
            self.marks.push(Mark {
                seq: wait.seq,
                status: RecipientStatus::Cancelled.code(),
                failed_at: Some(now),
                reason: Some(why.to_owned()),
                ..Mark::default()
            });
        }
        self
    }

    /// The messages that are not sent and will not be.
    pub fn unsent(&self) -> Vec<i64> {
        self.marks.iter().filter(|mark| is_unsent(mark)).map(|mark| mark.seq).collect()
    }

    /// A message that is not sent any more, `why`, and may have arrived at an earlier try: it stays in doubt.
    pub fn remains_in_doubt(&mut self, doubt: &DoubtRow, why: &str, now: Millis) {
        self.facts.insert(doubt.seq, (doubt.variant_no, String::new()));
        self.letters.push(letters::of_doubt(doubt));
        self.marks.push(Mark {
            seq: doubt.seq,
            status: RecipientStatus::Unknown.code(),
            attempts: doubt.attempts,
            failed_at: Some(now),
            reason: Some(format!("perhaps sent at an earlier try; not sent again: {why}")),
            ..Mark::default()
        });
    }

    /// The same of all of these that would count as not sent.
    pub fn still_in_doubt(mut self, doubts: &HashMap<i64, DoubtRow>, now: Millis) -> Self {
        let (unsure, rest) = self.marks.drain(..).partition(|mark| is_unsent(mark) && doubts.contains_key(&mark.seq));
        self.marks = rest;
        let unsure: Vec<Mark> = unsure;
        for mark in unsure {
            if let Some(doubt) = doubts.get(&mark.seq) {
                self.remains_in_doubt(doubt, mark.reason.as_deref().unwrap_or_default(), now);
            }
        }
        self
    }

    /// The messages in doubt.
    pub fn in_doubt(&self) -> Vec<i64> {
        let unknown = RecipientStatus::Unknown.code();
        self.marks.iter().filter(|mark| mark.status == unknown).map(|mark| mark.seq).collect()
    }

    /// The messages whose fate is known.
    pub fn settled(&self) -> Vec<i64> {
        let open = [RecipientStatus::Unknown.code(), RecipientStatus::Pending.code()];
        self.marks.iter().filter(|mark| !open.contains(&mark.status)).map(|mark| mark.seq).collect()
    }

    /// What is in doubt waits for another try; but for those in `held`.
    pub fn sent_again(mut self, cause: &'static str, held: &HashSet<i64>, due_at: Millis) -> Self {
        let mut again = HashSet::new();
        for mark in &mut self.marks {
            if mark.status == RecipientStatus::Unknown.code() && !held.contains(&mark.seq) {
                let last_error = mark.reason.take();
                (mark.status, mark.failed_at) = (RecipientStatus::Pending.code(), None);
                self.deferrals.push(Deferral { seq: mark.seq, due_at, cause, last_error });
                again.insert(mark.seq);
            }
        }
        self.letters.retain(|letter| !again.contains(&letter.seq));
        self
    }

    /// What became of these messages, without what is kept of the tries.
    pub fn restricted_to(&self, seqs: &HashSet<i64>) -> Self {
        Self {
            marks: self.marks.iter().filter(|mark| seqs.contains(&mark.seq)).cloned().collect(),
            letters: self.letters.iter().filter(|letter| seqs.contains(&letter.seq)).cloned().collect(),
            facts: self.facts.clone(),
            ..Self::default()
        }
    }

    /// Takes in what became of other messages.
    pub fn append(&mut self, mut other: Self) {
        self.marks.append(&mut other.marks);
        self.deferrals.append(&mut other.deferrals);
        self.snapshots.append(&mut other.snapshots);
        self.packed.append(&mut other.packed);
        self.attempts.append(&mut other.attempts);
        self.dead.append(&mut other.dead);
        self.letters.append(&mut other.letters);
        self.facts.append(&mut other.facts);
        self.handed_over += other.handed_over;
        self.provider_failures += other.provider_failures;
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.deferrals.is_empty()
    }

    /// What this comes to, when every row is as it was expected.
    pub fn cycle(&self) -> Cycle {
        let looked_at: HashSet<i64> =
            self.marks.iter().map(|m| m.seq).chain(self.deferrals.iter().map(|d| d.seq)).collect();
        let count = |is: fn(RecipientStatus) -> bool| {
            let marks = self.marks.iter().filter(|m| is(RecipientStatus::from_code(m.status)));
            i64::try_from(marks.count()).unwrap_or(i64::MAX)
        };
        Cycle {
            processed: i64::try_from(looked_at.len()).unwrap_or(i64::MAX),
            sent: count(RecipientStatus::was_sent),
            failed: count(|status| status == RecipientStatus::Failed),
            ..Cycle::default()
        }
    }

    /// A message that a provider answered for.
    pub fn answered(&mut self, p: &ProfileRow, by: &SentBy<'_>, outcome: &Outcome, now: Millis) {
        let attempts = p.attempts + 1;
        let base = Mark { seq: p.seq, attempts, content_no: by.content_no, choice: Some(by.choice), ..Mark::default() };
        let domain = domain_of(by.channel, by.address);
        match outcome {
            Outcome::Accepted { provider_message_id, .. } => {
                self.handed_over += 1;
                // Without receipts, what was taken counts as delivered until a bounce says otherwise.
                let status = if by.reports_delivery { RecipientStatus::Sent } else { RecipientStatus::Delivered };
                let delivered_at = (!by.reports_delivery).then_some(now);
                self.push(
                    p,
                    domain,
                    Mark {
                        status: status.code(),
                        sent_at: Some(now),
                        delivered_at,
                        provider_message_id: provider_message_id.clone().filter(|_| by.has_id_in_row),
                        ..base
                    },
                );
            }
            Outcome::Unknown { reason } => {
                self.handed_over += 1;
                self.attempt(p, by, "unknown", reason.to_string());
                self.letters.extend(letter(p.seq, by, outcome));
                self.push(
                    p,
                    domain,
                    Mark {
                        status: RecipientStatus::Unknown.code(),
                        failed_at: Some(now),
                        reason: Some(reason.to_string()),
                        ..base
                    },
                );
            }
            Outcome::Reject { kind, reason } => {
                self.handed_over += 1;
                self.attempt(p, by, "reject", reason.to_string());
                self.letters.extend(letter(p.seq, by, outcome));
                if *kind == RejectKind::BadAddress && by.channel == Channel::Email {
                    self.dead.push(DeadAddress {
                        channel: by.channel,
                        address: by.address.to_owned(),
                        customer_id: p.customer_id,
                    });
                }
                self.push(
                    p,
                    domain,
                    Mark {
                        status: RecipientStatus::Failed.code(),
                        failed_at: Some(now),
                        reason: Some(reason.to_string()),
                        ..base
                    },
                );
            }
            Outcome::Retry { after, scope, reason } => {
                self.attempt(p, by, "retry", reason.to_string());
                let asked = after.map(|d| Millis::try_from(d.as_millis()).unwrap_or(Millis::MAX / 4));
                if *scope == RetryScope::Provider {
                    // The provider's trouble costs the message no try; the run pauses itself when it lasts.
                    self.provider_failures += 1;
                    let pause = if by.has_stand_in { SECOND } else { asked.unwrap_or(PROVIDER_PAUSE).max(SECOND) };
                    let due_at = now + pause;
                    self.wait(p, due_at, "retry", Some(reason.to_string()));
                } else if attempts >= MAX_ATTEMPTS {
                    self.letters.extend(letter(p.seq, by, outcome));
                    self.push(
                        p,
                        domain,
                        Mark {
                            status: RecipientStatus::Failed.code(),
                            failed_at: Some(now),
                            reason: Some(format!("max retries exceeded: {reason}")),
                            ..base
                        },
                    );
                } else {
                    let scale = if by.channel == Channel::Email { MAIL_SCALE } else { 1 };
                    let wait = (SECOND << (attempts - 1)) * scale;
                    let due_at = now + asked.unwrap_or(wait).max(wait);
                    self.wait(p, due_at, "retry", Some(reason.to_string()));
                    self.push(p, domain, Mark { status: RecipientStatus::Pending.code(), ..base });
                }
            }
        }
    }

    fn attempt(&mut self, p: &ProfileRow, by: &SentBy<'_>, outcome: &'static str, error: String) {
        self.attempts.push(Attempt { seq: p.seq, provider: by.provider.to_owned(), outcome, error });
    }

    /// Counters by variant, over the rows that really changed.
    pub fn counters(&self, changed: &HashSet<i64>, was_unknown: bool) -> Vec<RunStats> {
        let mut by_variant: BTreeMap<i64, RunStats> = BTreeMap::new();
        for mark in self.marks.iter().filter(|m| changed.contains(&m.seq)) {
            let variant = self.facts.get(&mark.seq).map_or(0, |f| f.0);
            let s = by_variant.entry(variant).or_insert(RunStats { variant_no: variant, ..RunStats::default() });
            match RecipientStatus::from_code(mark.status) {
                RecipientStatus::Sent => s.sent += 1,
                RecipientStatus::Delivered => {
                    s.sent += 1;
                    s.delivered += 1;
                }
                RecipientStatus::Failed => s.failed += 1,
                RecipientStatus::Skipped => s.skipped += 1,
                RecipientStatus::Suppressed => s.suppressed += 1,
                RecipientStatus::Cancelled => s.cancelled += 1,
                RecipientStatus::Unknown => s.unknown += 1,
                _ => {}
            }
            if was_unknown {
                s.unknown -= 1;
            }
        }
        by_variant.into_values().collect()
    }

    /// Sent and failed, in all and by domain, over the rows that really changed.
    pub fn domains(&self, changed: &HashSet<i64>) -> (i64, i64, Vec<DomainCount>) {
        let mut by_domain: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for mark in self.marks.iter().filter(|m| changed.contains(&m.seq)) {
            let status = RecipientStatus::from_code(mark.status);
            let (sent, failed) = (i64::from(status.was_sent()), i64::from(status == RecipientStatus::Failed));
            if sent + failed > 0 {
                let domain = self.facts.get(&mark.seq).map_or("", |f| f.1.as_str());
                let entry = by_domain.entry(domain).or_default();
                entry.0 += sent;
                entry.1 += failed;
            }
        }
        let totals = by_domain.values().fold((0, 0), |t, d| (t.0 + d.0, t.1 + d.1));
        let rows = by_domain
            .into_iter()
            .map(|(domain, (sent, failed))| DomainCount { domain: domain.to_owned(), sent, failed })
            .collect();
        (totals.0, totals.1, rows)
    }
}

fn is_unsent(mark: &Mark) -> bool {
    use RecipientStatus::{Cancelled, Skipped, Suppressed};
    [Cancelled, Skipped, Suppressed].iter().any(|status| status.code() == mark.status)
}

/// What limits and failures have in common: the mail domain, the number's country and network prefix, or the channel.
pub fn domain_of(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Email => address.rsplit_once('@').map_or("", |(_, d)| d).to_owned(),
        Channel::Sms | Channel::Whatsapp => format!("{} {}", channel, address.chars().take(6).collect::<String>()),
        Channel::Push => String::from("push"),
    }
}
