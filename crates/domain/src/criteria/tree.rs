//! Criteria once they are checked: nothing in here can be wrong any more.

use serde_json::Value;

use super::behaviour::Behaviour;
use super::field::{CustomerField, Field};
use super::instant::When;

/// The criteria of one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    pub root: Group,
    /// Customers who are no longer active belong to it too.
    pub include_inactive: bool,
    /// Customers who opted out belong to it too. They are never sent to all the same.
    pub include_opted_out: bool,
    /// The same criteria as JSON with the canonical names; short filters are written out.
    pub canonical: Value,
}

/// How the members of a group combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    All,
    Any,
    /// None of them.
    None,
}

/// Several conditions together. A group without nodes matches everybody (only at the top).
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub logic: Logic,
    /// Turned round as a whole.
    pub is_negated: bool,
    pub nodes: Vec<Node>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Group(Group),
    Condition(Condition),
    Behaviour(Behaviour),
}

/// One statement about a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub field: Field,
    pub test: Test,
}

/// What is said about a field. Numbers are in the unit of the column (ten-thousandths where [`Field::is_scaled`]).
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    IsSet,
    IsNotSet,
    /// The text is one of these; negated: it is none of them, or there is none.
    TextIn {
        values: Vec<String>,
        is_negated: bool,
    },
    /// These three hold the text with A–Z in lower case.
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    NumberIn {
        values: Vec<i64>,
        is_negated: bool,
    },
    /// Both ends belong to it.
    NumberRange {
        min: Option<i64>,
        max: Option<i64>,
    },
    Bool {
        value: bool,
        is_negated: bool,
    },
    /// At or after `from` and before `until`; negated: not so, or there is no moment.
    Moments {
        from: Option<When>,
        until: Option<When>,
        is_negated: bool,
    },
}

impl Criteria {
    /// Whether a condition is about what customers did.
    pub fn has_behaviour(&self) -> bool {
        any(&self.root, &|node| matches!(node, Node::Behaviour(_)))
    }

    /// Whether a condition is about this field.
    pub fn mentions(&self, field: CustomerField) -> bool {
        any(&self.root, &|node| matches!(node, Node::Condition(c) if c.field == Field::Customer(field)))
    }

    /// How many conditions there are.
    pub fn len(&self) -> usize {
        fn count(group: &Group) -> usize {
            group.nodes.iter().map(|n| if let Node::Group(g) = n { count(g) } else { 1 }).sum()
        }
        count(&self.root)
    }

    /// Whether everybody matches.
    pub fn is_empty(&self) -> bool {
        self.root.nodes.is_empty()
    }
}

fn any(group: &Group, wanted: &dyn Fn(&Node) -> bool) -> bool {
    group.nodes.iter().any(|node| match node {
        Node::Group(inner) => any(inner, wanted),
        leaf => wanted(leaf),
    })
}
