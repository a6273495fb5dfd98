// What must hold of everything about jobs that others write: the targets try it on whatever they find, the tests on the seeds.

use muster_domain::job::condition::Condition;
use muster_domain::job::file::JobFile;
use muster_domain::job::parameter::resolve;
use muster_domain::job::reference::{fill, fill_text, first_word, in_sql, in_value, statements};
use muster_domain::job::schedule::CronSchedule;
use muster_domain::job::trigger::Trigger;
use serde_json::{Map, Value};

/// A job file, as somebody imports it: refused with reasons, or read and then written so that it reads back as the same.
pub fn job_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match JobFile::read(&text) {
        Ok(file) => {
            let again =
                JobFile::read(&file.write()).unwrap_or_else(|problems| panic!("{problems:?}\n{}", file.write()));
            assert_eq!(again, file);
            let (_, _, order) = (file.links(), file.outside(), file.order());
            assert!(order.len() <= file.jobs.len());
            for job in &file.jobs {
                let _ = (resolve(&job.parameters, &[]), Condition::parse(&job.code));
            }
        }
        Err(problems) => assert!(!problems.is_empty() && problems.iter().all(|problem| !problem.message.is_empty())),
    }
}

/// A condition on the first line, and after it the values that it is asked of.
pub fn condition(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (condition, values) = text.split_once('\n').unwrap_or((&text, "{}"));
    let Ok(condition) = Condition::parse(condition) else { return };
    let _ = condition.names();
    if let Ok(Value::Object(values)) = serde_json::from_str(values) {
        let _ = condition.holds(&values);
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "Africa/Nairobi",
    "Europe/Paris",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
];

/// A zone and a moment in eight bytes, and then a cron expression: what comes next lies ahead, and is found again by looking back.
pub fn cron(bytes: &[u8]) {
    let Some((head, text)) = bytes.split_first_chunk::<8>() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let number = u64::from_le_bytes(*head);
    let zone = ZONES[usize::from(head[7]) % ZONES.len()];
    // 1970 to about 2099.
    let at = i64::try_from(number % 4_080_000_000_000).unwrap_or(0);
    let Ok(schedule) = CronSchedule::parse(text, zone) else { return };
    let mut from = at;
    for _ in 0..3 {
        let Some(next) = schedule.next_after(from) else { return };
        assert!(next > from, "{text} in {zone}: after {from} comes {next}");
        assert_eq!(schedule.last_until(next), Some(next), "{text} in {zone} at {next}");
        from = next;
    }
    if let Some(last) = schedule.last_until(at) {
        assert!(last <= at, "{text} in {zone}: until {at} came {last}");
        let next = schedule.next_after(last).expect("there is one after it");
        assert!(next > at, "{text} in {zone}: {next} lies between {last} and {at}");
    }
}

/// SQL, and texts with places for values: found where they stand, and what is filled in is not looked through again.
pub fn references(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut end = 0;
    for reference in in_sql(&text) {
        assert!(reference.range.start >= end);
        assert_eq!(&text[reference.range.clone()], format!(":{}", reference.name));
        end = reference.range.end;
    }
    let parts = statements(&text);
    for part in &parts {
        assert!(!part.is_empty() && text.contains(part));
        assert_eq!(statements(part), [*part], "a statement is one statement");
        let _ = first_word(part);
    }
    let sly = Value::String(String::from("{{ a }} :a '; --"));
    let scope: Map<String, Value> =
        ["a", "b", "event"].map(|name| (name.to_owned(), sly.clone())).into_iter().collect();
    let filled = fill_text(&text, &scope);
    let names = in_value(&Value::String(text.clone().into_owned()));
    if names.is_empty() {
        assert_eq!(filled, text);
    }
    let value = serde_json::from_slice::<Value>(bytes).unwrap_or(Value::String(text.into_owned()));
    let _ = fill(&value, &scope);
    let _ = in_value(&value);
}

/// A trigger on the first line as a job file has it, and after it what a call of the webhook says.
pub fn webhook(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (trigger, body) = text.split_once('\n').unwrap_or(("{ \"event\": \"order.paid\" }", &text));
    let Ok(body) = serde_json::from_str::<Value>(body) else { return };
    let trigger = serde_json::from_str(trigger).unwrap_or_else(|_| Value::String(trigger.to_owned()));
    let Some(payload) = body.as_object() else { return };
    if let Some(trigger) = Trigger::of(&trigger) {
        let name = trigger.event().unwrap_or("webhook").to_owned();
        let _ = trigger.matches(&name, payload);
    }
    let scope: Map<String, Value> = [(String::from("event"), body.clone())].into_iter().collect();
    let _ = fill_text("{{ event }} {{ event.a }} {{ event.a.b }}", &scope);
}
