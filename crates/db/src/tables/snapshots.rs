//! `message_snapshots`, `packed_snapshots`: the address and the values that a message was rendered with. With its creative
//! version they give back what was sent.
//!
//! What a chunk's messages had that were taken at their first try is packed in one row: those are nearly all of them, and
//! hardly ever looked at. The others have rows of their own. Where there are both, the packed one is what was sent.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Serialize};

use crate::{DbError, Result, Tx, sql};

sql! {
    KEEP = "INSERT INTO message_snapshots (run_id, seq, tenant_id, address, values_json)
            SELECT $1, m.seq, $2, m.address, m.values_json FROM {rows $3: seq bigint, address text, values_json text} AS m WHERE true
            ON CONFLICT (run_id, seq) DO UPDATE SET address = excluded.address, values_json = excluded.values_json";
    // The second time, after a commit whose answer was lost, it is there: and perhaps without somebody who was erased meanwhile.
    PACK = "INSERT INTO packed_snapshots (run_id, first_seq, last_seq, tenant_id, packed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run_id, first_seq) DO NOTHING";
    KEPT = "SELECT seq, address, values_json FROM message_snapshots WHERE tenant_id = $1 AND run_id = $2 AND seq IN (SELECT id FROM {ids $3} AS i)";
    // The chunk of a message is the last one that begins before it.
    PACKED = "SELECT packed FROM packed_snapshots WHERE tenant_id = $1 AND run_id = $2 AND first_seq IN
              (SELECT (SELECT MAX(p.first_seq) FROM packed_snapshots p WHERE p.run_id = $2 AND p.first_seq <= i.id) FROM {ids $3} AS i)";
    BLANK = "UPDATE message_snapshots SET address = '', values_json = '{}'
             WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM run_recipients r WHERE r.customer_id = $2 AND r.run_id = message_snapshots.run_id AND r.seq = message_snapshots.seq)
               AND run_id IN (SELECT r.run_id FROM run_recipients r WHERE r.customer_id = $2)";
    // run_recipients_customer
    PLACES = "SELECT r.run_id, r.seq, p.first_seq FROM run_recipients r JOIN packed_snapshots p ON p.run_id = r.run_id
                AND p.first_seq = (SELECT MAX(x.first_seq) FROM packed_snapshots x WHERE x.run_id = r.run_id AND x.first_seq <= r.seq)
              WHERE r.tenant_id = $1 AND r.customer_id = $2 AND r.seq <= p.last_seq ORDER BY r.run_id, p.first_seq, r.seq";
    LOCK = "SELECT packed FROM packed_snapshots WHERE tenant_id = $1 AND run_id = $2 AND first_seq = $3 {for_update}";
    REPACK = "UPDATE packed_snapshots SET packed = $4 WHERE tenant_id = $1 AND run_id = $2 AND first_seq = $3";
}

/// What a message was rendered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Snapshot {
    pub seq: i64,
    /// Empty: not rendered yet, or the person was erased.
    pub address: String,
    /// A JSON object.
    pub values_json: String,
    /// The provider's own number for it, where nobody asks for a message by that: it is kept where it costs nothing. Of
    /// messages with a row of their own, and of providers whose receipts name it, `run_recipients` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[sqlx(skip)]
    pub message_id: Option<String>,
}

/// A snapshot among others, without the names of its parts.
#[derive(Serialize, Deserialize)]
struct Packed<'a>(
    i64,
    Cow<'a, str>,
    Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")] Option<Cow<'a, str>>,
);

/// Keeps what messages were rendered with, or will be, a row for each.
pub async fn keep(tx: &mut Tx, ws: WorkspaceId, run: i64, rows: &[Snapshot]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    exec!(tx, KEEP, run, ws.0, crate::sql::json_rows(rows)).map(drop)
}

/// Keeps what messages of a lease were rendered with that was never held before, all in one. They were sent.
pub async fn pack(tx: &mut Tx, ws: WorkspaceId, run: i64, rows: &[Snapshot]) -> Result<()> {
    let (Some(first), Some(last)) = (rows.iter().map(|row| row.seq).min(), rows.iter().map(|row| row.seq).max()) else {
        return Ok(());
    };
    exec!(tx, PACK, run, first, last, ws.0, packed(rows)?).map(drop)
}

/// What these messages of a run were rendered with, by their numbers; those that were not are left out.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, run: i64, seqs: &[i64]) -> Result<HashMap<i64, Snapshot>> {
    let mut found = HashMap::with_capacity(seqs.len());
    if seqs.is_empty() {
        return Ok(found);
    }
    for row in fetch_all!(Snapshot; tx, KEPT, ws.0, run, crate::sql::json_rows(seqs))? {
        found.insert(row.seq, row);
    }
    let wanted: HashSet<i64> = seqs.iter().copied().collect();
    for (chunk,) in fetch_all!((Vec<u8>,); tx, PACKED, ws.0, run, crate::sql::json_rows(seqs))? {
        let wanted = unpacked(&chunk)?.into_iter().filter(|row| wanted.contains(&row.seq));
        found.extend(wanted.map(|row| (row.seq, row)));
    }
    Ok(found)
}

/// The same of one message.
pub async fn find_one(tx: &mut Tx, ws: WorkspaceId, run: i64, seq: i64) -> Result<Option<Snapshot>> {
    Ok(find(tx, ws, run, &[seq]).await?.remove(&seq))
}

/// Removes what tells who a customer is.
pub(crate) async fn erase(tx: &mut Tx, ws: WorkspaceId, customer: i64) -> Result<()> {
    exec!(tx, BLANK, ws.0, customer)?;
    let places = fetch_all!((i64, i64, i64); tx, PLACES, ws.0, customer)?;
    for chunk in places.chunk_by(|a, b| (a.0, a.2) == (b.0, b.2)) {
        let Some(&(run, _, first)) = chunk.first() else { continue };
        // Another erasure may be at work on the same chunk.
        let mut rows = unpacked(&fetch_one!((Vec<u8>,); tx, LOCK, ws.0, run, first)?.0)?;
        for row in rows.iter_mut().filter(|row| chunk.iter().any(|(_, seq, _)| *seq == row.seq)) {
            (row.address, row.values_json) = (String::new(), String::from("{}"));
        }
        exec_one!("snapshots"; tx, REPACK, ws.0, run, first, packed(&rows)?)?;
    }
    Ok(())
}

fn packed(rows: &[Snapshot]) -> Result<Vec<u8>> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let message_id = row.message_id.as_deref().map(Cow::from);
            Packed(row.seq, Cow::from(&row.address), Cow::from(&row.values_json), message_id)
        })
        .collect();
    let text = serde_json::to_vec(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(lz4_flex::compress_prepend_size(&text))
}

fn unpacked(chunk: &[u8]) -> Result<Vec<Snapshot>> {
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| DbError::from(sqlx::Error::Decode(error));
    let text = lz4_flex::decompress_size_prepended(chunk).map_err(|error| broken(error.into()))?;
    let rows: Vec<Packed<'_>> = serde_json::from_slice(&text).map_err(|error| broken(error.into()))?;
    Ok(rows
        .into_iter()
        .map(|Packed(seq, address, values_json, message_id)| Snapshot {
            seq,
            address: address.into_owned(),
            values_json: values_json.into_owned(),
            message_id: message_id.map(Cow::into_owned),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(seq: i64) -> Snapshot {
        let values_json = format!(r#"{{"first_name":"Wanjikũ {seq}","tier":"gold","city":"Nairobi"}}"#);
        let message_id = (seq % 2 == 0).then(|| format!("4Z1kQ{seq}"));
        Snapshot { seq, address: format!("wanjiku{seq}@example.org"), values_json, message_id }
    }

    #[test]
    fn what_is_packed_comes_back_and_is_small() {
        let rows: Vec<_> = (1..=500).map(snapshot).collect();
        let chunk = packed(&rows).unwrap();
        assert_eq!(unpacked(&chunk).unwrap(), rows);
        let plain: usize = rows.iter().map(|row| row.address.len() + row.values_json.len()).sum();
        assert!(chunk.len() * 2 < plain, "{} of {plain} bytes", chunk.len());
    }

    #[test]
    fn a_chunk_without_numbers_of_a_provider_is_read() {
        let chunk = lz4_flex::compress_prepend_size(br#"[[7,"amina@example.org","{}"]]"#);
        let amina =
            Snapshot { seq: 7, address: "amina@example.org".into(), values_json: "{}".into(), message_id: None };
        assert_eq!(unpacked(&chunk).unwrap(), [amina]);
    }

    #[test]
    fn a_chunk_that_is_broken_is_an_error() {
        let chunk = packed(&[snapshot(1)]).unwrap();
        for cut in 0..chunk.len() {
            assert!(unpacked(&chunk[..cut]).is_err(), "{cut}");
        }
    }
}
