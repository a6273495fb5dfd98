//! The job files in `docs/jobs.md` can be read, and show every kind of step.

use std::collections::BTreeSet;

use muster_domain::job::file::JobFile;

#[test]
fn the_files_of_the_page_are_job_files() {
    let page = include_str!("../../../docs/jobs.md");
    let files: Vec<JobFile> = page
        .split("```json\n")
        .skip(1)
        .map(|rest| {
            let text = rest.split("```").next().unwrap();
            JobFile::read(text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
        })
        .collect();
    let steps = files.iter().flat_map(|file| &file.jobs).flat_map(|job| &job.steps);
    let kinds: BTreeSet<&str> = steps.map(|step| step.step_type.as_str()).collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    for word in ["manual", "cron", "interval", "event_driven", "dependency_based"] {
        assert!(page.contains(&format!("| `{word}` |")), "{word}");
    }
}
