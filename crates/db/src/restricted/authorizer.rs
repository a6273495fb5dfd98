//! What SQLite lets a statement of a job do: told by SQLite, action by action, while it compiles the statement.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::hooks::{AuthAction as A, AuthContext, Authorization};

use super::visible;

/// Functions that a statement may call. What reads files, loads code or makes huge values on purpose is not among them.
const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "ceil",
    "ceiling",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "cume_dist",
    "date",
    "datetime",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "format",
    "glob",
    "group_concat",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_object",
    "json_type",
    "json_valid",
    "->",
    "->>",
    "julianday",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "ln",
    "log",
    "log10",
    "lower",
    "ltrim",
    "max",
    "min",
    "mod",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "pow",
    "power",
    "printf",
    "quote",
    "random",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "sqrt",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "time",
    "timediff",
    "total",
    "trim",
    "trunc",
    "typeof",
    "unicode",
    "unixepoch",
    "upper",
    "uuid",
    "if",
];

/// Tables that SQLite makes out of a value.
const TABLE_FUNCTIONS: [&str; 2] = ["json_each", "json_tree"];

/// Judges one statement.
#[derive(Debug, Clone)]
pub(super) struct Authorizer {
    /// Ends the names of the views and triggers that may reach the schema itself. Nobody can guess it, so no statement can
    /// call something of its own by such a name.
    pub nonce: String,
    pub writes: bool,
    /// Everything that the schema has a name for, in small letters.
    pub schema: Arc<HashSet<String>>,
}

impl Authorizer {
    pub fn judge(&self, asked: AuthContext<'_>) -> Authorization {
        if self.allows(asked) { Authorization::Allow } else { Authorization::Deny }
    }

    fn allows(&self, AuthContext { action, database_name, accessor }: AuthContext<'_>) -> bool {
        let is_temp = database_name == Some("temp");
        // By one of our own views or triggers; `accessor` is the innermost.
        let is_ours = accessor.is_some_and(|name| name.ends_with(&self.nonce));
        match action {
            A::Select | A::Recursive => true,
            A::Function { function_name } => FUNCTIONS.iter().any(|name| name.eq_ignore_ascii_case(function_name)),
            A::Read { table_name, .. } if TABLE_FUNCTIONS.contains(&table_name) => true,
            // Rows that are only counted. SQLite names no database when they are those of a `WITH`, nor when the statement does
            // not: so it is the former only if the schema has nothing of that name.
            A::Read { table_name, column_name: "" } if database_name.is_none() => {
                is_ours || self.is_own_name(table_name)
            }
            A::Read { table_name, .. } => is_ours || (is_temp && !table_name.starts_with("sqlite_")),
            A::Insert { table_name } => self.writes && is_temp && (is_ours || table_name == "segment_members"),
            A::Delete { table_name } => self.writes && is_temp && table_name == "segment_members",
            A::Update { table_name, column_name } => {
                self.writes && is_temp && table_name == "customers" && visible::CUSTOMER_COLUMNS.contains(&column_name)
            }
            _ => false,
        }
    }

    /// Whether a statement made this name up.
    fn is_own_name(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let is_built_in = name.starts_with("sqlite_") || name.starts_with("pragma_") || name == "dbstat";
        !is_built_in && !self.schema.contains(&name)
    }
}
