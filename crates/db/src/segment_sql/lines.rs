//! What each line of a segment does to its size, for the builder.

use muster_domain::clock::Millis;
use muster_domain::criteria::{Criteria, Group, Logic, Node};
use muster_domain::workspace::WorkspaceId;

use super::audience::{CompiledAudience, Pieces};
use super::predicate::Writer;
use crate::Engine;

/// Lines counted at most.
const MAX_LINES: usize = 40;

/// A condition or group, and whom it leaves.
#[derive(Debug, Clone)]
pub struct Line {
    /// Positions from the top: `[2, 0]` is the first line of the third group.
    pub path: Vec<usize>,
    pub audience: CompiledAudience,
}

/// For each line, who matches it and what stands before it: inside "all of", the lines above; inside "any of" and "none of", only what
/// stands before the group.
pub fn lines(engine: Engine, ws: WorkspaceId, criteria: &Criteria, now: Millis) -> Vec<Line> {
    let mut walk = Walk { engine, ws, now, lines: Vec::new() };
    walk.group(&criteria.root, &[], &[]);
    walk.lines
}

struct Walk {
    engine: Engine,
    ws: WorkspaceId,
    now: Millis,
    lines: Vec<Line>,
}

impl Walk {
    fn group(&mut self, group: &Group, path: &[usize], before: &[&CompiledAudience]) {
        let nodes: Vec<CompiledAudience> = group.nodes.iter().map(|node| self.alone(node)).collect();
        for (i, node) in group.nodes.iter().enumerate() {
            if self.lines.len() >= MAX_LINES {
                return;
            }
            let mut context = before.to_vec();
            if group.logic == Logic::All && !group.is_negated {
                context.extend(&nodes[..i]);
            }
            let mut path = path.to_vec();
            path.push(i);
            let mut parts = context.clone();
            parts.push(&nodes[i]);
            self.lines.push(Line { path: path.clone(), audience: CompiledAudience::all(&parts) });
            if let Node::Group(inner) = node {
                self.group(inner, &path, &context);
            }
        }
    }

    fn alone(&self, node: &Node) -> CompiledAudience {
        let mut out = Pieces::new(self.engine);
        Writer { out: &mut out, ws: self.ws, now: self.now }.node(node, false);
        out.finish()
    }
}
