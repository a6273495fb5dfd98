//! What the demo found, as a table while it goes or as JSON at its end.

use std::time::Instant;

use serde_json::{Value, json};

/// The steps done so far.
pub(super) struct Report {
    engine: &'static str,
    /// Whether each line is printed when it is known.
    prints: bool,
    begun: Instant,
    steps: Vec<Step>,
}

struct Step {
    name: &'static str,
    begun: Instant,
    checks: Vec<Check>,
}

struct Check {
    what: String,
    expected: Value,
    found: Value,
}

impl Check {
    fn holds(&self) -> bool {
        self.expected == self.found
    }
}

impl Report {
    pub(super) fn new(engine: &'static str, prints: bool) -> Self {
        Self { engine, prints, begun: now(), steps: Vec::new() }
    }

    /// The next step of the job begins.
    pub(super) fn step(&mut self, name: &'static str) {
        self.steps.push(Step { name, begun: now(), checks: Vec::new() });
        if self.prints {
            println!("\n{:>2}. {name}", self.steps.len());
        }
    }

    /// Compares what was found with what must be there.
    pub(super) fn check(&mut self, what: impl Into<String>, found: impl Into<Value>, expected: impl Into<Value>) {
        let check = Check { what: what.into(), expected: expected.into(), found: found.into() };
        if self.prints {
            let verdict =
                if check.holds() { String::from("ok") } else { format!("FAILED, expected {}", check.expected) };
            println!("    {:<58}{:>14}  {verdict}", check.what, text(&check.found));
        }
        if let Some(step) = self.steps.last_mut() {
            step.checks.push(check);
        }
    }

    /// Something that has to be so.
    pub(super) fn holds(&mut self, what: impl Into<String>, found: bool) {
        self.check(what, found, true);
    }

    /// The job could not go on.
    pub(super) fn fail(&mut self, why: &str) {
        self.check(why, false, true);
    }

    pub(super) fn failures(&self) -> usize {
        self.steps.iter().flat_map(|step| &step.checks).filter(|check| !check.holds()).count()
    }

    pub(super) fn json(&self) -> Value {
        let steps: Vec<_> = self
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| {
                let end = self.steps.get(at + 1).map_or_else(now, |next| next.begun);
                let checks: Vec<_> = step
                    .checks
                    .iter()
                    .map(|c| json!({"what": c.what, "expected": c.expected, "found": c.found, "ok": c.holds()}))
                    .collect();
                json!({
                    "step": at + 1, "name": step.name, "ok": step.checks.iter().all(Check::holds),
                    "seconds": (end - step.begun).as_secs_f64(), "checks": checks,
                })
            })
            .collect();
        json!({
            "engine": self.engine, "ok": self.failures() == 0, "failures": self.failures(),
            "seconds": self.begun.elapsed().as_secs_f64(), "steps": steps,
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[allow(clippy::disallowed_methods, reason = "how long a step really took, for the report alone")]
fn now() -> Instant {
    Instant::now()
}
