//! Which steps a step waits for: its place and its dependencies together.
//!
//! - A step that is not parallel waits for every step before it: lower `step_order`, or the same and listed earlier.
//! - A parallel step waits for the steps in `depends_on_step_codes`. Where it names none, it waits for every step of a
//!   lower `step_order` but those of its own `parallel_group_id`.
//! - Both wait for what they name. Nobody waits for an inactive step.
//!
//! So without a word about it the steps run one after the other, a group runs side by side, and parallel steps with
//! dependencies make any graph one likes.

use std::collections::HashMap;

use super::fields::{Found, join};
use super::graph::{Waiting, cycle, written};
use super::reference::step_name;
use super::step::Step;
use crate::template::suggest::nearest;

/// For each step the places in the list of those that it waits for, ascending; none for an inactive step.
pub fn waits_for(steps: &[Step]) -> Vec<Vec<usize>> {
    let places: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, s)| (s.step_code.as_str(), at)).collect();
    let is_before = |before: usize, at: usize| {
        let (earlier, step) = (&steps[before], &steps[at]);
        if !step.is_parallel {
            return (earlier.step_order, before) < (step.step_order, at);
        }
        let same_group = step.parallel_group_id.is_some() && step.parallel_group_id == earlier.parallel_group_id;
        step.depends_on_step_codes.is_empty() && earlier.step_order < step.step_order && !same_group
    };
    let waits = |at: usize| -> Vec<usize> {
        let named: Vec<usize> =
            steps[at].depends_on_step_codes.iter().filter_map(|code| places.get(code.as_str()).copied()).collect();
        (0..steps.len()).filter(|on| steps[*on].is_active && (named.contains(on) || is_before(*on, at))).collect()
    };
    (0..steps.len()).map(|at| if steps[at].is_active { waits(at) } else { Vec::new() }).collect()
}

/// For each step whether another one has surely ended when it starts: what it may take values from.
pub(super) fn ended_before(steps: &[Step], at: usize, waits: &[Vec<usize>]) -> Vec<bool> {
    let mut is_before = vec![false; steps.len()];
    let mut left = waits[at].clone();
    while let Some(before) = left.pop() {
        if !std::mem::replace(&mut is_before[before], true) {
            left.extend(&waits[before]);
        }
    }
    is_before
}

/// The steps in an order in which they may run. Empty for steps that wait in a circle.
pub fn order(steps: &[Step]) -> Vec<usize> {
    let waits = waits_for(steps);
    let mut order: Vec<usize> = Vec::with_capacity(steps.len());
    let mut is_placed = vec![false; steps.len()];
    for _ in steps {
        let free = |at: &usize| !is_placed[*at] && waits[*at].iter().all(|on| is_placed[*on]);
        match (0..steps.len()).filter(free).min_by_key(|at| (steps[*at].step_order, *at)) {
            Some(at) => {
                is_placed[at] = true;
                order.push(at);
            }
            None => return Vec::new(),
        }
    }
    order
}

/// What is wrong with the steps together.
pub(super) fn check(steps: &[Step], path: &str, found: &Found) {
    let mut codes: HashMap<String, &str> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        // Later steps see both `a-b` and `a_b` as `a_b`.
        if let Some(other) = codes.insert(step_name(&step.step_code), &step.step_code) {
            found.refuse::<()>(
                format!("{path}[{at}].step_code"),
                "duplicate",
                format!(
                    "There is a step with the code {other} already: codes differ in more than - and _ or capitals."
                ),
            );
        }
    }
    for (at, step) in steps.iter().enumerate() {
        for (n, code) in step.depends_on_step_codes.iter().enumerate() {
            if !steps.iter().any(|other| other.step_code == *code) {
                let hint = nearest(code, steps.iter().map(|s| s.step_code.as_str()))
                    .map_or_else(String::new, |alike| format!(" Did you mean {alike}?"));
                let path = join(&format!("{path}[{at}]"), &format!("depends_on_step_codes[{n}]"));
                found.refuse::<()>(path, "unknown_step", format!("This job has no step {code}.{hint}"));
            }
        }
    }
    let waits = waits_for(steps);
    let nodes: Vec<Waiting<'_>> = steps
        .iter()
        .zip(&waits)
        .map(|(step, on)| Waiting {
            name: step.step_code.as_str(),
            waits_for: on.iter().map(|on| steps[*on].step_code.as_str()).collect(),
        })
        .collect();
    if let Some(way) = cycle(&nodes) {
        found.refuse::<()>(
            path,
            "cycle",
            format!(
                "These steps wait for each other: {}. A step waits for those it names and, unless it is parallel, for those before it.",
                written(&way)
            ),
        );
    }
}
