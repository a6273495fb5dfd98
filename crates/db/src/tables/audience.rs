//! `run_recipients`, `run_control_members`: who a run is for, written set by set.
//!
//! Choosing the control group and the variants is a pure function of the customer's and the campaign's number, computed
//! the same in both engines: the same customer lands in the same group whenever it is computed.

use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::segment_sql::{CompiledAudience, execute_with};
use crate::{Result, Tx, sql};

// Three rounds modulo the prime 2^31 - 1, the middle one a square: no order of the ids shows through.
macro_rules! hash {
    ($id:literal, $salt:literal) => {
        concat!("((", square!($id, $salt), ") * 16807 + CAST(", $salt, " AS BIGINT)) % 2147483647")
    };
}
macro_rules! square {
    ($id:literal, $salt:literal) => {
        concat!(
            "((",
            $id,
            " % 2147483647 * 48271 + CAST(",
            $salt,
            " AS BIGINT)) % 2147483647) * ((",
            $id,
            " % 2147483647 * 48271 + CAST(",
            $salt,
            " AS BIGINT)) % 2147483647) % 2147483647"
        )
    };
}

sql! {
    // the other offers of a segment: one more message to each of its customers
    FURTHER_OFFER = "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no, variant_no)
                     SELECT run_id, seq + $5, tenant_id, customer_id, segment_no, $6, 0 FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 AND segment_no = $3 AND offer_no = $4";
    NAMED = "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no, variant_no)
             SELECT $1, (c.rn - 1) * $3 + o.place, $2, c.id, 0, o.offer_no, 0
             FROM (SELECT i.id, row_number() OVER (ORDER BY i.id) AS rn FROM {ids $4} AS i) AS c CROSS JOIN {rows $5: offer_no bigint, place bigint} AS o";
    COUNT_CUSTOMERS = "SELECT COUNT(*) FROM customers k WHERE k.tenant_id = $1 AND k.erased_at IS NULL AND k.id IN (SELECT id FROM {ids $2} AS i)";
    ASSIGN_VARIANTS = concat!("UPDATE run_recipients SET variant_no = w.variant_no FROM {rows $4: variant_no bigint, low bigint, high bigint} AS w
                       WHERE run_recipients.tenant_id = $1 AND run_recipients.run_id = $2 AND run_recipients.seq <= $3
                         AND (", hash!("run_recipients.customer_id", "$5"), ") % 100 BETWEEN w.low AND w.high");
    // All messages of a customer are in the sample, or none.
    SAMPLE_FIRST = concat!("UPDATE run_recipients SET seq = p.place
                       FROM (SELECT s.seq AS old, row_number() OVER (ORDER BY s.seq) AS place
                             FROM (SELECT seq, dense_rank() OVER (ORDER BY ", hash!("customer_id", "$4"), ", customer_id) AS position
                                   FROM run_recipients WHERE tenant_id = $1 AND run_id = $2) AS s WHERE s.position <= $3) AS p
                       WHERE run_recipients.tenant_id = $1 AND run_recipients.run_id = $2 AND run_recipients.seq = p.old");
    REST_AFTER = "UPDATE run_recipients SET seq = p.place
                  FROM (SELECT seq AS old, $3 + row_number() OVER (ORDER BY seq) AS place FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 AND seq > $4) AS p
                  WHERE run_recipients.tenant_id = $1 AND run_recipients.run_id = $2 AND run_recipients.seq = p.old";
}

/// Whom an audience leaves out besides.
#[derive(Debug, Default)]
pub struct Exclusions(Vec<CompiledAudience>);

impl Exclusions {
    /// Whether nobody is left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everybody in an audience who is not left out.
    pub fn but_for(&self, audience: &CompiledAudience) -> CompiledAudience {
        CompiledAudience::targeted(std::slice::from_ref(audience), &self.0)
    }

    /// Leaves out a segment.
    pub fn push(&mut self, audience: CompiledAudience) {
        self.0.push(audience);
    }
}

/// One target segment of a run.
pub struct SegmentTarget<'a> {
    pub run: i64,
    /// From 1, in order of priority.
    pub segment_no: i64,
    pub audience: CompiledAudience,
    /// Offer numbers, at least one.
    pub offers: &'a [i64],
    /// Number of the first recipient.
    pub first_seq: i64,
    /// Of the campaign.
    pub salt: i64,
    /// Percent of the segment that is never sent to.
    pub control_percent: i64,
}

/// Numbers above this one are given while a run is written of which a sample goes first; they are far above those of any run.
pub const PROVISIONAL: i64 = 1_000_000_000;

#[derive(Serialize)]
struct OfferPlace {
    offer_no: i64,
    place: i64,
}

#[derive(Serialize)]
struct WeightRange {
    variant_no: i64,
    low: i64,
    high: i64,
}

/// Puts the segment's share aside, exactly `control_percent` of it rounded half up; gives how many.
pub async fn insert_control(
    tx: &mut Tx,
    ws: WorkspaceId,
    t: &SegmentTarget<'_>,
    exclusions: &Exclusions,
) -> Result<i64> {
    const BEFORE: &str = concat!(
        "INSERT INTO run_control_members (run_id, customer_id, tenant_id, segment_no)
         SELECT $1, b.id, $2, $3 FROM (SELECT a.id, row_number() OVER (ORDER BY ",
        hash!("a.id", "$5"),
        ", a.id) AS rn, COUNT(*) OVER () AS n FROM ("
    );
    const AFTER: &str = ") AS a WHERE NOT EXISTS (SELECT 1 FROM run_recipients r WHERE r.customer_id = a.id AND r.run_id = $1)
                           AND NOT EXISTS (SELECT 1 FROM run_control_members m WHERE m.run_id = $1 AND m.customer_id = a.id)) AS b WHERE b.rn <= (b.n * $4 + 50) / 100";
    if t.control_percent <= 0 {
        return Ok(0);
    }
    let audience = CompiledAudience::targeted(std::slice::from_ref(&t.audience), &exclusions.0);
    let binds = [t.run.into(), ws.into(), t.segment_no.into(), t.control_percent.into(), t.salt.into()];
    let rows = execute_with(tx, BEFORE, &audience, AFTER, &binds).await?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// Writes one recipient per customer and offer; gives how many rows.
pub async fn insert_recipients(
    tx: &mut Tx,
    ws: WorkspaceId,
    t: &SegmentTarget<'_>,
    exclusions: &Exclusions,
) -> Result<i64> {
    const BEFORE: &str = "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no)
         SELECT $1, $2 + (b.rn - 1) * $3, $4, b.id, $5, $6 FROM (SELECT a.id, row_number() OVER (ORDER BY a.id) AS rn FROM (";
    // A first segment without a control group has nobody to look for: this is the statement that takes a million rows.
    const FIRST: &str = ") AS a) AS b";
    const LATER: &str = ") AS a WHERE NOT EXISTS (SELECT 1 FROM run_recipients r WHERE r.customer_id = a.id AND r.run_id = $1)
                           AND NOT EXISTS (SELECT 1 FROM run_control_members m WHERE m.run_id = $1 AND m.customer_id = a.id)) AS b";
    let Some((first_offer, further)) = t.offers.split_first() else { return Ok(0) };
    let audience = CompiledAudience::targeted(std::slice::from_ref(&t.audience), &exclusions.0);
    let stride = i64::try_from(t.offers.len()).unwrap_or(i64::MAX);
    let binds =
        [t.run.into(), t.first_seq.into(), stride.into(), ws.into(), t.segment_no.into(), (*first_offer).into()];
    let is_first = [1, PROVISIONAL + 1].contains(&t.first_seq);
    let after = if is_first && t.control_percent <= 0 { FIRST } else { LATER };
    let mut rows = i64::try_from(execute_with(tx, BEFORE, &audience, after, &binds).await?).unwrap_or(i64::MAX);
    let people = rows;
    for (place, offer) in further.iter().enumerate() {
        let place = i64::try_from(place + 1).unwrap_or(i64::MAX);
        exec!(tx, FURTHER_OFFER, ws.0, t.run, t.segment_no, *first_offer, place, *offer)?;
        rows += people;
    }
    Ok(rows)
}

/// Numbers the recipients of a run that was written with provisional numbers from 1 on: `people` of them first, chosen at random
/// but repeatably, and then the others. Gives how many messages the first ones get.
pub async fn put_sample_first(tx: &mut Tx, ws: WorkspaceId, run: i64, people: i64, salt: i64) -> Result<i64> {
    let first = i64::try_from(exec!(tx, SAMPLE_FIRST, ws.0, run, people, salt)?).unwrap_or(i64::MAX);
    exec!(tx, REST_AFTER, ws.0, run, first, PROVISIONAL)?;
    Ok(first)
}

/// Gives each customer of the recipients up to number `last` a variant, always the same one of the same weights: variant numbers
/// with weights that sum to 100, or none.
pub async fn assign_variants(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    last: i64,
    weights: &[(i64, i64)],
    salt: i64,
) -> Result<()> {
    let mut low = 0;
    let ranges: Vec<_> = weights
        .iter()
        .map(|(variant_no, weight)| {
            let range = WeightRange { variant_no: *variant_no, low, high: low + weight - 1 };
            low += weight;
            range
        })
        .collect();
    if ranges.is_empty() {
        return Ok(());
    }
    exec!(tx, ASSIGN_VARIANTS, ws.0, run, last, crate::sql::json_rows(&ranges), salt).map(drop)
}

/// Writes one recipient per named customer and offer; gives how many rows.
pub async fn insert_named(tx: &mut Tx, ws: WorkspaceId, run: i64, customers: &[i64], offers: &[i64]) -> Result<i64> {
    let places: Vec<_> = offers
        .iter()
        .enumerate()
        .map(|(i, offer)| OfferPlace { offer_no: *offer, place: i64::try_from(i + 1).unwrap_or(i64::MAX) })
        .collect();
    let stride = i64::try_from(offers.len()).unwrap_or(i64::MAX);
    let rows = exec!(tx, NAMED, run, ws.0, stride, crate::sql::json_rows(customers), crate::sql::json_rows(&places))?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// How many of these customers there are.
pub async fn count_customers(tx: &mut Tx, ws: WorkspaceId, customers: &[i64]) -> Result<i64> {
    scalar!(i64; tx, COUNT_CUSTOMERS, ws.0, crate::sql::json_rows(customers))
}
