//! A rendered text, kept as the pieces that it was put together from.

use std::fmt;
use std::sync::Arc;

/// A rendered text. What a template says to everybody is shared by all its messages: rendering copies only what is
/// personal, and whoever encodes messages can encode the rest once.
#[derive(Debug, Clone, Default)]
pub struct RenderedText {
    pieces: Vec<Piece>,
}

/// A stretch of a [`RenderedText`].
#[derive(Debug, Clone)]
pub enum Piece {
    /// Stands in every message of the template, in the same allocation.
    Shared(Arc<str>),
    /// Of this message.
    Own(String),
}

impl Piece {
    /// What it says.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Shared(text) => text,
            Self::Own(text) => text,
        }
    }
}

impl RenderedText {
    /// The pieces in their order; two of this message never stand side by side.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.as_str().len()).sum()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.as_str().is_empty())
    }

    /// Adds something of this message.
    pub fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Own(last)) => last.push_str(text),
            _ => {
                // There is usually more to come: a value, and what stands around it.
                let mut own = String::with_capacity(text.len() + 256);
                own.push_str(text);
                self.pieces.push(Piece::Own(own));
            }
        }
    }

    /// Adds something that other messages say too.
    pub fn push_shared(&mut self, text: Arc<str>) {
        self.pieces.push(Piece::Shared(text));
    }
}

impl From<RenderedText> for String {
    fn from(mut text: RenderedText) -> Self {
        match text.pieces.as_mut_slice() {
            [Piece::Own(all)] => std::mem::take(all),
            _ => text.to_string(),
        }
    }
}

impl fmt::Display for RenderedText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| out.write_str(piece.as_str()))
    }
}

/// Equal when they say the same, whatever their pieces are.
impl PartialEq for RenderedText {
    fn eq(&self, other: &Self) -> bool {
        let mut others = other.pieces.iter().flat_map(|piece| piece.as_str().bytes());
        let mut own = self.pieces.iter().flat_map(|piece| piece.as_str().bytes());
        self.len() == other.len() && own.all(|byte| others.next() == Some(byte))
    }
}

impl Eq for RenderedText {}

impl From<String> for RenderedText {
    fn from(text: String) -> Self {
        Self { pieces: vec![Piece::Own(text)] }
    }
}

impl From<&str> for RenderedText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl serde::Serialize for RenderedText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
