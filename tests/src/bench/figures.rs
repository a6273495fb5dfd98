//! `target/bench.json`: every figure with the floor that was measured beside it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    /// `sqlite`, `postgres`, or nothing where there is no database.
    pub engine: Option<String>,
    /// The median.
    pub value: f64,
    pub unit: String,
    /// What it is compared with, measured by turns with it; the median.
    pub floor: Option<f64>,
    /// Median of the ratios of runs that stood side by side.
    pub ratio: Option<f64>,
}

impl Figure {
    /// A figure from runs by turns: each with the floor that was measured beside it.
    pub fn beside(name: &str, engine: Option<&str>, unit: &str, runs: &[(f64, f64)]) -> Self {
        let values: Vec<f64> = runs.iter().map(|(value, _)| *value).collect();
        let floors: Vec<f64> = runs.iter().map(|(_, floor)| *floor).collect();
        let ratios: Vec<f64> = runs.iter().map(|(value, floor)| value / floor).collect();
        Self {
            name: name.to_owned(),
            engine: engine.map(str::to_owned),
            value: median(&values),
            unit: unit.to_owned(),
            floor: Some(median(&floors)),
            ratio: Some(median(&ratios)),
        }
    }

    /// A figure that stands by itself.
    pub fn alone(name: &str, engine: Option<&str>, unit: &str, runs: &[f64]) -> Self {
        Self {
            name: name.to_owned(),
            engine: engine.map(str::to_owned),
            value: median(runs),
            unit: unit.to_owned(),
            floor: None,
            ratio: None,
        }
    }
}

/// The middle one.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints figures.
pub fn print(figures: &[Figure]) {
    for figure in figures {
        let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("  {ratio:.2} × floor"));
        let engine = figure.engine.as_deref().unwrap_or("-");
        println!("{:<28}{engine:<10}{:>12.1} {:<14}{ratio}", figure.name, figure.value, figure.unit);
    }
}

/// Prints figures and puts them in `target/bench.json`, in place of those of the same name and engine.
pub fn publish(figures: Vec<Figure>) {
    print(&figures);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/bench.json");
    let known = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Vec<Figure>>(&text).ok());
    let mut all = known.unwrap_or_default();
    for figure in figures {
        all.retain(|other| (&other.name, &other.engine) != (&figure.name, &figure.engine));
        all.push(figure);
    }
    let text = serde_json::to_string_pretty(&all).expect("figures");
    std::fs::write(&path, text + "\n").expect("target/bench.json can be written");
}
