//! The seeds of the fuzz targets about jobs and plans, among them what the targets once found, hold.

use std::path::Path;

#[path = "../../../fuzz/checks/jobs.rs"]
mod checks;
#[path = "../../../fuzz/checks/plans.rs"]
mod plans;

fn holds(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let seeds: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(seeds.len() > 3, "{target} has seeds");
    for seed in seeds {
        println!("{}", seed.display());
        check(&std::fs::read(seed).unwrap());
    }
}

#[test]
fn job_files() {
    holds("job_file", checks::job_file);
}

#[test]
fn conditions() {
    holds("condition", checks::condition);
}

#[test]
fn cron_expressions() {
    holds("cron", checks::cron);
}

#[test]
fn references() {
    holds("references", checks::references);
}

#[test]
fn webhooks() {
    holds("webhook", checks::webhook);
}

#[test]
fn campaign_plans() {
    holds("plan", plans::plan);
}
