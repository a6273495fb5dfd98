//! What nodes do beside waiting: messages, questions, fields of customers, cards.

use std::collections::{BTreeMap, HashMap};

use muster_db::attributes::{self, DefinitionRow, NewValue};
use muster_db::plan_contacts::{self, PersonRow};
use muster_db::runs::RunFacts;
use muster_db::{Tx, cards, workspaces};
use muster_domain::card::{CardStatus, Priority};
use muster_domain::customer::AttributeValue;
use muster_domain::job::condition::Condition;
use muster_domain::plan::{Action, CreateCard, Event};
use muster_domain::reply::routing::{Fill, fill};
use serde_json::{Map, Value, json};

use super::walk::Walk;
use crate::{App, AppResult, Ctx, customers};
use muster_db::plan_machine::DueRow;

/// Something that a node does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed<'p> {
    Send,
    Ask(&'p str),
    Update(&'p BTreeMap<String, Value>),
    Card(&'p CreateCard),
    /// Nothing that this version knows how to do: such a plan is not started.
    Nothing,
}

impl<'p> Deed<'p> {
    pub fn of(action: &'p Action) -> Self {
        match action {
            Action::Send(_) => Self::Send,
            Action::Branch { condition } => Self::Ask(condition),
            Action::UpdateCustomer(update) => Self::Update(&update.attributes),
            Action::CreateCard(card) => Self::Card(card),
            Action::Wait | Action::Stop | Action::Webhook(_) => Self::Nothing,
        }
    }
}

/// The deeds of one turn, and what they need to know.
pub(super) struct Acts<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    facts: &'a RunFacts,
    people: HashMap<i64, PersonRow>,
    fields: HashMap<i64, Map<String, Value>>,
    definitions: Vec<DefinitionRow>,
    workspace: Option<workspaces::WorkspaceRow>,
    values: Vec<NewValue>,
    has_cards: bool,
}

impl<'a> Acts<'a> {
    pub fn new(app: &'a App, ctx: &'a Ctx, facts: &'a RunFacts) -> Self {
        Self {
            app,
            ctx,
            facts,
            people: HashMap::new(),
            fields: HashMap::new(),
            definitions: Vec::new(),
            workspace: None,
            values: Vec::new(),
            has_cards: false,
        }
    }

    /// Reads what the deeds of a turn need to know, for all contacts at once.
    pub async fn prepare(&mut self, tx: &mut Tx, due: &[DueRow], walks: &BTreeMap<i64, Walk<'_>>) -> AppResult<()> {
        let ws = self.ctx.ws;
        let nodes: Vec<_> = due
            .iter()
            .filter(|row| row.kind == "action")
            .filter_map(|row| walks.get(&row.contact_id))
            .filter_map(|walk| Some((walk.row.customer_id, &walk.node()?.action)))
            .collect();
        let asks = |action: &Action| matches!(action, Action::Branch { .. });
        let known: Vec<i64> = nodes
            .iter()
            .filter(|(_, action)| asks(action) || matches!(action, Action::CreateCard(_)))
            .map(|(customer, _)| *customer)
            .collect();
        if !known.is_empty() {
            let people = plan_contacts::people(tx, ws, &known).await?;
            self.people = people.into_iter().map(|person| (person.id, person)).collect();
        }
        let asked: Vec<i64> = nodes.iter().filter(|(_, action)| asks(action)).map(|(customer, _)| *customer).collect();
        if !asked.is_empty() {
            for row in attributes::of_customers(tx, ws, &asked).await? {
                if let Some(value) = row.value() {
                    self.fields.entry(row.customer_id).or_default().insert(row.name, json_of(value));
                }
            }
        }
        if !asked.is_empty() || nodes.iter().any(|(_, action)| matches!(action, Action::UpdateCustomer(_))) {
            self.definitions = attributes::definitions(tx, ws).await?;
            self.workspace = Some(workspaces::get(tx, ws).await?);
        }
        Ok(())
    }

    /// Does it. For a message: the number of what it says; it is handed over by the caller.
    pub async fn act(
        &mut self,
        tx: &mut Tx,
        walk: &mut Walk<'_>,
        deed: Deed<'_>,
        offers: &HashMap<(i64, String), i64>,
    ) -> AppResult<Option<i64>> {
        match deed {
            Deed::Send => {
                let key = (walk.row.plan_version, walk.row.current_node_id.clone());
                // Contents are fixed with the version; a node without one could only be skipped by the sending path.
                return Ok(Some(offers.get(&key).copied().unwrap_or(-1)));
            }
            Deed::Ask(condition) => {
                let (event, why) = self.answer(walk, condition);
                walk.was_done(&event, why);
            }
            Deed::Update(given) => {
                let why = self.update(walk.row.customer_id, given);
                walk.was_done(&Event::Done, why);
            }
            Deed::Card(card) => {
                self.card(tx, walk.row.customer_id, card).await?;
                walk.was_done(&Event::Done, None);
            }
            Deed::Nothing => walk.was_done(&Event::Done, Some(String::from("nothing was done: this is not supported"))),
        }
        Ok(None)
    }

    /// Yes or no; a condition without an answer is answered no, and says why.
    fn answer(&self, walk: &Walk<'_>, condition: &str) -> (Event, Option<String>) {
        let mut customer = self.people.get(&walk.row.customer_id).map(PersonRow::fields).unwrap_or_default();
        for definition in &self.definitions {
            customer.entry(definition.name.clone()).or_insert(Value::Null);
        }
        customer.extend(self.fields.get(&walk.row.customer_id).cloned().unwrap_or_default());
        let facts = walk.facts();
        let values = [
            ("customer", Value::Object(customer)),
            ("delivered", facts.delivered.is_some().into()),
            ("opened", facts.opened.is_some().into()),
            ("clicked", facts.clicked.is_some().into()),
            ("replied", facts.replied.is_some().into()),
            ("bounced", facts.bounced.is_some().into()),
            ("unsubscribed", facts.unsubscribed.is_some().into()),
            ("converted", facts.converted.is_some().into()),
        ];
        let values: Map<String, Value> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        match Condition::parse(condition).and_then(|condition| condition.holds(&values)) {
            Ok(true) => (Event::Yes, None),
            Ok(false) => (Event::No, None),
            Err(error) => (Event::No, Some(error.to_string())),
        }
    }

    /// Notes what a customer's fields are from now on; why not, where the workspace does not know them any more.
    fn update(&mut self, customer: i64, given: &BTreeMap<String, Value>) -> Option<String> {
        let workspace = self.workspace.as_ref()?;
        let values = match customers::attribute_values(given, &self.definitions, workspace) {
            Ok(values) => values,
            Err(error) => return Some(error.to_string()),
        };
        for (name, value) in values {
            let definition = self.definitions.iter().find(|definition| definition.name == name);
            let new = definition.and_then(|definition| NewValue::new(definition.id, customer, &value));
            // Once for a customer and field: the last one holds.
            if let Some(new) = new {
                self.values.retain(|old| (old.customer_id, old.attribute_id) != (customer, new.attribute_id));
                self.values.push(new);
            }
        }
        None
    }

    async fn card(&mut self, tx: &mut Tx, customer: i64, card: &CreateCard) -> AppResult<()> {
        let (ws, now, id) = (self.ctx.ws, self.app.now(), self.app.new_id());
        let first_name = self.people.get(&customer).map(|person| person.first_name.clone()).unwrap_or_default();
        let name = self.people.get(&customer).map(PersonRow::name).unwrap_or_default();
        let with = Fill { name: &name, first_name: &first_name, campaign: &self.facts.name, summary: "" };
        let queue = card.queue.as_deref().unwrap_or("sales");
        let new = cards::NewCard {
            id,
            number: cards::next_number(tx, ws).await?,
            campaign_id: Some(self.facts.campaign_id),
            campaign_response_id: None,
            contact_id: Some(customer),
            title: &fill(&card.title, &with),
            description: &fill(card.description.as_deref().unwrap_or_default(), &with),
            queue,
            priority: card.priority.unwrap_or(Priority::Medium),
            position: cards::lane_end(tx, ws, CardStatus::Todo, queue).await?,
            assignee_id: None,
            draft: "",
            due_at: None,
            now,
        };
        cards::insert(tx, ws, &new).await?;
        let data = json!({ "action": "created", "plan": self.facts.campaign_id });
        let body = format!("made by the plan “{}”", self.facts.name);
        crate::replies::history(tx, self.ctx, id, now, &body, data).await?;
        self.has_cards = true;
        Ok(())
    }

    /// Writes what was gathered.
    pub async fn write(&mut self, tx: &mut Tx) -> AppResult<()> {
        if !self.values.is_empty() {
            attributes::put(tx, self.ctx.ws, &std::mem::take(&mut self.values)).await?;
        }
        Ok(())
    }

    /// Tells windows, after the commit.
    pub fn tell(&self) {
        if self.has_cards {
            self.app.live.publish(self.ctx.ws, "board", json!({}));
        }
    }
}

fn json_of(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Text(text) => text.into(),
        AttributeValue::Number(number) => number.into(),
        AttributeValue::Decimal(decimal) => decimal.to_string().parse::<f64>().map_or(Value::Null, Value::from),
        AttributeValue::Bool(yes) => yes.into(),
        AttributeValue::Date(day) => day.to_string().into(),
    }
}
