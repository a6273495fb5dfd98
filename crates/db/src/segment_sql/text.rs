//! Fragments that both engines understand, or that each has its own word for.

use serde_json::Value;
use uuid::Uuid;

use super::audience::{Bind, Pieces};
use crate::Engine;

/// Lists up to this long are written out, which lets an index be used; longer ones travel as one JSON array.
const WRITTEN_OUT: usize = 16;

/// A list of values of one type.
pub(super) enum List<'a> {
    Texts(&'a [String]),
    Ints(&'a [i64]),
    Uuids(&'a [Uuid]),
}

impl List<'_> {
    fn binds(&self) -> Vec<Bind> {
        match self {
            List::Texts(values) => values.iter().map(|v| Bind::Text(v.clone())).collect(),
            List::Ints(values) => values.iter().map(|v| Bind::Int(*v)).collect(),
            List::Uuids(values) => values.iter().map(|v| Bind::Uuid(*v)).collect(),
        }
    }

    fn json(&self) -> Value {
        match self {
            List::Texts(values) => values.iter().map(|v| Value::from(v.as_str())).collect(),
            List::Ints(values) => values.iter().map(|v| Value::from(*v)).collect(),
            List::Uuids(values) => values.iter().map(|v| Value::from(v.to_string())).collect(),
        }
    }
}

/// `expression = $n`, or `expression IN (…)`.
pub(super) fn is_one_of(out: &mut Pieces, expression: &str, list: &List<'_>, is_negated: bool) {
    let mut binds = list.binds();
    if binds.len() == 1
        && let Some(bind) = binds.pop()
    {
        out.push(expression).push(if is_negated { " <> " } else { " = " }).bind(bind);
        return;
    }
    out.push(expression).push(if is_negated { " NOT IN (" } else { " IN (" });
    if binds.len() <= WRITTEN_OUT {
        for (i, bind) in binds.into_iter().enumerate() {
            out.push(if i == 0 { "" } else { ", " }).bind(bind);
        }
        out.push(")");
        return;
    }
    let (before, after) = match (out.engine, list) {
        (Engine::Sqlite, List::Texts(_) | List::Ints(_)) => ("SELECT value FROM json_each(", ")"),
        (Engine::Sqlite, List::Uuids(_)) => ("SELECT unhex(replace(value, '-', '')) FROM json_each(", ")"),
        (Engine::Postgres, List::Texts(_)) => ("SELECT value FROM jsonb_array_elements_text(", ") AS t(value)"),
        (Engine::Postgres, List::Ints(_)) => {
            ("SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(", ") AS t(value)")
        }
        (Engine::Postgres, List::Uuids(_)) => {
            ("SELECT CAST(value AS UUID) FROM jsonb_array_elements_text(", ") AS t(value)")
        }
    };
    out.push(before).bind(Bind::Json(list.json())).push(after).push(")");
}

/// Where in the text the other one must stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Anywhere,
    Start,
    End,
}

/// Whether a text contains another, A–Z folded. `wanted` is folded already.
pub(super) fn holds(out: &mut Pieces, expression: &str, wanted: &str, place: Place) {
    let is_sqlite = out.engine == Engine::Sqlite;
    let folded = if is_sqlite { format!("lower({expression})") } else { format!("lower({expression} COLLATE \"C\")") };
    let length = wanted.chars().count() as i64;
    match place {
        Place::Anywhere => {
            out.push(if is_sqlite { "instr(" } else { "strpos(" }).push(&folded).push(", ").bind(wanted).push(") > 0");
        }
        Place::Start => {
            out.push("substr(").push(&folded).push(", 1, CAST(").bind(length).push(" AS INTEGER)) = ").bind(wanted);
        }
        // Both give the whole text when it is shorter.
        Place::End if is_sqlite => {
            out.push("substr(").push(&folded).push(", -").bind(length).push(") = ").bind(wanted);
        }
        Place::End => {
            out.push("right(").push(&folded).push(", CAST(").bind(length).push(" AS INTEGER)) = ").bind(wanted);
        }
    }
}
