//! A compiled audience: text with places for values, and the values.

use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use crate::Engine;

/// A value on its way into a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    Int(i64),
    Text(String),
    Uuid(Uuid),
    /// A list, as one JSON array.
    Json(Value),
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<Uuid> for Bind {
    fn from(value: Uuid) -> Self {
        Self::Uuid(value)
    }
}
impl From<WorkspaceId> for Bind {
    fn from(value: WorkspaceId) -> Self {
        Self::Int(value.0)
    }
}

/// Who is meant: a condition over `customers k`, complete with workspace, activity and consent.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledAudience {
    /// One more than binds: a value stands between each two.
    pieces: Vec<String>,
    binds: Vec<Bind>,
}

impl CompiledAudience {
    /// `SELECT k.id FROM customers k WHERE …` with placeholders from `$first` on.
    pub fn sql(&self, first: usize) -> String {
        format!("SELECT k.id FROM customers k WHERE {}", self.predicate(first))
    }

    /// The condition alone, over `customers k`, with placeholders from `$first` on. It may be NULL, which means no.
    pub fn predicate(&self, first: usize) -> String {
        let mut text = String::with_capacity(self.pieces.iter().map(|p| p.len() + 4).sum());
        for (i, piece) in self.pieces.iter().enumerate() {
            text.push_str(piece);
            if i < self.binds.len() {
                text.push('$');
                text.push_str(&(first + i).to_string());
            }
        }
        text
    }

    /// The values, in the order of their placeholders.
    pub fn binds(&self) -> &[Bind] {
        &self.binds
    }

    /// Everybody in one of `includes` and in none of `excludes`, each once (SEG-4). No includes: nobody.
    pub fn targeted(includes: &[Self], excludes: &[Self]) -> Self {
        let mut whole = Pieces::default();
        if includes.is_empty() {
            whole.push("1 = 0");
        }
        for (i, include) in includes.iter().enumerate() {
            whole.push(if i == 0 { "((" } else { " OR (" });
            whole.append(include);
            whole.push(if i + 1 == includes.len() { "))" } else { ")" });
        }
        for exclude in excludes {
            // Unknown is not excluded.
            whole.push(" AND (");
            whole.append(exclude);
            whole.push(") IS NOT TRUE");
        }
        whole.finish()
    }
}

impl CompiledAudience {
    /// Everything at once. Nothing at all is true.
    pub(super) fn all(parts: &[&Self]) -> Self {
        let mut whole = Pieces::default();
        if parts.is_empty() {
            whole.push("1 = 1");
        }
        for (i, part) in parts.iter().enumerate() {
            whole.push(if i == 0 { "(" } else { " AND (" });
            whole.append(part);
            whole.push(")");
        }
        whole.finish()
    }
}

/// Text and values, growing.
#[derive(Debug)]
pub(super) struct Pieces {
    pieces: Vec<String>,
    binds: Vec<Bind>,
    pub engine: Engine,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { pieces: vec![String::new()], binds: Vec::new(), engine: Engine::Sqlite }
    }
}

impl Pieces {
    pub fn new(engine: Engine) -> Self {
        Self { engine, ..Self::default() }
    }

    /// Text of ours: never a value.
    pub fn push(&mut self, text: &str) -> &mut Self {
        if let Some(last) = self.pieces.last_mut() {
            last.push_str(text);
        }
        self
    }

    /// A place for a value.
    pub fn bind(&mut self, value: impl Into<Bind>) -> &mut Self {
        self.binds.push(value.into());
        self.pieces.push(String::new());
        self
    }

    fn append(&mut self, other: &CompiledAudience) {
        for (i, piece) in other.pieces.iter().enumerate() {
            self.push(piece);
            if let Some(bind) = other.binds.get(i) {
                self.bind(bind.clone());
            }
        }
    }

    pub fn finish(self) -> CompiledAudience {
        CompiledAudience { pieces: self.pieces, binds: self.binds }
    }
}
