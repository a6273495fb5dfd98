//! Job files: what is taken, and what people are told about the rest.

use serde_json::{Value, json};

use super::action::{Action, ApiCall, Wait};
use super::definition::JobDefinition;
use super::file::{JobFile, job_cycle};
use super::overlap::OverlapPolicy;
use super::words::*;

/// `path code`, for each problem of a file.
fn problems(value: &Value) -> Vec<String> {
    let told = JobFile::from_json(value).map(|_| ()).err().unwrap_or_default();
    told.into_iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect()
}

fn with(mut value: Value, changes: Value) -> Value {
    value.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    value
}

fn job(changes: Value) -> Value {
    with(json!({ "code": "j" }), changes)
}

fn steps(steps: Vec<Value>) -> Value {
    let numbered = steps.into_iter().enumerate().map(|(at, step)| {
        let base =
            json!({ "step_code": format!("s{at}"), "step_order": at, "step_type": "sql", "step_action": "SELECT 1" });
        with(base, step)
    });
    job(json!({ "steps": numbered.collect::<Vec<_>>() }))
}

fn message(value: &Value) -> String {
    JobFile::from_json(value).unwrap_err().remove(0).message
}

#[test]
fn a_short_job_has_sensible_defaults() {
    let job = JobDefinition::read(&job(json!({ "max_concurrent_executions": 3 }))).unwrap();
    assert_eq!((job.schedule_type, job.timezone.as_str(), job.name.as_str()), (ScheduleType::Manual, "UTC", "j"));
    assert_eq!((job.overlap_policy, job.catch_up_policy), (OverlapPolicy::Allow, CatchUpPolicy::Once));
    assert!(job.notify_on_failure && !job.notify_on_success && job.is_active);
    let one = JobDefinition::read(&json!({ "code": "j", "job_type_id": 4 })).unwrap();
    assert_eq!((one.overlap_policy, one.job_type_id.as_str()), (OverlapPolicy::Queue, "message-delivery"));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let file = json!({ "jobs": [
        { "code": "a b", "schedule_type": "weekly", "priorty": 5, "interval_seconds": 0 },
        { "code": "b", "steps": [{ "step_order": "first", "step_type": "sql", "retry_count": 101 }] },
        { "code": "b", "max_memory_mb": 1 } ],
        "job_dependencies": [{ "job_id": "b", "dependency_type": "conditional", "lookback_days": 0 }], "job": [] });
    assert_eq!(
        problems(&file),
        [
            "job unknown_field",
            "jobs[0].code bad_code",
            "jobs[0].schedule_type unknown_word",
            "jobs[0].interval_seconds out_of_range",
            "jobs[0].priorty unknown_field",
            "jobs[1].steps[0].step_order wrong_type",
            "jobs[1].steps[0].step_code required",
            "jobs[1].steps[0].step_action required",
            "jobs[1].steps[0].retry_count out_of_range",
            "jobs[2].max_memory_mb out_of_range",
            "job_dependencies[0].depends_on_job_id unknown_job",
            "job_dependencies[0].lookback_days out_of_range",
            "job_dependencies[0].execution_condition required",
            "jobs[2].code duplicate",
        ]
    );
    assert_eq!(message(&job(json!({ "stesp": [] }))), "Muster does not know the field stesp. Did you mean steps?");
    let broken = JobFile::read("{\n \"jobs\": [,] }").unwrap_err();
    assert_eq!(broken[0].message, "This is not JSON: line 2, column 11.");
    assert_eq!(JobFile::from_json(&json!([])).unwrap_err()[0].code, "wrong_type");
}

#[test]
fn each_schedule_has_what_it_needs_and_nothing_else() {
    let of = |kind: &str, changes: Value| problems(&job(with(json!({ "schedule_type": kind }), changes)));
    assert_eq!(of("cron", json!({})), ["cron_expression required"]);
    assert_eq!(of("interval", json!({})), ["interval_seconds required"]);
    assert_eq!(of("event_driven", json!({})), ["trigger_event_type required", "trigger_condition required"]);
    assert_eq!(of("dependency_based", json!({})), ["depends_on_jobs required"]);
    let cron = |text: &str, zone: &str| of("cron", json!({ "cron_expression": text, "timezone": zone }));
    assert_eq!(cron("0 8 * * *", "Africa/Nairobi"), Vec::<String>::new());
    assert_eq!(cron("0 25 * * *", "UTC"), ["cron_expression bad_cron"]);
    assert_eq!(cron("0 0 31 2 *", "UTC"), ["cron_expression bad_cron"]);
    assert_eq!(cron("0 8 * * *", "Nairobi"), ["timezone unknown_timezone"]);
    assert_eq!(of("manual", json!({ "cron_expression": "0 8 * * *" })), ["cron_expression contradiction"]);
    assert_eq!(
        of("interval", json!({ "interval_seconds": 60, "trigger_event_type": "webhook" })),
        ["trigger_event_type contradiction"]
    );
    assert_eq!(of("manual", json!({ "cron_expression": null, "interval_seconds": null })), Vec::<String>::new());
    let event = json!({ "trigger_event_type": "event_bus", "trigger_condition": { "campaign_id": 789 } });
    assert_eq!(of("event_driven", event), ["trigger_condition.event no_event"]);
    let skip = json!({ "overlap_policy": "skip", "max_concurrent_executions": 2, "dependency_mode": "any" });
    assert_eq!(of("manual", skip), ["dependency_mode contradiction", "overlap_policy contradiction"]);
    assert_eq!(
        of("manual", json!({ "notification_recipients": ["nobody"] })),
        ["notification_recipients[0] bad_address"]
    );
}

#[test]
fn jobs_that_wait_for_each_other_are_refused_with_the_way_round() {
    let of =
        |code: &str, on: &[&str]| json!({ "code": code, "schedule_type": "dependency_based", "depends_on_jobs": on });
    let file = json!({ "jobs": [of("c", &["a"]), of("a", &["b"]), { "code": "b" }],
        "job_dependencies": [{ "job_id": "b", "depends_on_job_id": "c" }] });
    assert_eq!(message(&file), "These jobs wait for each other: c → a → b → c. Take one of the dependencies away.");
    assert_eq!(problems(&job(json!({ "depends_on_jobs": ["j"] })))[0], "depends_on_jobs cycle");
    assert_eq!(job_cycle(&[("a", "b"), ("b", "c"), ("a", "c")]), None);
    let outside = JobFile::from_json(&json!({ "jobs": [of("a", &["elsewhere", "b"]), { "code": "b" }] })).unwrap();
    assert_eq!((outside.outside(), outside.order()), (vec!["elsewhere"], vec!["b", "a"]));
}

#[test]
fn steps_that_wait_for_each_other_or_for_nobody_are_refused() {
    let circle = steps(vec![json!({ "is_parallel": true, "depends_on_step_codes": ["s1"] }), json!({})]);
    assert!(message(&circle).starts_with("These steps wait for each other: s0 → s1 → s0."), "{}", message(&circle));
    let unknown = steps(vec![json!({ "step_code": "read-it" }), json!({ "depends_on_step_codes": ["raed-it"] })]);
    assert_eq!(message(&unknown), "This job has no step raed-it. Did you mean read-it?");
    let alike = steps(vec![json!({ "step_code": "a-b" }), json!({ "step_code": "a_b" })]);
    assert_eq!(problems(&alike), ["steps[1].step_code duplicate"]);
    let odd = json!({ "on_failure_action": "retry", "parallel_group_id": 1, "expected_row_count_min": 2, "expected_row_count_max": 1 });
    assert_eq!(
        problems(&steps(vec![odd])),
        [
            "steps[0].retry_count required",
            "steps[0].parallel_group_id contradiction",
            "steps[0].expected_row_count_max out_of_range"
        ]
    );
}

#[test]
fn every_name_in_a_step_has_to_come_from_somewhere() {
    let parallel =
        json!({ "is_parallel": true, "parallel_group_id": 1, "step_order": 1, "step_action": "SELECT :s1.rows" });
    let file = with(
        steps(vec![
            json!({ "step_action": "SELECT :campaign_id, :execution_date, :compaign_id" }),
            with(parallel.clone(), json!({ "step_action": "SELECT :s0.rows" })),
            parallel,
            json!({ "parameters": { "a": ":s2.rows", "b": "{{ nowhere }}" }, "post_validation_query": "SELECT :a, :customers" }),
        ]),
        json!({ "parameters": { "campaign_id": { "type": "id" } } }),
    );
    let told: Vec<String> =
        JobFile::from_json(&file).unwrap_err().into_iter().map(|p| format!("{}: {}", p.path, p.message)).collect();
    assert_eq!(
        told,
        [
            "steps[0].step_action: Nothing is called :compaign_id here: declare it in the job's parameters. Did you mean :campaign_id?",
            "steps[2].step_action: The step s1 has not surely ended by then: put it before this one, or name it in depends_on_step_codes.",
            "steps[3].parameters.b: Nothing is called :nowhere here: declare it in the job's parameters.",
            "steps[3].post_validation_query: Nothing is called :customers here: declare it in the job's parameters.",
        ]
    );
    let script = json!({ "script": "echo a[1:n] {{ x }}", "environment": { "A": ":attempt", "B": ":nobody" } });
    let scripts = steps(vec![json!({ "step_type": "shell_script", "step_action": script })]);
    assert_eq!(problems(&scripts), ["steps[0].step_action unknown_parameter"], "a script's text is its own");
    let event = json!({ "schedule_type": "event_driven", "trigger_event_type": "webhook", "trigger_condition": { "event": "x" } });
    let asks = steps(vec![json!({ "step_action": "SELECT :event.order_id" })]);
    assert_eq!(problems(&asks), ["steps[0].step_action unknown_parameter"]);
    assert_eq!(problems(&with(asks, event)), Vec::<String>::new());
}

/// The problems of one step's action, paths below the action.
fn action(kind: &str, action: Value) -> Result<Action, Vec<String>> {
    let value = steps(vec![json!({ "step_type": kind, "step_action": action })]);
    match JobDefinition::read(&value) {
        Ok(mut job) => Ok(job.steps.remove(0).step_action),
        Err(problems) => Err(problems
            .into_iter()
            .map(|p| {
                format!("{} {}", p.path.trim_start_matches("steps[0].step_action").trim_start_matches('.'), p.code)
            })
            .collect()),
    }
}

#[test]
fn every_kind_of_step_reads_back_as_it_was_written() {
    let place = json!({ "type": "local", "path": "exports/{{ execution_date }}.csv" });
    let sftp = json!({ "type": "sftp", "host": "files.example.com", "path": "in", "username": "u", "secret": "key", "host_key": "SHA256:x" });
    for (kind, written) in [
        ("sql", json!("SELECT 1")),
        ("sql", json!({ "sql": "DELETE FROM x", "writes": true })),
        ("stored_proc", json!("reports.refresh_all")),
        ("python_script", json!("print(1)")),
        ("node_js_script", json!({ "script": "1", "environment": { "API_URL": "x" }, "secrets": { "TOKEN": "crm" } })),
        ("shell_script", json!("exit 0")),
        (
            "api_call",
            json!({ "method": "POST", "url": "https://crm.example.com:8443/v1/{{ execution_id }}?a=1", "headers": { "X-A": "1" }, "body": { "id": ":execution_id" }, "auth": { "type": "bearer", "secret": "crm" }, "expected_status": [201], "outputs": { "order": "/data/id" } }),
        ),
        ("file_transfer", json!({ "source": place, "target": sftp, "overwrite": true })),
        (
            "data_validation",
            json!({ "checks": [{ "name": "n", "query": "SELECT 1", "min": 1.0, "weight": 1.0, "is_required": true }], "minimum_score": 0.9 }),
        ),
        (
            "notification",
            json!({ "channel": "email", "recipients": ["a@example.com"], "subject": "s", "message": "m" }),
        ),
        ("wait", json!({ "seconds": 60 })),
        ("wait", json!({ "until": "2026-11-24T10:41:00Z" })),
        ("wait", json!({ "event": "campaign.completed", "condition": "sent > 0" })),
        ("wait", json!({ "query": "SELECT 0 AS n", "condition": "n == 0", "check_every_seconds": 30 })),
    ] {
        assert_eq!(action(kind, written.clone()).map(|action| action.to_json()), Ok(written), "{kind}");
    }
    assert_eq!(action("wait", json!(90)), Ok(Action::Wait(Wait::Seconds { seconds: 90 })));
    let Ok(Action::ApiCall(ApiCall { expected_status, .. })) =
        action("api_call", json!({ "url": "https://a.example", "expected_status": 204 }))
    else {
        panic!("one status may stand alone")
    };
    assert_eq!(expected_status, [204]);
}

#[test]
fn actions_that_cannot_work_or_are_dangerous_are_refused() {
    let refused = |kind, value| action(kind, value).map(|_| ()).unwrap_err();
    assert_eq!(refused("sql", json!("  ")), [" required"]);
    assert_eq!(refused("stored_proc", json!("p(); DROP TABLE x")), [" bad_name"]);
    assert_eq!(
        refused(
            "shell_script",
            json!({ "script": "x", "environment": { "LD_PRELOAD": "y", "A": "1" }, "secrets": { "A": "s" } })
        ),
        ["environment.LD_PRELOAD bad_name", "secrets.A contradiction"]
    );
    for url in [
        "ftp://a.example",
        "https://{{ host }}/",
        "https://user:pw@a.example/",
        "https://",
        "a.example",
        "https://a.example:99999/",
    ] {
        assert_eq!(refused("api_call", json!({ "url": url })), ["url bad_address"], "{url}");
    }
    let call = json!({ "url": "https://a.example", "body": 1, "headers": { "Authorization": "Bearer x", "A": "b\r\nC: d" }, "auth": { "type": "basic", "secret": "s" } });
    assert_eq!(
        refused("api_call", call),
        [
            "auth.username required",
            "headers.A bad_header",
            "headers.Authorization secret_in_text",
            "body contradiction"
        ]
    );
    let local = |path: &str| json!({ "type": "local", "path": path });
    let s3 = json!({ "type": "s3", "path": "k", "bucket": "b", "host": "h" });
    assert_eq!(
        refused("file_transfer", json!({ "source": local("../etc/passwd"), "target": local("/etc/x") })),
        ["source.path outside", "target.path outside"]
    );
    assert_eq!(
        refused("file_transfer", json!({ "source": s3, "target": { "type": "ftp", "host": "h", "path": "p" } })),
        ["source.host contradiction", "source.username required", "source.secret required", "target contradiction"]
    );
    assert_eq!(refused("data_validation", json!({ "checks": [] })), ["checks required"]);
    assert_eq!(
        refused("data_validation", json!({ "checks": [{ "name": "n", "query": "q", "condition": "a >" }] })),
        ["checks[0].condition bad_condition"]
    );
    assert_eq!(refused("notification", json!("email")), ["subject required", "recipients required"]);
    assert_eq!(refused("notification", json!({ "channel": "webhook", "subject": "s" })), ["url bad_address"]);
    assert_eq!(refused("wait", json!({ "seconds": 5, "event": "x" })), [" contradiction"]);
    assert_eq!(refused("wait", json!("soon")), ["until bad_moment"]);
}
