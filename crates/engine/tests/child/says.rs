//! What goes into a script and what comes out of it.

use std::path::Path;
use std::time::Duration;

use muster_engine::child::{ChildError, How, Limits};

use crate::stage::{alive, ended, node, python, result, shell, start};

#[tokio::test]
async fn child_gets_arguments_input_and_folder_and_gives_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let mut script = shell(
        "echo \"$1 in $(pwd)\"; read line; echo \"got $line\"; echo '::output {\"old\": 1}'; echo '::rows 5'\n\
         echo '::output {\"rows\": 5, \"who\": \"Amina\"}'; echo '::rows many'; echo said >&2; echo $MUSTER_STEP_FOLDER",
    );
    script.arguments = vec!["first".into()];
    script.working_folder = Some(folder.path().to_owned());
    script.stdin = Some(b"a letter\n".to_vec());
    let end = ended(&script).await;

    assert!(end.succeeded(), "{end}");
    let said: Vec<&str> = end.stdout.first.lines().collect();
    assert_eq!(said[0], format!("first in {}", folder.path().display()));
    assert_eq!(said[1], "got a letter");
    assert_eq!(serde_json::to_value(end.outputs).unwrap(), serde_json::json!({"rows": 5, "who": "Amina"}));
    assert_eq!((end.rows, end.unreadable_marks), (Some(5), 1));
    assert_eq!(end.stderr.first, "said\n");
    assert_eq!(end.unenforced, []);
    assert!(end.seen.peak_processes >= 1 && end.seen.wall > Duration::ZERO);
    let private = Path::new(said.last().unwrap());
    assert!(private.is_absolute() && !private.exists(), "the private folder is removed");
}

#[tokio::test]
async fn child_node_and_python_run_within_little_memory() {
    let limits = Limits { memory_bytes: 256 << 20, ..Limits::default() };
    let mut script = node("const fs = require('fs'); console.log('::output ' + JSON.stringify({n: 1}))");
    script.limits = limits.clone();
    let end = ended(&script).await;
    assert!(end.succeeded(), "{end}: {}", end.stderr);
    assert_eq!(end.outputs.unwrap()["n"], 1);
    assert!(end.seen.peak_memory_bytes > 10 << 20, "{:?}", end.seen);

    let mut script = python("import json, sys\nprint('::output ' + json.dumps({'n': sys.version_info[0]}))");
    script.limits = limits;
    let end = ended(&script).await;
    assert!(end.succeeded(), "{end}: {}", end.stderr);
    assert_eq!(end.outputs.unwrap()["n"], 3);
}

#[tokio::test]
async fn child_that_fails_says_its_code_and_why() {
    let end = ended(&shell("echo 'no such table' >&2; exit 3")).await;
    assert_eq!(end.seen.how, How::Exit(3));
    assert_eq!(end.stderr.last.len() + end.stderr.first.len(), "no such table\n".len());
    assert_eq!(end.to_string(), "The script failed with exit code 3.");
    let end = ended(&shell("kill -KILL $$")).await;
    assert_eq!((end.seen.how, end.seen.limit), (How::Signal(9), None));
}

#[tokio::test]
async fn child_has_only_the_declared_environment() {
    let mut script = node("console.log(Object.keys(process.env).sort().join(' ')); console.log(process.env.REGION)");
    script.environment.insert("REGION".into(), "Mwanza".into());
    script.environment.insert("MUSTER_STEP_FOLDER".into(), "/".into());
    let end = ended(&script).await;
    assert_eq!(
        end.stdout.first,
        "HOME LANG MUSTER_STEP_FOLDER MUSTER_TEST_MARK PATH PYTHONUNBUFFERED REGION TMPDIR\nMwanza\n"
    );
}

#[tokio::test]
async fn child_secrets_are_neither_shown_nor_passed_on() {
    let mut script = shell(
        "echo \"key is $KEY\"; echo \"$KEY$KEY\" >&2; echo \"::output {\\\"key\\\": \\\"$KEY\\\"}\"; cat /proc/$$/cmdline",
    );
    script.secrets.insert("KEY".into(), "s3cr3t-of-the-team".into());
    assert!(!format!("{script:?}").contains("s3cr3t"));
    let mut running = start(&script);
    let mut said = Vec::new();
    while let Some(line) = running.lines.recv().await {
        said.push(line.text);
    }
    assert!(said.contains(&"key is ***".into()) && said.contains(&"******".into()), "{said:?}");
    assert!(!said.concat().contains("s3cr3t"), "{said:?}");
    let end = running.ended().await;
    assert!(end.succeeded());
    assert_eq!(end.outputs.as_ref().unwrap()["key"], "***");
    assert_eq!(end.stderr.first, "******\n");
    assert!(!format!("{end:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn child_that_writes_100_mb_to_a_reader_that_reads_nothing_succeeds() {
    let mut script = shell("yes 0123456789 | head -c 104857600; echo; echo the end");
    script.limits.kept_output_bytes = 1_000;
    let end = ended(&script).await;
    assert!(end.succeeded(), "{end}");
    assert!(end.stdout.first.starts_with("0123456789\n") && end.stdout.last.ends_with("the end\n"));
    let kept = end.stdout.first.len() + end.stdout.last.len();
    assert!(kept <= 1_000);
    assert_eq!(end.stdout.dropped_bytes as usize, 104_857_600 + "\nthe end\n".len() - kept);
    assert!(end.stdout.to_string().contains("bytes left out"));
}

#[tokio::test]
async fn child_that_cannot_be_started_says_why() {
    let mut script = shell("exit 0");
    script.environment.insert("PATH".into(), "/proc".into());
    let error = result(&script).await.unwrap_err();
    assert!(matches!(error, ChildError::NoInterpreter { .. }), "{error}");
    assert!(error.to_string().starts_with("sh is not installed"), "{error}");

    let mut script = shell("exit 0");
    script.working_folder = Some("/no/such/folder".into());
    assert!(matches!(result(&script).await, Err(ChildError::NoFolder(_))));

    let mut script = shell("exit 0");
    script.environment.insert("A=B".into(), String::new());
    assert!(matches!(result(&script).await, Err(ChildError::Variable { .. })));

    let mut script = shell("exit 0");
    script.stdin = Some(vec![0; (16 << 20) + 1]);
    assert!(matches!(result(&script).await, Err(ChildError::TooLarge { .. })));
}

#[tokio::test]
async fn child_lines_come_while_it_runs() {
    let script = shell("echo ready; sleep 600");
    let mut running = start(&script);
    assert_eq!(running.line().await, "ready");
    assert!(!alive(&script.environment["MUSTER_TEST_MARK"]).is_empty());
    running.cancel.cancel();
    assert!(running.ended().await.seen.cancelled);
}

#[tokio::test]
async fn child_busy_for_a_moment_is_as_busy_as_it_was_then() {
    // Much longer at rest than at work, however much of a processor there is for it.
    let end = ended(&python(
        "import time\nbegan = time.monotonic()\nwhile time.process_time() < 0.4: pass\n\
         time.sleep(2 + 2 * (time.monotonic() - began))\n",
    ))
    .await;
    let average = end.seen.cpu.as_millis() * 100 / end.seen.wall.as_millis();
    let peak = u128::from(end.seen.peak_cpu_percent);
    assert!(peak >= 2 * average && peak <= 150, "{average} % on the whole, {:?}", end.seen);
}
