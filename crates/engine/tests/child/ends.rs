//! Whatever ends a script, or Muster, nothing of it is left.

use std::path::PathBuf;
use std::process::Stdio;

use muster_engine::child::{ChildError, How};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::stage::{MARK, alive, all_gone, ended, new_mark, result, shell, start};

#[tokio::test]
async fn child_cancelled_may_end_in_its_own_way() {
    let script = shell("trap 'echo tidied; exit 7' TERM; sleep 600 & echo ready; wait");
    let mut running = start(&script);
    assert_eq!(running.line().await, "ready");
    running.cancel.cancel();
    let end = running.ended().await;
    assert_eq!((end.seen.how, end.seen.limit), (How::Exit(7), None));
    assert!(end.seen.cancelled && !end.succeeded());
    assert_eq!(end.stdout.first, "ready\ntidied\n");
    assert_eq!(end.to_string(), "The script was cancelled.");
}

#[tokio::test]
async fn child_left_behind_in_another_session_is_ended() {
    let end = ended(&shell("setsid sh -c 'setsid sleep 600 & sleep 600' & sleep 600 & exit 0")).await;
    assert!(end.succeeded(), "{end}");
    assert!(end.seen.left_behind >= 1, "{:?}", end.seen);
    assert_eq!(end.seen.survivors, 0);
}

#[tokio::test]
async fn child_without_its_environment_is_found_all_the_same() {
    // It cannot be found by the mark any more; its number is what is looked for.
    let end = ended(&shell("env -i setsid sleep 600 & echo $!; exit 0")).await;
    let pid = end.stdout.first.trim();
    assert!(!pid.is_empty() && !PathBuf::from(format!("/proc/{pid}")).exists());
}

#[tokio::test]
async fn child_that_kills_its_keeper_goes_with_it() {
    let error = result(&shell("setsid sleep 600 & kill -KILL $PPID; sleep 600")).await.unwrap_err();
    assert!(matches!(error, ChildError::Lost), "{error}");
}

#[tokio::test]
async fn child_ends_with_a_caller_that_is_dropped_or_panics() {
    for ends in [end_by_abort, end_by_panic] {
        let script = shell("echo $MUSTER_STEP_FOLDER; setsid sleep 600 & sleep 600");
        let folder = ends(&script).await;
        all_gone(&script.environment[MARK]).await;
        assert!(!folder.exists());
    }
}

type Folder = std::pin::Pin<Box<dyn Future<Output = PathBuf>>>;

fn end_by_abort(script: &muster_engine::child::Script) -> Folder {
    let mut running = start(script);
    Box::pin(async move {
        let folder = running.line().await;
        running.task.abort();
        assert!(running.task.await.unwrap_err().is_cancelled());
        folder.into()
    })
}

fn end_by_panic(script: &muster_engine::child::Script) -> Folder {
    let script = script.clone();
    Box::pin(async move {
        let (said, heard) = tokio::sync::oneshot::channel();
        let caller = tokio::spawn(async move {
            let (sender, mut lines) = tokio::sync::mpsc::channel::<muster_engine::child::Line>(10);
            let (host, cancel) = (crate::stage::host(), tokio_util::sync::CancellationToken::new());
            let run = muster_engine::child::run(&host, &script, sender, &cancel);
            let panic = async {
                said.send(lines.recv().await.unwrap().text).unwrap();
                panic!("as intended by the test");
            };
            let (_, ()) = tokio::join!(run, panic);
        });
        let folder = heard.await.unwrap();
        assert!(caller.await.unwrap_err().is_panic());
        folder.into()
    })
}

#[tokio::test]
async fn child_ends_when_the_program_that_runs_it_is_killed() {
    let mark = new_mark();
    let one = "sh -c 'echo $MUSTER_STEP_FOLDER; exec sleep 600' &";
    let mut program = Command::new(env!("CARGO_BIN_EXE_muster-step-keeper"))
        .arg(format!("export {MARK}={mark}; {one} setsid {one} wait"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let folder = lines.next_line().await.unwrap().unwrap();
    lines.next_line().await.unwrap().unwrap();
    assert_eq!(alive(&mark).len(), 2);
    program.kill().await.unwrap();
    all_gone(&mark).await;
    // The last thing that the keeper does.
    let folder = PathBuf::from(folder);
    let look = async {
        let mut between = tokio::time::interval(std::time::Duration::from_millis(10));
        while folder.exists() {
            between.tick().await;
        }
    };
    tokio::time::timeout(crate::stage::PATIENCE, look).await.expect("the folder is removed");
}
