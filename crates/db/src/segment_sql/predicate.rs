//! The tree of conditions → a predicate.

use muster_domain::clock::Millis;
use muster_domain::criteria::{Condition, Criteria, CustomerField, Field, FieldKind, Group, Logic, Node, Test};
use muster_domain::customer::AttributeKind;
use muster_domain::time::DAY;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::audience::{CompiledAudience, Pieces};
use super::behaviour;
use super::text::{List, Place, holds, is_one_of};
use crate::Engine;

/// Compiles criteria for a workspace, at a moment that relative values count from.
pub fn compile(engine: Engine, ws: WorkspaceId, criteria: &Criteria, now: Millis) -> CompiledAudience {
    let mut out = start_of(engine, ws, criteria);
    let mut writer = Writer { out: &mut out, ws, now };
    if !criteria.is_empty() {
        writer.out.push(" AND ");
        writer.group(&criteria.root, false);
    }
    out.finish()
}

/// Whom the conditions choose from: of this workspace, active, not opted out, unless the criteria say otherwise.
pub fn base(engine: Engine, ws: WorkspaceId, criteria: &Criteria) -> CompiledAudience {
    start_of(engine, ws, criteria).finish()
}

fn start_of(engine: Engine, ws: WorkspaceId, criteria: &Criteria) -> Pieces {
    let with_inactive = criteria.include_inactive || criteria.mentions(CustomerField::IsActive);
    let with_opted_out = criteria.include_opted_out || criteria.mentions(CustomerField::OptedOut);
    start(engine, ws, with_inactive, with_opted_out)
}

/// The members of a static segment who are active and did not opt out.
pub fn members_of(engine: Engine, ws: WorkspaceId, segment_id: Uuid) -> CompiledAudience {
    let mut out = start(engine, ws, false, false);
    out.push(" AND k.id IN (SELECT m.customer_id FROM segment_members m WHERE m.segment_id = ")
        .bind(segment_id)
        .push(")");
    out.finish()
}

fn start(engine: Engine, ws: WorkspaceId, with_inactive: bool, with_opted_out: bool) -> Pieces {
    let mut out = Pieces::new(engine);
    out.push("k.tenant_id = ").bind(ws).push(" AND k.erased_at IS NULL");
    if !with_inactive {
        out.push(" AND k.is_active");
    }
    if !with_opted_out {
        out.push(" AND NOT k.opted_out");
    }
    out
}

pub(super) struct Writer<'a> {
    pub out: &'a mut Pieces,
    pub ws: WorkspaceId,
    pub now: Millis,
}

impl Writer<'_> {
    /// Writes a group or its opposite, in negation normal form: NOT (a AND b) is (NOT a OR NOT b).
    fn group(&mut self, group: &Group, is_negated: bool) {
        let is_negated = is_negated != group.is_negated;
        let (is_any, is_negated) = match group.logic {
            Logic::All => (is_negated, is_negated),
            Logic::Any => (!is_negated, is_negated),
            // None of them: NOT a AND NOT b.
            Logic::None => (is_negated, !is_negated),
        };
        self.out.push("(");
        for (i, node) in group.nodes.iter().enumerate() {
            if i > 0 {
                self.out.push(if is_any { " OR " } else { " AND " });
            }
            self.node(node, is_negated);
        }
        self.out.push(")");
    }

    pub(super) fn node(&mut self, node: &Node, is_negated: bool) {
        match node {
            Node::Group(inner) => self.group(inner, is_negated),
            Node::Condition(condition) => self.condition(condition, is_negated),
            Node::Behaviour(b) => behaviour::write(self, b, is_negated),
        }
    }

    fn condition(&mut self, condition: &Condition, is_negated: bool) {
        match &condition.field {
            Field::Customer(CustomerField::AccountAge) => self.account_age(&condition.test, is_negated),
            Field::Customer(CustomerField::FirstPurchase) => self.first_purchase(&condition.test, is_negated),
            Field::Customer(field) => {
                self.test(column(*field), &condition.test, is_negated, field.kind() == FieldKind::Text)
            }
            Field::Attribute { id, kind, .. } => self.attribute(*id, *kind, &condition.test, is_negated),
        }
    }

    /// The attribute's row holds, or no such row does.
    fn attribute(&mut self, id: i64, kind: AttributeKind, test: &Test, is_negated: bool) {
        let (test, turned) = positive(test);
        self.out.push(if is_negated != turned { "NOT EXISTS (" } else { "EXISTS (" });
        self.out
            .push("SELECT 1 FROM customer_attributes a WHERE a.customer_id = k.id AND a.attribute_id = ")
            .bind(id)
            .push(" AND ");
        match (kind, &test) {
            (AttributeKind::Text, _) => self.test("a.text_value", &test, false, true),
            (AttributeKind::Bool, Test::Bool { value, .. }) => {
                is_one_of(self.out, "a.int_value", &List::Ints(&[i64::from(*value)]), false)
            }
            _ => self.test("a.int_value", &test, false, false),
        }
        self.out.push(")");
    }

    /// A test of a column that may be NULL. A negated one is true of NULL.
    fn test(&mut self, column: &str, test: &Test, is_negated: bool, is_text: bool) {
        let (test, turned) = positive(test);
        let is_negated = is_negated != turned;
        let is_bare = matches!(test, Test::IsSet | Test::Bool { .. });
        if is_negated && !is_bare {
            self.out.push("(").push(column).push(" IS NULL OR ");
        }
        match &test {
            Test::IsSet | Test::IsNotSet => self.is_set(column, is_negated, is_text),
            Test::TextIn { values, .. } => is_one_of(self.out, column, &List::Texts(values), is_negated),
            Test::NumberIn { values, .. } => is_one_of(self.out, column, &List::Ints(values), is_negated),
            Test::Contains(wanted) => self.holds(column, wanted, Place::Anywhere, is_negated),
            Test::StartsWith(wanted) => self.holds(column, wanted, Place::Start, is_negated),
            Test::EndsWith(wanted) => self.holds(column, wanted, Place::End, is_negated),
            Test::NumberRange { min, max } => self.range(column, *min, max.map(|m| m.saturating_add(1)), is_negated),
            Test::Moments { from, until, .. } => {
                let (from, until) = (from.map(|w| w.resolve(self.now)), until.map(|w| w.resolve(self.now)));
                self.range(column, from, until, is_negated);
            }
            Test::Bool { value, .. } => {
                self.out.push(if *value == is_negated { "NOT " } else { "" }).push(column);
            }
        }
        if is_negated && !is_bare {
            self.out.push(")");
        }
    }

    fn is_set(&mut self, column: &str, is_negated: bool, is_text: bool) {
        match (is_negated, is_text) {
            (false, true) => self.out.push(column).push(" <> ''"),
            (true, true) => self.out.push("(").push(column).push(" IS NULL OR ").push(column).push(" = '')"),
            (false, false) => self.out.push(column).push(" IS NOT NULL"),
            (true, false) => self.out.push(column).push(" IS NULL"),
        };
    }

    fn holds(&mut self, column: &str, wanted: &str, place: Place, is_negated: bool) {
        if is_negated {
            self.out.push("NOT ");
        }
        self.out.push("(");
        holds(self.out, column, wanted, place);
        self.out.push(")");
    }

    /// `from` belongs to it, `until` does not.
    pub(super) fn range(&mut self, column: &str, from: Option<i64>, until: Option<i64>, is_negated: bool) {
        let (low, high, word) = if is_negated { (" < ", " >= ", " OR ") } else { (" >= ", " < ", " AND ") };
        self.out.push("(");
        if let Some(from) = from {
            self.out.push(column).push(low).bind(from);
        }
        if from.is_some() && until.is_some() {
            self.out.push(word);
        }
        if let Some(until) = until {
            self.out.push(column).push(high).bind(until);
        }
        self.out.push(")");
    }

    /// Whole days since registration, as bounds of the moment of registration.
    fn account_age(&mut self, test: &Test, is_negated: bool) {
        const COLUMN: &str = "k.registration_date";
        match test {
            Test::NumberRange { min, max } => {
                let until = min.map(|days| self.now.saturating_sub(days.saturating_mul(DAY)).saturating_add(1));
                let from = max
                    .map(|days| self.now.saturating_sub(days.saturating_add(1).saturating_mul(DAY)).saturating_add(1));
                if is_negated {
                    self.out.push("(").push(COLUMN).push(" IS NULL OR ");
                }
                self.range(COLUMN, from, until, is_negated);
                if is_negated {
                    self.out.push(")");
                }
            }
            Test::NumberIn { values, is_negated: turned } => {
                let now = self.now;
                let is_negated = is_negated != *turned;
                self.out.push("(").push(COLUMN).push(if is_negated { " IS NULL OR " } else { " IS NOT NULL AND " });
                self.out.push(COLUMN).push(if is_negated { " > " } else { " <= " }).bind(now).push(if is_negated {
                    " OR ("
                } else {
                    " AND ("
                });
                self.out.bind(now).push(" - ").push(COLUMN).push(") / 86400000");
                is_one_of(self.out, "", &List::Ints(values), is_negated);
                self.out.push(")");
            }
            other => self.test(COLUMN, other, is_negated, false),
        }
    }

    /// Bought exactly once: by the count of purchases or, where only the dates were imported, by them.
    fn first_purchase(&mut self, test: &Test, is_negated: bool) {
        let (wanted, turned) = match test {
            Test::Bool { value, is_negated } => (*value, *is_negated),
            other => {
                // It is known of everybody.
                let is_true = (*other == Test::IsNotSet) == is_negated;
                self.out.push(if is_true { "1 = 1" } else { "1 = 0" });
                return;
            }
        };
        let is_true = wanted != (turned != is_negated);
        self.out.push(if is_true { "" } else { "NOT " });
        self.out.push(
            "(k.purchase_count = 1 OR (k.purchase_count = 0 AND k.first_purchase_date IS NOT NULL AND (k.last_purchase_date IS NULL OR k.last_purchase_date = k.first_purchase_date)))",
        );
    }
}

/// The test without its negation, and whether it had one.
fn positive(test: &Test) -> (Test, bool) {
    let mut test = test.clone();
    let turned = match &mut test {
        Test::TextIn { is_negated, .. }
        | Test::NumberIn { is_negated, .. }
        | Test::Bool { is_negated, .. }
        | Test::Moments { is_negated, .. } => std::mem::take(is_negated),
        Test::IsNotSet => true,
        _ => false,
    };
    (if matches!(test, Test::IsNotSet) { Test::IsSet } else { test }, turned)
}

/// The column of a field. Derived fields stand for the column that they are made of.
fn column(field: CustomerField) -> &'static str {
    match field {
        CustomerField::Name => "trim(k.first_name || ' ' || k.last_name)",
        CustomerField::FirstName => "k.first_name",
        CustomerField::LastName => "k.last_name",
        CustomerField::Email => "k.email",
        CustomerField::Phone => "k.phone",
        CustomerField::ExternalId => "k.external_id",
        CustomerField::City => "k.city",
        CustomerField::Tier => "k.tier",
        CustomerField::ClientType => "k.client_type",
        CustomerField::PreferredLanguage => "k.preferred_language",
        CustomerField::PreferredChannel => "k.preferred_channel",
        CustomerField::PreferredProduct => "k.preferred_product",
        CustomerField::Timezone => "k.timezone",
        CustomerField::AccountBalance => "k.account_balance_e4",
        CustomerField::Currency => "k.currency",
        CustomerField::RegistrationDate | CustomerField::AccountAge => "k.registration_date",
        CustomerField::FirstPurchaseDate => "k.first_purchase_date",
        CustomerField::LastPurchaseDate => "k.last_purchase_date",
        CustomerField::LastOrderAt => "k.last_order_at",
        CustomerField::PurchaseCount | CustomerField::FirstPurchase => "k.purchase_count",
        CustomerField::CreatedAt => "k.created_at",
        CustomerField::IsActive => "k.is_active",
        CustomerField::OptedOut => "k.opted_out",
    }
}
