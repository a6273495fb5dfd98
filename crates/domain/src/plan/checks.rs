//! What has to be right between the nodes of a plan.

use std::collections::{HashMap, HashSet};

use super::event::Event;
use super::model::{Action, ActionKind, Node, Plan, Transition};
use super::read::Draft;
use crate::job::fields::Found;
use crate::job::graph::{Waiting, cycle};
use crate::template::suggest::nearest;

/// Ids, targets, ways in and ways out.
pub(super) fn graph(start: &str, nodes: &[Draft], found: &Found) {
    if nodes.is_empty() {
        return;
    }
    let ids: HashSet<&str> = nodes.iter().map(|node| node.id.as_str()).filter(|id| !id.is_empty()).collect();
    let hint =
        |wrong: &str| nearest(wrong, ids.iter().copied()).map_or_else(String::new, |id| format!(" Did you mean {id}?"));
    let mut seen = HashSet::new();
    for node in nodes.iter().filter(|node| !node.id.is_empty() && !seen.insert(node.id.as_str())) {
        let message = format!("Another node is called {}: each needs an id of its own.", node.id);
        found.refuse::<()>(format!("{}.id", node.path), "duplicate", message);
    }
    if !start.is_empty() && !ids.contains(start) {
        let message = format!("There is no node {start}.{}", hint(start));
        found.refuse::<()>("startNodeId", "missing_node", message);
    }
    for node in nodes {
        for (at, transition) in node.transitions.iter().enumerate() {
            if !transition.to.is_empty() && !ids.contains(transition.to.as_str()) {
                let message = format!("There is no node {}.{}", transition.to, hint(&transition.to));
                found.refuse::<()>(format!("{}.transitions[{at}].to", node.path), "missing_node", message);
            }
        }
        of_action(node, found);
    }
    ways(start, nodes, &ids, found);
}

/// Whether a node's transitions fit to what it does.
fn of_action(node: &Draft, found: &Found) {
    let Some(kind) = node.kind else { return };
    let has = |event: &Event| node.transitions.iter().any(|transition| transition.on == *event);
    let path = format!("{}.transitions", node.path);
    if kind == ActionKind::Stop && !node.transitions.is_empty() {
        found.refuse::<()>(&path, "contradiction", "Nobody goes on from a stop: leave its transitions out.");
    }
    if kind == ActionKind::Branch {
        for event in [Event::Yes, Event::No].iter().filter(|event| !has(event)) {
            found.refuse::<()>(&path, "required", format!("Write where it goes on {event}."));
        }
    }
    let mut seen = HashSet::new();
    for (at, transition) in node.transitions.iter().enumerate() {
        let event = &transition.on;
        let is_out_of_place = match event {
            Event::Yes | Event::No => kind != ActionKind::Branch,
            Event::NotSent => kind != ActionKind::Send,
            Event::Done => kind == ActionKind::Branch,
            _ => kind == ActionKind::Branch,
        };
        let path = format!("{path}[{at}].on");
        if kind != ActionKind::Stop && is_out_of_place {
            found.refuse::<()>(&path, "contradiction", format!("{event} does not happen at a node that is a {kind}."));
        }
        // With `within`, the same event may lead elsewhere later.
        let key = (event, transition.within, transition.after);
        if !event.as_str().is_empty() && !seen.insert(key) {
            found.refuse::<()>(&path, "duplicate", format!("The transition on {event} stands here twice."));
        }
    }
}

/// Nobody may be unable to come to a node, or to leave the plan from it.
fn ways(start: &str, nodes: &[Draft], ids: &HashSet<&str>, found: &Found) {
    let index: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).rev().collect();
    let next: Vec<Vec<usize>> = nodes
        .iter()
        .map(|node| node.transitions.iter().filter_map(|t| index.get(t.to.as_str()).copied()).collect())
        .collect();
    if ids.contains(start) {
        let reached = reach([index[start]], &next);
        for node in
            nodes.iter().enumerate().filter(|(at, node)| !reached[*at] && !node.id.is_empty()).map(|(_, node)| node)
        {
            found.refuse::<()>(
                &node.path,
                "unreachable",
                format!("Nobody comes to {}: no way leads there from the start.", node.id),
            );
        }
    }
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (from, targets) in next.iter().enumerate() {
        targets.iter().for_each(|to| before[*to].push(from));
    }
    // A target that is missing is named as such; the way may well end there.
    let is_open = |node: &Draft| node.transitions.iter().any(|t| !index.contains_key(t.to.as_str()));
    let is_end = |node: &Draft| node.transitions.is_empty() || node.kind == Some(ActionKind::Stop) || is_open(node);
    let ends = reach(nodes.iter().enumerate().filter(|(_, node)| is_end(node)).map(|(at, _)| at), &before);
    for node in nodes.iter().enumerate().filter(|(at, _)| !ends[*at]).map(|(_, node)| node) {
        let message = format!("There is no way out from {}: lead to a stop, or to a node that leads nowhere.", node.id);
        found.refuse::<()>(&node.path, "no_exit", message);
    }
}

fn reach(from: impl IntoIterator<Item = usize>, next: &[Vec<usize>]) -> Vec<bool> {
    let mut is_reached = vec![false; next.len()];
    let mut left: Vec<usize> = from.into_iter().collect();
    while let Some(at) = left.pop() {
        if !std::mem::replace(&mut is_reached[at], true) {
            left.extend(&next[at]);
        }
    }
    is_reached
}

/// What takes time, and what never happens; of a plan that is right otherwise.
pub(super) fn time(plan: &Plan, found: &Found) {
    for (at, node) in plan.nodes.iter().enumerate() {
        let path = format!("nodes[{at}]");
        let has_done = node.on(&Event::Done).is_some();
        if node.action == Action::Wait && node.schedule.is_at_once() && has_done {
            found.refuse::<()>(
                format!("{path}.schedule"),
                "required",
                "Write how long to wait: { \"delay\": \"P3D\" }.",
            );
        } else if node.action == Action::Wait
            && !node.schedule.is_at_once()
            && !has_done
            && !node.transitions.is_empty()
        {
            let message = "The end of the wait leads nowhere: add a transition on done, or leave schedule out.";
            found.refuse::<()>(format!("{path}.schedule"), "contradiction", message);
        } else if node.action == Action::Stop && !node.schedule.is_at_once() {
            found.refuse::<()>(
                format!("{path}.schedule"),
                "contradiction",
                "A stop has nothing to wait for: leave schedule out.",
            );
        }
    }
    without_message(plan, found);
    // Round and round without a message only waiting takes time …
    refuse_circle(plan, found, |node, transition| !is_send(node) && !lasts(node, transition));
    // … and with one, what becomes of it as well.
    refuse_circle(plan, found, |node, transition| !lasts(node, transition) && !takes_a_person_or_time(&transition.on));
}

fn is_send(node: &Node) -> bool {
    matches!(node.action, Action::Send(_))
}

/// Whether a contact has to wait before it goes this way, whatever has happened to its message.
fn lasts(node: &Node, transition: &Transition) -> bool {
    let is_by_events = node.action == Action::Wait && transition.on != Event::Done;
    matches!(transition.on, Event::Custom(_)) || (!node.schedule.is_at_once() && !is_by_events)
}

/// Whether somebody does it to a message, or it has not been done for long enough.
fn takes_a_person_or_time(event: &Event) -> bool {
    use Event as E;
    event.is_timeout() || matches!(event, E::Opened | E::Clicked | E::Replied | E::Unsubscribed | E::Converted)
}

fn refuse_circle(plan: &Plan, found: &Found, is_at_once: impl Fn(&Node, &Transition) -> bool) {
    if found.len() > 0 {
        return;
    }
    let nodes: Vec<Waiting<'_>> = plan
        .nodes
        .iter()
        .map(|node| Waiting {
            name: &node.id,
            waits_for: node.transitions.iter().filter(|t| is_at_once(node, t)).map(|t| t.to.as_str()).collect(),
        })
        .collect();
    if let Some(way) = cycle(&nodes) {
        let at = plan.nodes.iter().position(|node| way.first() == Some(&node.id.as_str())).unwrap_or_default();
        let message = format!("This goes round without taking any time: {}. Put a wait in between.", way.join(" → "));
        found.refuse::<()>(format!("nodes[{at}]"), "endless", message);
    }
}

/// What is about a message never happens where none was sent on any way.
fn without_message(plan: &Plan, found: &Found) {
    let index: HashMap<&str, usize> = plan.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    let next: Vec<Vec<usize>> = plan
        .nodes
        .iter()
        .map(|node| node.transitions.iter().filter_map(|t| index.get(t.to.as_str()).copied()).collect())
        .collect();
    let with = reach(plan.nodes.iter().enumerate().filter(|(_, node)| is_send(node)).map(|(at, _)| at), &next);
    for (at, node) in plan.nodes.iter().enumerate().filter(|(at, _)| !with[*at]) {
        for (place, transition) in node.transitions.iter().enumerate() {
            if transition.on.is_of_message() || transition.on.is_timeout() {
                let message = format!("{} is of a message, and none is sent on the way to {}.", transition.on, node.id);
                found.refuse::<()>(format!("nodes[{at}].transitions[{place}].on"), "never", message);
            }
        }
    }
}
