//! The routing table: which class of reply becomes a card in which queue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::disposition::Disposition;
use crate::card::Priority;

/// What happens with a reply of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    pub disposition: Disposition,
    /// The card to make; none means that the reply is logged only.
    pub card: Option<CardRoute>,
    /// The sender is suppressed (for a bounce: when it is a hard one).
    #[serde(default)]
    pub suppress: bool,
    /// The message is tried again after the writer is back.
    #[serde(default)]
    pub retry: bool,
}

/// The card that a route makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardRoute {
    pub queue: String,
    pub priority: Priority,
    /// Title of the card; `{name}` is the contact's name.
    pub title: String,
    /// Draft of an answer; `{name}`, `{first_name}`, `{campaign}` and `{summary}` are filled in.
    #[serde(default)]
    pub draft: Option<String>,
    /// Minutes from the reply until the first answer is late.
    pub first_answer_minutes: i64,
}

/// One route for each class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RoutingTable(Vec<Route>);

/// Why a routing table is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    #[error("{0} has no route")]
    Missing(&'static str),
    #[error("{0} has two routes")]
    Twice(&'static str),
    #[error("the card for {0} needs a queue of at most 64 letters, digits and _")]
    Queue(&'static str),
    #[error("the card for {0} needs a title of at most 200 characters")]
    Title(&'static str),
    #[error("the draft for {0} may have at most 4000 characters")]
    Draft(&'static str),
    #[error("the first answer for {0} must be due within 1 minute to 30 days")]
    Target(&'static str),
    #[error("messages go again only to people who are away, so {0} cannot ask for it")]
    Retry(&'static str),
    #[error("opt-outs must suppress the sender and make no card")]
    OptOut,
}

/// What fills the placeholders of titles and drafts.
#[derive(Debug, Clone, Copy)]
pub struct Fill<'a> {
    pub name: &'a str,
    pub first_name: &'a str,
    pub campaign: &'a str,
    pub summary: &'a str,
}

impl RoutingTable {
    /// Checks that there is exactly one sound route for each class.
    ///
    /// # Errors
    /// The first thing that is wrong with the table.
    pub fn new(routes: Vec<Route>) -> Result<Self, RoutingError> {
        for class in Disposition::ALL.iter().copied() {
            match routes.iter().filter(|r| r.disposition == class).count() {
                0 => return Err(RoutingError::Missing(class.as_str())),
                1 => {}
                _ => return Err(RoutingError::Twice(class.as_str())),
            }
        }
        routes.iter().try_for_each(check)?;
        Ok(Self(routes))
    }

    /// The routes, one for each class.
    pub fn routes(&self) -> &[Route] {
        &self.0
    }

    /// The route of a class.
    pub fn route(&self, class: Disposition) -> Option<&Route> {
        self.0.iter().find(|r| r.disposition == class)
    }

    /// Minutes until the first answer of a queue is late: the shortest of its routes.
    pub fn first_answer_minutes(&self, queue: &str) -> Option<i64> {
        self.0.iter().filter_map(|r| r.card.as_ref()).filter(|c| c.queue == queue).map(|c| c.first_answer_minutes).min()
    }
}

fn check(route: &Route) -> Result<(), RoutingError> {
    let name = route.disposition.as_str();
    if route.disposition == Disposition::Unsubscribe && (!route.suppress || route.card.is_some()) {
        return Err(RoutingError::OptOut);
    }
    if route.retry && route.disposition != Disposition::OutOfOffice {
        return Err(RoutingError::Retry(name));
    }
    let Some(card) = &route.card else { return Ok(()) };
    let queue_ok = !card.queue.is_empty()
        && card.queue.len() <= 64
        && card.queue.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !queue_ok {
        return Err(RoutingError::Queue(name));
    }
    if card.title.trim().is_empty() || card.title.chars().count() > 200 {
        return Err(RoutingError::Title(name));
    }
    if card.draft.as_ref().is_some_and(|d| d.chars().count() > 4_000) {
        return Err(RoutingError::Draft(name));
    }
    if !(1..=43_200).contains(&card.first_answer_minutes) {
        return Err(RoutingError::Target(name));
    }
    Ok(())
}

impl Default for RoutingTable {
    fn default() -> Self {
        use Disposition as D;
        let card = |disposition, queue: &str, priority, title: &str, draft: Option<&str>, minutes| Route {
            disposition,
            card: Some(CardRoute {
                queue: queue.to_owned(),
                priority,
                title: title.to_owned(),
                draft: draft.map(str::to_owned),
                first_answer_minutes: minutes,
            }),
            suppress: false,
            retry: false,
        };
        let log = |disposition, suppress, retry| Route { disposition, card: None, suppress, retry };
        Self(vec![
            card(D::Interested, "sales", Priority::High, "Schedule call with {name} - expressed interest", None, 60),
            card(
                D::NeedsMoreInfo,
                "account_manager",
                Priority::Medium,
                "Follow up with {name} - more info requested",
                Some(FOLLOW_UP_DRAFT),
                240,
            ),
            card(D::NoActiveProfile, "sales_admin", Priority::High, "Onboard {name} - no active profile", None, 120),
            card(
                D::EscalateUnclear,
                "sales_manager",
                Priority::Medium,
                "Review reply from {name} - unclear",
                None,
                240,
            ),
            log(D::NotInterested, false, false),
            log(D::OutOfOffice, false, true),
            log(D::Unsubscribe, true, false),
            log(D::Bounce, true, false),
        ])
    }
}

const FOLLOW_UP_DRAFT: &str = "Hi {first_name},\n\nThank you for your reply to \"{campaign}\". You asked: \"{summary}\"\n\n\
    I will send you the details today. Is there a good time to call you if anything is left open?\n\nKind regards";

/// Fills the placeholders; an unknown one stays as it is written. Values are put in once: braces
/// inside a value (a customer may have typed them) are not looked at again.
pub fn fill(template: &str, with: &Fill<'_>) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = [
            ("{name}", with.name),
            ("{first_name}", with.first_name),
            ("{campaign}", with.campaign),
            ("{summary}", with.summary),
        ];
        match known.iter().find(|(mark, _)| rest.starts_with(mark)) {
            Some((mark, value)) => {
                out.push_str(value);
                rest = &rest[mark.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The description of a card.
pub fn description(summary: &str) -> String {
    format!("Contact responded: {summary}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(class: Disposition, name: &str) -> String {
        let table = RoutingTable::default();
        let card = table.route(class).unwrap().card.clone().unwrap();
        fill(&card.title, &Fill { name, first_name: "", campaign: "", summary: "" })
    }

    #[test]
    fn the_titles_are_those_of_the_contract() {
        assert_eq!(filled(Disposition::Interested, "John Smith"), "Schedule call with John Smith - expressed interest");
        assert_eq!(filled(Disposition::NeedsMoreInfo, "Jane Doe"), "Follow up with Jane Doe - more info requested");
    }

    #[test]
    fn the_default_table_says_what_the_contract_says() {
        let table = RoutingTable::default();
        assert_eq!(RoutingTable::new(table.routes().to_vec()), Ok(table.clone()));
        for (class, queue, priority) in [
            (Disposition::Interested, "sales", Priority::High),
            (Disposition::NeedsMoreInfo, "account_manager", Priority::Medium),
            (Disposition::NoActiveProfile, "sales_admin", Priority::High),
            (Disposition::EscalateUnclear, "sales_manager", Priority::Medium),
        ] {
            let card = table.route(class).unwrap().card.as_ref().unwrap();
            assert_eq!((card.queue.as_str(), card.priority), (queue, priority));
        }
        for class in
            [Disposition::NotInterested, Disposition::OutOfOffice, Disposition::Unsubscribe, Disposition::Bounce]
        {
            assert_eq!(table.route(class).unwrap().card, None);
        }
        assert!(table.route(Disposition::OutOfOffice).unwrap().retry);
        assert!(table.route(Disposition::Unsubscribe).unwrap().suppress);
        assert_eq!(table.first_answer_minutes("sales"), Some(60));
    }

    #[test]
    fn a_bad_table_is_refused() {
        let mut routes = RoutingTable::default().routes().to_vec();
        routes[6].suppress = false;
        assert_eq!(RoutingTable::new(routes.clone()), Err(RoutingError::OptOut));
        routes.pop();
        assert_eq!(RoutingTable::new(routes), Err(RoutingError::Missing("BOUNCE")));
    }

    #[test]
    fn values_are_put_in_once() {
        let with = Fill { name: "{summary}", first_name: "Jo", campaign: "Q1", summary: "secret" };
        assert_eq!(fill("{name} {first_name} {other} {", &with), "{summary} Jo {other} {");
    }
}
