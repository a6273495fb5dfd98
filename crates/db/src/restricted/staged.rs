//! Writing on SQLite. Statements write into views; triggers put what they would change aside in temporary tables; then it is
//! done here, for the workspace alone. A trigger cannot write into the table itself, whose name the view has taken.

use rusqlite::Connection;

use super::{Answer, visible};

/// The triggers and their tables. `ws` is the workspace, `nonce` what ends their names.
pub(super) fn triggers(ws: i64, nonce: &str) -> String {
    let columns = visible::CUSTOMER_COLUMNS;
    let new: Vec<String> = columns.iter().map(|name| format!("NEW.{name}")).collect();
    format!(
        "CREATE TEMP TABLE added_{nonce} (segment_id, customer_id, added_at);
         CREATE TEMP TABLE gone_{nonce} (segment_id, customer_id);
         CREATE TEMP TABLE changed_{nonce} (id, {list});
         CREATE TEMP TRIGGER add_{nonce} INSTEAD OF INSERT ON temp.segment_members BEGIN
             SELECT RAISE(ABORT, 'only static segments of the workspace take members') WHERE NOT EXISTS (
                 SELECT 1 FROM main.segments s WHERE s.id = NEW.segment_id AND s.tenant_id = {ws} AND s.type = 'static');
             SELECT RAISE(ABORT, 'there is no such customer') WHERE NOT EXISTS (
                 SELECT 1 FROM main.customers c WHERE c.id = NEW.customer_id AND c.tenant_id = {ws});
             INSERT INTO added_{nonce} VALUES (NEW.segment_id, NEW.customer_id, COALESCE(NEW.added_at, unixepoch() * 1000));
         END;
         CREATE TEMP TRIGGER drop_{nonce} INSTEAD OF DELETE ON temp.segment_members BEGIN
             SELECT RAISE(ABORT, 'only static segments lose members') WHERE NOT EXISTS (
                 SELECT 1 FROM main.segments s WHERE s.id = OLD.segment_id AND s.tenant_id = {ws} AND s.type = 'static');
             INSERT INTO gone_{nonce} VALUES (OLD.segment_id, OLD.customer_id);
         END;
         CREATE TEMP TRIGGER change_{nonce} INSTEAD OF UPDATE ON temp.customers BEGIN
             INSERT INTO changed_{nonce} VALUES (OLD.id, {new});
         END;",
        list = columns.join(", "),
        new = new.join(", "),
    )
}

/// Does what a statement put aside. No authorizer may be at work.
pub(super) fn apply(connection: &Connection, ws: i64, nonce: &str, now_sql: &str) -> rusqlite::Result<Answer> {
    let set: Vec<String> = visible::CUSTOMER_COLUMNS.iter().map(|name| format!("{name} = n.{name}")).collect();
    let inserted = connection.execute(
        &format!(
            "INSERT INTO main.segment_members (segment_id, customer_id, tenant_id, added_at)
             SELECT segment_id, customer_id, {ws}, added_at FROM temp.added_{nonce} WHERE TRUE ON CONFLICT DO NOTHING"
        ),
        [],
    )?;
    let deleted = connection.execute(
        &format!(
            "DELETE FROM main.segment_members WHERE tenant_id = {ws}
             AND (segment_id, customer_id) IN (SELECT segment_id, customer_id FROM temp.gone_{nonce})"
        ),
        [],
    )?;
    let updated = connection.execute(
        &format!(
            "UPDATE main.customers SET {set}, updated_at = {now_sql} FROM temp.changed_{nonce} AS n
             WHERE customers.id = n.id AND customers.tenant_id = {ws}",
            set = set.join(", ")
        ),
        [],
    )?;
    connection.execute_batch(&format!(
        "DELETE FROM temp.added_{nonce}; DELETE FROM temp.gone_{nonce}; DELETE FROM temp.changed_{nonce};"
    ))?;
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok(Answer { inserted: count(inserted), deleted: count(deleted), updated: count(updated), ..Answer::default() })
}
