//! Cycles, named in order: a job or a step may not wait for itself, however long the way round.
//!
//! Own code and not petgraph: its `toposort` names one member of a cycle and its components name them without order; a
//! person who has to break a cycle needs the way round, and that is the walk itself.

use std::collections::HashMap;

/// Something that waits, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<'a> {
    pub name: &'a str,
    pub waits_for: Vec<&'a str>,
}

/// The first cycle found, in the order in which one waits for the other, closed: `a`, `b`, `c`, `a`. Names that nothing
/// is known of wait for nothing.
pub fn cycle<'a>(nodes: &[Waiting<'a>]) -> Option<Vec<&'a str>> {
    let index: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.name, at)).collect();
    let edges: Vec<Vec<usize>> =
        nodes.iter().map(|n| n.waits_for.iter().filter_map(|name| index.get(name).copied()).collect()).collect();
    let mut is_done = vec![false; nodes.len()];
    for start in 0..nodes.len() {
        if let Some(way) = walk(start, &edges, &mut is_done) {
            return Some(way.into_iter().map(|at| nodes[at].name).collect());
        }
    }
    None
}

/// Depth first with a stack of its own: a chain may be longer than the stack of a thread.
fn walk(start: usize, edges: &[Vec<usize>], is_done: &mut [bool]) -> Option<Vec<usize>> {
    let mut way: Vec<(usize, usize)> = vec![(start, 0)];
    let mut is_on_way = vec![false; edges.len()];
    is_on_way[start] = !is_done[start];
    while let Some((at, next)) = way.last_mut() {
        let at = *at;
        let step = if is_done[at] { None } else { edges[at].get(*next).copied() };
        *next += 1;
        match step {
            Some(to) if is_on_way[to] => {
                let from = way.iter().position(|(on, _)| *on == to).unwrap_or(0);
                return Some(way[from..].iter().map(|(on, _)| *on).chain([to]).collect());
            }
            Some(to) if !is_done[to] => {
                is_on_way[to] = true;
                way.push((to, 0));
            }
            Some(_) => {}
            None => {
                is_done[at] = true;
                is_on_way[at] = false;
                way.pop();
            }
        }
    }
    None
}

/// `a → b → c → a`.
pub fn written(cycle: &[&str]) -> String {
    cycle.join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes<'a>(edges: &[(&'a str, &[&'a str])]) -> Vec<Waiting<'a>> {
        edges.iter().map(|(name, to)| Waiting { name, waits_for: to.to_vec() }).collect()
    }

    #[test]
    fn a_cycle_is_named_in_order() {
        let found =
            cycle(&nodes(&[("x", &["a"]), ("a", &["d", "b"]), ("b", &["c"]), ("c", &["a"]), ("d", &[])])).unwrap();
        assert_eq!(written(&found), "a → b → c → a");
        assert_eq!(cycle(&nodes(&[("a", &["a"])])).unwrap(), ["a", "a"]);
        assert_eq!(cycle(&nodes(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &["unknown"])])), None);
    }

    #[test]
    fn a_long_chain_is_walked_without_recursion() {
        let names: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
        let chain: Vec<_> = names.windows(2).map(|w| Waiting { name: &w[0], waits_for: vec![&w[1]] }).collect();
        assert_eq!(cycle(&chain), None);
    }

    proptest! {
        #[test]
        fn a_cycle_is_found_exactly_when_no_order_exists(edges in proptest::collection::vec((0usize..8, 0usize..8), 0..16)) {
            let names: Vec<String> = (0..8).map(|n| n.to_string()).collect();
            let nodes: Vec<_> = (0..8).map(|at| Waiting {
                name: &names[at],
                waits_for: edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| names[*to].as_str()).collect(),
            }).collect();
            // Kahn: take away what waits for nothing that is left.
            let mut left: Vec<usize> = (0..8).collect();
            while let Some(free) = left.iter().position(|at| edges.iter().all(|(f, t)| f != at || !left.contains(t))) {
                left.remove(free);
            }
            let found = cycle(&nodes);
            prop_assert_eq!(found.is_some(), !left.is_empty());
            if let Some(way) = found {
                prop_assert!(way.len() > 1 && way.first() == way.last());
                for pair in way.windows(2) {
                    prop_assert!(edges.contains(&(pair[0].parse().unwrap(), pair[1].parse().unwrap())));
                }
            }
        }
    }
}
