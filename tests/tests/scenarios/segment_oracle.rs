//! Random conditions over random customers: the database answers what a plain walk over the customers answers, on both engines.

use std::collections::BTreeSet;

use muster_db::attributes;
use muster_db::segment_sql::{self, CompiledAudience};
use muster_domain::clock::{Clock, Millis};
use muster_domain::criteria::{
    self, AttributeField, Behaviour, BehaviourKind, Condition, Criteria, CustomerField, Field, Group, Logic, Node,
    Test, When,
};
use muster_domain::customer::{AttributeKind, AttributeValue};
use muster_domain::time::{DAY, rfc3339};
use muster_tests::{World, both_engines};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::segment_people::{Person, plant};

const PEOPLE: usize = 200;
const TREES: usize = 250;

/// SplitMix64: the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }
    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
    fn some<T>(&mut self, value: T) -> Option<T> {
        (self.roll(4) > 0).then_some(value)
    }
}

const TIERS: [&str; 4] = ["VIP", "Gold", "gold", "Ä%_"];
const CITIES: [&str; 5] = ["Nairobi", "nairobi", "Mombasa", "Thika", "São Paulo"];
const NAMES: [&str; 5] = ["Wanjiku", "Brian", "O'Hara", "Zoë", "ßen"];

fn person(dice: &mut Dice) -> Person {
    let number = dice.roll(5) as i64 - 1;
    let mut own = Vec::new();
    if let Some(score) = dice.some(Decimal::new(number * 25, 2)) {
        own.push((0, AttributeValue::Decimal(score)));
    }
    if let Some(plan) = dice.some(*dice_pick(&TIERS, number)) {
        own.push((1, AttributeValue::Text(plan.into())));
    }
    if let Some(flag) = dice.some(number > 0) {
        own.push((2, AttributeValue::Bool(flag)));
    }
    Person {
        first_name: (*dice.pick(&NAMES)).into(),
        last_name: if dice.roll(3) == 0 { String::new() } else { (*dice.pick(&NAMES)).into() },
        city: {
            let city = (*dice.pick(&CITIES)).to_owned();
            dice.some(city)
        },
        tier: {
            let tier = (*dice.pick(&TIERS)).to_owned();
            dice.some(tier)
        },
        client_type: None,
        preferred_channel: {
            let channel = (*dice.pick(&["sms", "email"])).to_owned();
            dice.some(channel)
        },
        balance_e4: (dice.roll(5) as i64 - 2) * 5_000,
        registered_days_ago: {
            let days = dice.roll(8) as i64;
            dice.some(days)
        },
        first_bought_days_ago: {
            let days = dice.roll(4) as i64 + 30;
            dice.some(days)
        },
        bought_days_ago: {
            let days = dice.roll(60) as i64;
            dice.some(days)
        },
        ordered_days_ago: {
            let days = dice.roll(60) as i64 - 2;
            dice.some(days)
        },
        is_active: dice.roll(8) > 0,
        opted_out: dice.roll(8) == 0,
        attributes: own,
    }
}

fn dice_pick<T>(of: &[T], n: i64) -> &T {
    &of[n.unsigned_abs() as usize % of.len()]
}

fn leaf(dice: &mut Dice) -> Value {
    let text_ops = ["equals", "not_equals", "contains", "starts_with", "ends_with"];
    let any_text = |dice: &mut Dice| {
        (*dice.pick(&["VIP", "gold", "Nairobi", "NAI", "bi", "o", "ä%_", "%", "_", "são", "'", "ß"])).to_owned()
    };
    match dice.roll(12) {
        0 | 1 => {
            json!({"field": dice.pick(&["tier", "city", "name", "first_name", "last_name", "email", "plan"]), "operator": dice.pick(&text_ops), "value": any_text(dice)})
        }
        2 => {
            json!({"field": dice.pick(&["tier", "city", "plan"]), "operator": dice.pick(&["in", "not_in"]), "value": [any_text(dice), any_text(dice), "Gold"]})
        }
        3 => {
            json!({"field": dice.pick(&["tier", "city", "last_name", "last_purchase_date", "score", "plan", "loyal", "account_age", "first_purchase", "account_balance"]), "operator": dice.pick(&["is_set", "is_not_set"])})
        }
        4 => {
            json!({"field": dice.pick(&["account_balance", "score"]), "operator": dice.pick(&["equals", "not_equals", "less_than", "less_or_equal", "greater_than", "greater_or_equal"]), "value": dice.pick(&[json!(0.5), json!(0), json!("-0.25"), json!(1)])})
        }
        5 => {
            json!({"field": "account_age", "operator": dice.pick(&["equals", "not_equals", "less_than", "less_or_equal", "greater_than", "greater_or_equal"]), "value": dice.roll(8)})
        }
        6 => {
            json!({"field": dice.pick(&["account_age", "score"]), "operator": dice.pick(&["in", "not_in"]), "value": [dice.roll(3), dice.roll(8)]})
        }
        7 => {
            json!({"field": dice.pick(&["last_purchase_date", "last_order_at"]), "operator": dice.pick(&["within_last", "not_within_last"]), "value": format!("{} days", dice.roll(60))})
        }
        8 => {
            json!({"field": dice.pick(&["last_purchase_date", "last_order_at", "registration_date"]), "operator": dice.pick(&["less_than", "less_or_equal", "greater_than", "greater_or_equal", "before", "after", "equals", "not_equals"]), "value": format!("{} days ago", dice.roll(60))})
        }
        9 => {
            json!({"field": dice.pick(&["last_purchase_date", "last_order_at"]), "operator": "between", "value": [format!("{} days ago", 30 + dice.roll(30)), dice.pick(&["today", "2026-11-10", "5 days ago"])]})
        }
        10 => {
            json!({"field": dice.pick(&["first_purchase", "loyal", "is_active", "opted_out"]), "operator": dice.pick(&["equals", "not_equals"]), "value": dice.roll(2) == 0})
        }
        _ => {
            let mut value = json!({});
            if dice.roll(2) == 0 {
                value["within_last"] = json!(format!("{} days", dice.roll(40)));
            }
            if dice.roll(3) == 0 {
                value["at_least"] = json!(1 + dice.roll(3));
            }
            json!({"field": dice.pick(&["was_sent", "opened", "clicked", "purchased", "redeemed"]), "operator": dice.pick(&["did", "did_not"]), "value": value})
        }
    }
}

fn tree(dice: &mut Dice, depth: usize) -> Value {
    if depth == 0 || dice.roll(3) == 0 {
        let mut leaf = leaf(dice);
        if dice.roll(5) == 0 {
            leaf["not"] = json!(true);
        }
        return leaf;
    }
    let conditions: Vec<Value> = (0..1 + dice.roll(3)).map(|_| tree(dice, depth - 1)).collect();
    json!({ "logic": dice.pick(&["AND", "OR", "NOT"]), "not": dice.roll(4) == 0, "conditions": conditions })
}

/// What the walk knows of a customer.
struct Known {
    person: Person,
    n: usize,
    /// Kind and moment.
    deeds: Vec<(BehaviourKind, Millis)>,
}

struct Walk {
    now: Millis,
    definitions: Vec<AttributeField>,
}

impl Walk {
    fn belongs(&self, criteria: &Criteria, known: &Known) -> bool {
        let person = &known.person;
        let is_active = person.is_active || criteria.mentions(CustomerField::IsActive);
        let may = !person.opted_out || criteria.mentions(CustomerField::OptedOut);
        is_active && may && self.group(&criteria.root, known)
    }

    fn group(&self, group: &Group, known: &Known) -> bool {
        let mut each = group.nodes.iter().map(|node| match node {
            Node::Group(inner) => self.group(inner, known),
            Node::Condition(condition) => self.condition(condition, known),
            Node::Behaviour(behaviour) => self.deed(behaviour, known),
        });
        let holds = match group.logic {
            Logic::All => each.all(|yes| yes),
            Logic::Any => each.any(|yes| yes),
            Logic::None => !each.any(|yes| yes),
        };
        holds != group.is_negated
    }

    fn deed(&self, behaviour: &Behaviour, known: &Known) -> bool {
        let since = behaviour.within.map(|span| When::ago(span).resolve(self.now));
        let times = known
            .deeds
            .iter()
            .filter(|(kind, at)| *kind == behaviour.kind && since.is_none_or(|since| *at >= since))
            .count();
        let bought = known.person.bought_days_ago.map(|days| self.now - days * DAY);
        let by_date = behaviour.kind == BehaviourKind::Purchased
            && behaviour.at_least == 1
            && bought.is_some_and(|at| since.is_none_or(|since| at >= since));
        (times >= behaviour.at_least as usize || by_date) != behaviour.is_negated
    }

    fn text(&self, field: &Field, known: &Known) -> Option<String> {
        let p = &known.person;
        match field {
            Field::Customer(CustomerField::Name) => Some(format!("{} {}", p.first_name, p.last_name).trim().to_owned()),
            Field::Customer(CustomerField::FirstName) => Some(p.first_name.clone()),
            Field::Customer(CustomerField::LastName) => Some(p.last_name.clone()),
            Field::Customer(CustomerField::Email) => (known.n == 0 || !known.n.is_multiple_of(5))
                .then(|| format!("{}{}@example.com", p.first_name.to_lowercase(), known.n)),
            Field::Customer(CustomerField::City) => p.city.clone(),
            Field::Customer(CustomerField::Tier) => p.tier.clone(),
            Field::Attribute { id, .. } => p.attributes.iter().find_map(|(d, v)| {
                if let AttributeValue::Text(text) = v { (d == id).then(|| text.clone()) } else { None }
            }),
            other => panic!("{other:?}"),
        }
    }

    fn number(&self, field: &Field, known: &Known) -> Option<i64> {
        let p = &known.person;
        let ago = |days: Option<i64>| days.map(|days| self.now - days * DAY);
        match field {
            Field::Customer(CustomerField::AccountBalance) => Some(p.balance_e4),
            Field::Customer(CustomerField::AccountAge) => p.registered_days_ago,
            Field::Customer(CustomerField::RegistrationDate) => ago(p.registered_days_ago),
            Field::Customer(CustomerField::LastPurchaseDate) => ago(p.bought_days_ago),
            Field::Customer(CustomerField::LastOrderAt) => ago(p.ordered_days_ago),
            Field::Customer(CustomerField::IsActive) => Some(i64::from(p.is_active)),
            Field::Customer(CustomerField::OptedOut) => Some(i64::from(p.opted_out)),
            Field::Customer(CustomerField::FirstPurchase) => Some(i64::from(
                p.first_bought_days_ago.is_some()
                    && (p.bought_days_ago.is_none() || p.bought_days_ago == p.first_bought_days_ago),
            )),
            Field::Attribute { id, .. } => p.attributes.iter().filter(|(d, _)| d == id).find_map(|(_, v)| match v {
                AttributeValue::Decimal(d) => muster_domain::money::to_e4(*d),
                AttributeValue::Bool(flag) => Some(i64::from(*flag)),
                _ => None,
            }),
            other => panic!("{other:?}"),
        }
    }

    fn is_text(&self, field: &Field) -> bool {
        match field {
            Field::Customer(f) => matches!(f.kind(), criteria::FieldKind::Text),
            Field::Attribute { id, .. } => {
                self.definitions.iter().any(|d| d.id == *id && d.kind == AttributeKind::Text)
            }
        }
    }

    fn condition(&self, condition: &Condition, known: &Known) -> bool {
        let field = &condition.field;
        let folded = || self.text(field, known).map(|t| t.to_ascii_lowercase());
        let is_set = if self.is_text(field) {
            self.text(field, known).is_some_and(|t| !t.is_empty())
        } else {
            self.number(field, known).is_some()
        };
        match &condition.test {
            Test::IsSet => is_set,
            Test::IsNotSet => !is_set,
            Test::TextIn { values, is_negated } => {
                self.text(field, known).is_some_and(|t| values.contains(&t)) != *is_negated
            }
            Test::Contains(wanted) => folded().is_some_and(|t| t.contains(wanted)),
            Test::StartsWith(wanted) => folded().is_some_and(|t| t.starts_with(wanted)),
            Test::EndsWith(wanted) => folded().is_some_and(|t| t.ends_with(wanted)),
            Test::NumberIn { values, is_negated } => {
                self.number(field, known).is_some_and(|n| values.contains(&n)) != *is_negated
            }
            Test::NumberRange { min, max } => self
                .number(field, known)
                .is_some_and(|n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max)),
            Test::Bool { value, is_negated } => {
                self.number(field, known).is_some_and(|n| (n == 1) == *value) != *is_negated
            }
            Test::Moments { from, until, is_negated } => {
                let (from, until) = (from.map(|w| w.resolve(self.now)), until.map(|w| w.resolve(self.now)));
                self.number(field, known)
                    .is_some_and(|n| from.is_none_or(|from| n >= from) && until.is_none_or(|until| n < until))
                    != *is_negated
            }
        }
    }
}

/// Messages sent, opened and clicked by the customers of an audience, a given number of days ago.
async fn send(world: &World, run: i64, to: &CompiledAudience, sent: i64, opened: Option<i64>, clicked: Option<i64>) {
    let now = world.clock.now();
    let at = |days: Option<i64>| days.map_or(0, |days| now - days * DAY);
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    let rows = segment_sql::execute_with(
        &mut tx,
        "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, status, sent_at, opened_at, clicked_at)
         SELECT $1, a.id, $2, a.id, 1, 1, $3, NULLIF($4, 0), NULLIF($5, 0) FROM (",
        to,
        ") AS a",
        &[run.into(), world.ws.into(), (now - sent * DAY).into(), at(opened).into(), at(clicked).into()],
    )
    .await
    .unwrap();
    assert!(rows > 0);
    tx.commit().await.unwrap();
}

async fn definitions(world: &World) -> Vec<AttributeField> {
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    for (name, kind) in
        [("score", AttributeKind::Decimal), ("plan", AttributeKind::Text), ("loyal", AttributeKind::Bool)]
    {
        attributes::define(&mut tx, world.ws, name, name, kind, world.clock.now()).await.unwrap();
    }
    let rows = attributes::definitions(&mut tx, world.ws).await.unwrap();
    tx.commit().await.unwrap();
    let by_name = |name: &str| rows.iter().find(|r| r.name == name).unwrap();
    ["score", "plan", "loyal"]
        .iter()
        .map(|name| by_name(name))
        .map(|r| AttributeField { id: r.id, name: r.name.clone(), label: r.label.clone(), kind: r.kind() })
        .collect()
}

both_engines! {
    async fn both_engines_find_whom_a_plain_walk_finds(world: World) {
        let mut dice = Dice(20_261_124);
        let definitions = definitions(&world).await;
        let mut people: Vec<Person> = (0..PEOPLE).map(|_| person(&mut dice)).collect();
        for person in &mut people {
            for (definition, _) in &mut person.attributes {
                *definition = definitions[*definition as usize].id;
            }
        }
        let ids = plant(&world, &people).await;
        let walk = Walk { now: world.clock.now(), definitions };
        let engine = world.app.db.engine();
        let compile = |criteria: &Criteria| segment_sql::compile(engine, world.ws, criteria, walk.now);
        let mut known: Vec<Known> = people.into_iter().enumerate().map(|(n, person)| Known { person, n, deeds: vec![] }).collect();

        // Two mailings to the halves that a condition chooses.
        for (run, field, sent, opened, clicked) in [(1, "tier", 20, Some(19), None), (2, "city", 9, Some(8), Some(7)), (3, "city", 30, None, None)] {
            let criteria = criteria::parse(&json!({ "field": field, "operator": "is_set" }), &[]).unwrap();
            send(&world, run, &compile(&criteria), sent, opened, clicked).await;
            for customer in known.iter_mut().filter(|c| walk.belongs(&criteria, c)) {
                for (kind, days) in [(BehaviourKind::WasSent, Some(sent)), (BehaviourKind::Opened, opened), (BehaviourKind::Clicked, clicked)] {
                    customer.deeds.extend(days.map(|days| (kind, walk.now - days * DAY)));
                }
            }
        }

        let mut sizes = BTreeSet::new();
        for _ in 0..TREES {
            let written = tree(&mut dice, 3);
            let criteria = criteria::parse(&written, &walk.definitions).unwrap_or_else(|e| panic!("{written}: {e:?}"));
            let expected: Vec<i64> = known.iter().filter(|c| walk.belongs(&criteria, c)).map(|c| ids[c.n]).collect();
            let compiled = compile(&criteria);
            let mut tx = world.app.db.read(world.ws).await.unwrap();
            let found = segment_sql::sample(&mut tx, world.ws, &compiled, 0, 1_000).await.unwrap_or_else(|e| panic!("{written}\n{}\n{e}", compiled.sql(1)));
            let found: Vec<i64> = found.into_iter().map(|row| row.id).collect();
            assert_eq!(found, expected, "at {}: {written}\n{}", rfc3339(walk.now), compiled.sql(1));
            assert_eq!(segment_sql::count(&mut tx, world.ws, &compiled).await.unwrap(), expected.len() as i64);
            sizes.insert(expected.len());
        }
        assert!(sizes.len() > 40, "the conditions were not all empty or all full: {sizes:?}");
    }

    async fn included_and_excluded_segments_combine(world: World) {
        let mut dice = Dice(7);
        let people: Vec<Person> = (0..60).map(|_| person(&mut dice)).map(|p| Person { attributes: vec![], ..p }).collect();
        let ids = plant(&world, &people).await;
        let walk = Walk { now: world.clock.now(), definitions: vec![] };
        let engine = world.app.db.engine();
        let read = |c: Value| criteria::parse(&c, &[]).unwrap();
        let [gold, nairobi, rich] = [
            read(json!({"field": "tier", "operator": "contains", "value": "GOLD"})),
            read(json!({"field": "city", "operator": "contains", "value": "nairobi"})),
            read(json!({"field": "account_balance", "operator": "greater_than", "value": 0})),
        ];
        let compile = |criteria: &Criteria| segment_sql::compile(engine, world.ws, criteria, walk.now);
        let both = CompiledAudience::targeted(&[compile(&gold), compile(&nairobi)], &[compile(&rich)]);
        let expected: Vec<i64> = people.into_iter().enumerate().map(|(n, person)| Known { person, n, deeds: vec![] })
            .filter(|c| (walk.belongs(&gold, c) || walk.belongs(&nairobi, c)) && !walk.belongs(&rich, c)).map(|c| ids[c.n]).collect();
        let mut tx = world.app.db.read(world.ws).await.unwrap();
        let found: Vec<i64> = segment_sql::sample(&mut tx, world.ws, &both, 0, 100).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(found, expected);
        assert!(!expected.is_empty());
        let nobody = CompiledAudience::targeted(&[], &[]);
        assert_eq!(segment_sql::count(&mut tx, world.ws, &nobody).await.unwrap(), 0);
    }
}
