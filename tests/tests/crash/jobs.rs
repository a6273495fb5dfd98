//! Nodes of a team die or stand still while they run a job whose steps are scripts. Its lease is waited for as it is.

use std::path::{Path, PathBuf};

use muster_tests::process::{Cluster, Home, Proxy, Server, until};
use serde_json::{Value, json};

use crate::team::Rows;

const NODES: usize = 3;

/// What every step does: it writes into a book that it begins, with the id of its process, and ends once it is let go.
const WORK: &str = r#"
say() { echo "$STEP $1 $$" >> "$FOLDER/book"; }
say begins
until [ -e "$FOLDER/go-$$" ]; do sleep 0.05; done
say ends
"#;

/// Somebody has taken over so soon after the end of a lease, in milliseconds. It takes one second; a busy machine has more.
const TAKEN_WITHIN: i64 = 30_000;

#[test]
fn others_go_on_with_a_job_whose_node_was_killed() {
    let mut crew = Crew::at_work();
    let node = crew.holder();
    crew.servers.remove(node).kill();
    until("what it had at work ends with it", || !MIDDLE.iter().any(|step| crew.is_alive(step, 0)));
    crew.is_taken_over_from(node);
    crew.let_go("again", 1);
    crew.let_go("beside", 1);
    crew.let_go("last", 0);
    crew.ended_well(&[
        ("first", 1, &["success"]),
        ("again", 1, &["failure", "success"]),
        ("beside", 1, &["failure", "success"]),
        ("once", 0, &["failure"]),
        ("last", 1, &["success"]),
    ]);
}

#[test]
fn a_node_that_stood_still_in_a_job_and_wakes_up_late_changes_nothing() {
    let crew = Crew::at_work();
    let node = crew.holder();
    crew.servers[node].pause();
    // Scripts are processes of their own: these end while nobody listens.
    crew.let_go("again", 0);
    crew.let_go("once", 0);
    until("they end", || crew.ends("again") + crew.ends("once") == 2);
    crew.is_taken_over_from(node);

    // It hears of two that have ended, and has one at work: its writes are refused, and then it stops that one.
    let before = crew.kept();
    crew.servers[node].go_on();
    until("the late node stops what it has at work", || !crew.is_alive("beside", 0));
    assert_eq!(crew.kept(), before, "what the late node has to say is not kept");
    assert_ne!(crew.holder(), node);

    crew.let_go("again", 1);
    crew.let_go("beside", 1);
    crew.let_go("last", 0);
    crew.ended_well(&[
        ("first", 1, &["success"]),
        ("again", 2, &["failure", "success"]),
        ("beside", 1, &["failure", "success"]),
        // It did its work, but nobody knows: that is no reason to do it again.
        ("once", 1, &["failure"]),
        ("last", 1, &["success"]),
    ]);
}

#[test]
fn a_run_that_was_taken_without_an_answer_begins_when_the_database_is_back() {
    let cluster = Cluster::start();
    let proxy = Proxy::to(cluster.port);
    let dir = tempfile::tempdir().unwrap();
    let past_the_proxy = Home::init(dir.path(), Some(&cluster.url()));
    let node = past_the_proxy.another(&dir.path().join("node"), &cluster.url_through(proxy.address.port()));
    let (server, rows) = (node.serve(), Rows::open(&cluster.url()));
    rows.script("UPDATE jobs SET status = 'paused' WHERE is_built_in");
    let step = json!({ "step_order": 1, "step_code": "once", "step_type": "shell_script", "step_action": "echo here" });
    server.post("/api/v1/jobs", json!({ "definition": { "code": "once", "steps": [step] } }));

    // Only the taking of an execution says this. Its step may not run twice.
    proxy.lose_commit_and_cut_with("\"status\":\"running\"");
    past_the_proxy.run_job("once");
    until("the answer is lost", || proxy.lost() == 1);
    // Nobody has looked up the lease when it ends, and the node has given up a first time.
    let is_late = "SELECT COUNT(*) FROM job_executions WHERE lease_expires_at + 5000 < EXTRACT(EPOCH FROM clock_timestamp()) * 1000";
    until("its lease has long ended", || rows.number(is_late) == 1);
    proxy.heal();

    until("it ends", || rows.number("SELECT COUNT(*) FROM job_executions WHERE execution_status <> 'running'") == 1);
    let tries = "SELECT COUNT(*) FROM job_step_executions t JOIN job_executions e ON e.id = t.execution_id
                 WHERE t.attempt = 1 AND t.status = 'success' AND e.execution_status = 'success'";
    assert_eq!((rows.number(tries), rows.number("SELECT COUNT(*) FROM job_step_executions")), (1, 1));
}

/// Steps that run side by side; the last of them may not run twice.
const MIDDLE: [&str; 3] = ["again", "beside", "once"];

/// Three nodes on one PostgreSQL, one of which runs a job.
struct Crew {
    servers: Vec<Server>,
    homes: Vec<Home>,
    rows: Rows,
    folder: PathBuf,
    job: String,
    execution: String,
    _cluster: Cluster,
    _dir: tempfile::TempDir,
}

impl Crew {
    /// The first step is done, and those in the middle have begun.
    fn at_work() -> Self {
        let cluster = Cluster::start();
        let dir = tempfile::tempdir().unwrap();
        let first = Home::init(dir.path(), Some(&cluster.url()));
        let others = (1..NODES).map(|n| first.another(&dir.path().join(n.to_string()), &cluster.url()));
        let homes: Vec<Home> = std::iter::once(first.clone()).chain(others).collect();
        let servers: Vec<Server> = homes.iter().map(Home::serve).collect();
        let id = |answer: &Value| answer["id"].as_str().expect("an id").to_owned();
        let job = id(&servers[0].post("/api/v1/jobs", json!({ "definition": definition(dir.path()) })));
        let execution = id(&servers[0].post(&format!("/api/v1/jobs/{job}/run"), json!({ "parameters": {} })));
        let (rows, folder) = (Rows::open(&cluster.url()), dir.path().to_owned());
        let crew = Self { servers, homes, rows, folder, job, execution, _cluster: cluster, _dir: dir };
        crew.let_go("first", 0);
        until("those in the middle begin", || MIDDLE.iter().all(|step| crew.begun(step).len() == 1));
        crew
    }

    /// Lines of a step in the book, as pairs of a word and a process.
    fn book(&self, step: &str) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.folder.join("book")).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.strip_prefix(step)?.trim_start().split_once(' '));
        lines.map(|(word, process)| (word.to_owned(), process.to_owned())).collect()
    }

    /// The processes that began a step.
    fn begun(&self, step: &str) -> Vec<String> {
        self.book(step).into_iter().filter(|(word, _)| word == "begins").map(|(_, process)| process).collect()
    }

    /// How often a step came to its end.
    fn ends(&self, step: &str) -> usize {
        self.book(step).iter().filter(|(word, _)| word == "ends").count()
    }

    /// Whether the process of a try, counted from 0, is still there.
    fn is_alive(&self, step: &str, number: usize) -> bool {
        Path::new("/proc").join(&self.begun(step)[number]).exists()
    }

    /// Lets a try, counted from 0, come to its end.
    fn let_go(&self, step: &str, number: usize) {
        until(&format!("try {number} of {step} begins"), || self.begun(step).len() > number);
        std::fs::write(self.folder.join(format!("go-{}", self.begun(step)[number])), "").unwrap();
    }

    fn number(&self, what: &str) -> i64 {
        self.rows.number(&format!("SELECT {what} FROM job_executions e WHERE e.id = '{}'", self.execution))
    }

    /// The node that holds the lease.
    fn holder(&self) -> usize {
        let holds = |home: &Home| self.number(&format!("(e.worker_node_id = '{}')::int::bigint", home.node())) == 1;
        self.homes.iter().position(holds).expect("a node")
    }

    /// Everything that is kept of what the steps did.
    fn kept(&self) -> i64 {
        self.number(
            "hashtext(e.execution_status || e.workflow::text || e.lease_token::text ||
               (SELECT string_agg(t::text, ' ' ORDER BY t.id) FROM job_step_executions t WHERE t.execution_id = e.id))::bigint",
        )
    }

    /// Waits until another node has begun the steps again that may run twice, and no earlier and not much later than the
    /// lease ended.
    #[track_caller]
    fn is_taken_over_from(&self, node: usize) {
        let end = self.number("e.lease_expires_at");
        let is_over = format!("(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 >= {end})::int::bigint");
        until("the lease ends", || self.number(&is_over) == 1);
        until("it is taken over", || ["again", "beside"].iter().all(|step| self.begun(step).len() == 2));
        assert_ne!(self.holder(), node);
        let begun =
            "(SELECT MIN(t.started_at) FROM job_step_executions t WHERE t.execution_id = e.id AND t.attempt = 2)";
        let late = self.number(begun) - end;
        assert!((0..TAKEN_WITHIN).contains(&late), "taken over {late} ms after the lease ended");
    }

    /// Fails unless the execution ends well, is the only one of its job, and every step ran as often as is known: how often
    /// it came to its end, and the ends of its tries as every node tells them.
    #[track_caller]
    fn ended_well(&self, steps: &[(&str, usize, &[&str])]) {
        until("it ends", || self.number("(e.execution_status = 'running')::int::bigint") == 0);
        let of_job = format!("SELECT COUNT(*) FROM job_executions WHERE job_id = '{}'", self.job);
        assert_eq!(self.rows.number(&of_job), 1, "there is no second execution");
        for server in &self.servers {
            let told = server.get(&format!("/api/v1/executions/{}", self.execution));
            assert_eq!(told["executionStatus"], "success", "{told:#}");
            for (place, (step, ends, tries)) in steps.iter().enumerate() {
                let row = &told["steps"][place];
                let of_tries = row["tries"].as_array().expect("tries").iter();
                let statuses: Vec<&str> = of_tries.filter_map(|one| one["status"].as_str()).collect();
                assert_eq!((row["stepCode"].as_str(), &*statuses), (Some(*step), *tries), "{told:#}");
                assert_eq!((self.begun(step).len(), self.ends(step)), (tries.len(), *ends), "{step}");
            }
        }
    }
}

/// One step, three side by side of which one may not run twice, and one more.
fn definition(folder: &Path) -> Value {
    let step = |place: usize, code: &str, more: Value| {
        let mut step = json!({
            "step_order": place, "step_code": code, "step_type": "shell_script",
            "step_action": { "script": WORK, "environment": { "STEP": code, "FOLDER": folder } },
        });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        step
    };
    let side_by_side = |mut more: Value| {
        more["is_parallel"] = json!(true);
        more["parallel_group_id"] = json!(1);
        more
    };
    json!({ "code": "crew", "steps": [
        step(1, "first", json!({})),
        step(2, "again", side_by_side(json!({ "is_repeatable": true }))),
        step(3, "beside", side_by_side(json!({ "is_repeatable": true }))),
        step(4, "once", side_by_side(json!({ "is_critical": false, "on_failure_action": "continue" }))),
        step(5, "last", json!({})),
    ] })
}
