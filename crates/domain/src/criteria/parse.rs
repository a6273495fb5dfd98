//! JSON → criteria. Never panics, whatever comes; every refusal names the path of what is wrong.

use serde_json::{Map, Value, json};

use super::behaviour::{self, BehaviourKind};
use super::field::{AttributeField, Field, FieldKind, snake};
use super::operator::Operator;
use super::refusal::{Refusals, join};
use super::tree::{Condition, Criteria, Group, Logic, Node};
use super::{MAX_CONDITIONS, MAX_DEPTH, short, values};
use crate::problem::Problem;

/// Reads and checks criteria. `attributes` are the custom attributes of the workspace.
///
/// # Errors
/// Everything that is wrong, each with its path: `conditions[1].value`.
pub fn parse(criteria: &Value, attributes: &[AttributeField]) -> Result<Criteria, Vec<Problem>> {
    let mut out = Refusals::default();
    let parsed = whole(criteria, attributes, &mut out);
    match parsed {
        Some(parsed) if out.is_empty() => Ok(parsed),
        _ => Err(out.into_problems()),
    }
}

fn whole(criteria: &Value, attributes: &[AttributeField], out: &mut Refusals) -> Option<Criteria> {
    let empty = Map::new();
    let map = match criteria {
        Value::Object(map) => map,
        Value::Null => &empty,
        _ => return out.refuse("", "wrong_type", "Criteria are an object: {\"logic\": \"AND\", \"conditions\": […]}."),
    };
    let is_short = short::is_short(map);
    let expanded = if is_short { Some(short::expand(map, attributes, out)?) } else { None };
    let (map, keys) = expanded.as_ref().map_or((map, &[][..]), |(map, keys)| (map, keys.as_slice()));
    let mut parser = Parser { attributes, keys, conditions: 0, out };
    let include_inactive = parser.flag(map, "include_inactive");
    let include_opted_out = parser.flag(map, "include_opted_out");
    let (root, mut canonical) = parser.top(map)?;
    for (name, is_on) in [("include_inactive", include_inactive), ("include_opted_out", include_opted_out)] {
        if is_on && let Value::Object(map) = &mut canonical {
            map.insert(name.into(), json!(true));
        }
    }
    Some(Criteria { root, include_inactive, include_opted_out, canonical })
}

struct Parser<'a> {
    attributes: &'a [AttributeField],
    /// Where the conditions of a short filter came from.
    keys: &'a [String],
    conditions: usize,
    out: &'a mut Refusals,
}

impl Parser<'_> {
    fn flag(&mut self, map: &Map<String, Value>, name: &str) -> bool {
        match map.iter().find(|(key, _)| snake(key) == name).map(|(_, value)| value) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is_on)) => *is_on,
            Some(_) => self.out.refuse::<bool>(name, "wrong_type", "Write true or false.").is_some(),
        }
    }

    fn top(&mut self, map: &Map<String, Value>) -> Option<(Group, Value)> {
        if map.contains_key("field") || map.get("not").is_some_and(Value::is_object) {
            let (node, canonical) = self.node(map, "", 1)?;
            return Some((
                Group { logic: Logic::All, is_negated: false, nodes: vec![node] },
                json!({ "logic": "AND", "conditions": [canonical] }),
            ));
        }
        self.group(map, "", 1)
    }

    fn node(&mut self, map: &Map<String, Value>, path: &str, depth: usize) -> Option<(Node, Value)> {
        if depth > MAX_DEPTH {
            return self.out.refuse(path, "too_deep", format!("Groups can be nested {MAX_DEPTH} deep at most."));
        }
        match map.get("not") {
            Some(Value::Object(inner)) => {
                if let Some(key) = map.keys().find(|key| *key != "not") {
                    return self.out.refuse(
                        &join(path, key),
                        "unknown_key",
                        "Beside \"not\" with something inside, nothing else can stand.",
                    );
                }
                let (node, canonical) = self.node(inner, &join(path, "not"), depth + 1)?;
                Some((
                    Node::Group(Group { logic: Logic::None, is_negated: false, nodes: vec![node] }),
                    json!({ "logic": "NOT", "conditions": [canonical] }),
                ))
            }
            _ if map.contains_key("conditions") || map.contains_key("logic") => {
                let (group, canonical) = self.group(map, path, depth)?;
                Some((Node::Group(group), canonical))
            }
            _ => self.leaf(map, path),
        }
    }

    fn negation(&mut self, map: &Map<String, Value>, path: &str) -> Option<bool> {
        match map.get("not") {
            None | Some(Value::Null) => Some(false),
            Some(Value::Bool(is_negated)) => Some(*is_negated),
            Some(_) => self.out.refuse(
                &join(path, "not"),
                "wrong_type",
                "Write true, false, or a condition or group to turn round.",
            ),
        }
    }

    fn group(&mut self, map: &Map<String, Value>, path: &str, depth: usize) -> Option<(Group, Value)> {
        let mut known = vec!["logic", "conditions", "not"];
        if path.is_empty() {
            known.extend(["include_inactive", "include_opted_out"]);
        }
        self.refuse_others(map, path, &known)?;
        let is_negated = self.negation(map, path)?;
        let logic = self.logic(map, path);
        let items = match map.get("conditions") {
            Some(Value::Array(items)) => items.as_slice(),
            None | Some(Value::Null) if path.is_empty() => &[],
            _ => {
                return self.out.refuse(
                    &join(path, "conditions"),
                    "wrong_type",
                    "Write a list of conditions and groups here.",
                );
            }
        };
        if items.is_empty() && !path.is_empty() {
            return self.out.refuse(path, "empty_group", "This group has no conditions: add one or remove the group.");
        }
        let mut nodes = Vec::with_capacity(items.len().min(MAX_CONDITIONS));
        let mut written = Vec::with_capacity(items.len().min(MAX_CONDITIONS));
        for (i, item) in items.iter().enumerate() {
            let place = self.place(path, i);
            let parsed = match item {
                Value::Object(inner) => self.node(inner, &place, depth + 1),
                _ => self.out.refuse(
                    &place,
                    "wrong_type",
                    "A condition is an object: {\"field\": …, \"operator\": …, \"value\": …}.",
                ),
            };
            if self.conditions > MAX_CONDITIONS {
                return self.out.refuse(
                    &place,
                    "too_many",
                    format!("A segment has {MAX_CONDITIONS} conditions at most."),
                );
            }
            if let Some((node, canonical)) = parsed {
                nodes.push(node);
                written.push(canonical);
            }
        }
        let logic = logic?;
        let word = match logic {
            Logic::All => "AND",
            Logic::Any => "OR",
            Logic::None => "NOT",
        };
        let mut canonical = json!({ "logic": word, "conditions": written });
        if is_negated {
            canonical["not"] = json!(true);
        }
        Some((Group { logic, is_negated, nodes }, canonical))
    }

    /// Where condition i stands; in a short filter, its key.
    fn place(&self, path: &str, i: usize) -> String {
        match self.keys.get(i) {
            Some(key) if path.is_empty() => key.clone(),
            _ => join(path, &format!("conditions[{i}]")),
        }
    }

    fn logic(&mut self, map: &Map<String, Value>, path: &str) -> Option<Logic> {
        match map.get("logic") {
            None | Some(Value::Null) => Some(Logic::All),
            Some(Value::String(word)) if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("all") => {
                Some(Logic::All)
            }
            Some(Value::String(word)) if word.eq_ignore_ascii_case("or") || word.eq_ignore_ascii_case("any") => {
                Some(Logic::Any)
            }
            Some(Value::String(word)) if word.eq_ignore_ascii_case("not") || word.eq_ignore_ascii_case("none") => {
                Some(Logic::None)
            }
            Some(_) => self.out.refuse(&join(path, "logic"), "bad_value", "logic is \"AND\", \"OR\" or \"NOT\"."),
        }
    }

    fn refuse_others(&mut self, map: &Map<String, Value>, path: &str, known: &[&str]) -> Option<()> {
        match map.keys().find(|key| !known.contains(&snake(key).as_str())) {
            Some(key) => self.out.refuse(
                &join(path, key),
                "unknown_key",
                format!("\"{key}\" is not known here: use {}.", known.join(", ")),
            ),
            None => Some(()),
        }
    }

    fn leaf(&mut self, map: &Map<String, Value>, path: &str) -> Option<(Node, Value)> {
        self.conditions += 1;
        self.refuse_others(map, path, &["field", "operator", "value", "not"])?;
        let is_negated = self.negation(map, path)?;
        let Some(Value::String(name)) = map.get("field") else {
            return self.out.refuse(&join(path, "field"), "wrong_type", "Write the name of a field here.");
        };
        let operator = match map.get("operator") {
            Some(Value::String(word)) => match word.parse::<Operator>() {
                Ok(operator) => operator,
                Err(e) => return self.out.refuse(&join(path, "operator"), "wrong_operator", e.to_string()),
            },
            _ => {
                return self.out.refuse(
                    &join(path, "operator"),
                    "wrong_type",
                    "Write an operator here, such as equals.",
                );
            }
        };
        let (node, mut canonical) = self.statement(name, operator, map.get("value"), path)?;
        if !is_negated {
            return Some((node, canonical));
        }
        canonical["not"] = json!(true);
        Some((Node::Group(Group { logic: Logic::None, is_negated: false, nodes: vec![node] }), canonical))
    }

    fn statement(
        &mut self,
        name: &str,
        operator: Operator,
        value: Option<&Value>,
        path: &str,
    ) -> Option<(Node, Value)> {
        let is_deed = BehaviourKind::ALL.iter().any(|kind| kind.as_str() == name);
        if let Some(field) = Field::find(name, self.attributes).filter(|_| !is_deed) {
            self.fits(field.kind(), operator, field.name(), path)?;
            let test = values::test(&field, operator, value, path, self.out)?;
            // A custom attribute that is called like a built-in field keeps its long name.
            let name = if name.starts_with("attributes.") { name } else { field.name() };
            let mut canonical = json!({ "field": name, "operator": operator });
            if !operator.takes_no_value() {
                canonical["value"] = value.cloned().unwrap_or_default();
            }
            return Some((Node::Condition(Condition { field, test }), canonical));
        }
        let Ok(kind) = snake(name).parse::<BehaviourKind>() else {
            return self.out.refuse(
                &join(path, "field"),
                "unknown_field",
                format!("There is no field \"{}\".", shortened(name)),
            );
        };
        if !operator.takes_no_value() {
            self.fits(FieldKind::Behaviour, operator, kind.as_str(), path)?;
        }
        let (behaviour, value) = behaviour::parse(kind, operator, value, path, self.out)?;
        let operator = if behaviour.is_negated { Operator::DidNot } else { Operator::Did };
        Some((Node::Behaviour(behaviour), json!({ "field": kind, "operator": operator, "value": value })))
    }

    fn fits(&mut self, kind: FieldKind, operator: Operator, name: &str, path: &str) -> Option<()> {
        if kind.operators().contains(&operator) {
            return Some(());
        }
        let possible = kind.operators().iter().map(|o| o.as_str()).collect::<Vec<_>>().join(", ");
        self.out.refuse(
            &join(path, "operator"),
            "wrong_operator",
            format!("{operator} does not fit {name}: use {possible}."),
        )
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}
