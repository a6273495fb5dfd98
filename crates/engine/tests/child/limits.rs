//! Every limit, reached by a script that goes on for ever unless it is stopped.

use std::time::Duration;

use muster_engine::child::{How, Limit};

use crate::stage::{ended, node, python, shell};

const SOON: Duration = Duration::from_millis(300);

#[tokio::test]
async fn child_that_sleeps_too_long_is_stopped() {
    let mut script = shell("sleep 600");
    script.limits.wall_clock = SOON;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.seen.how), (Some(Limit::WallClock), How::Signal(15)));
    assert_eq!(end.to_string(), "The script was stopped at its limit: running time.");
    assert!(end.seen.wall >= SOON && !end.succeeded());
}

#[tokio::test]
async fn child_that_ignores_being_asked_is_killed() {
    let mut script = shell("trap '' TERM INT HUP; while :; do sleep 600; done");
    script.limits.wall_clock = SOON;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.seen.how), (Some(Limit::WallClock), How::Signal(9)));
    assert!(end.seen.wall >= SOON + script.limits.grace);
}

#[tokio::test]
async fn child_that_stands_still_is_woken_to_hear_that_it_is_asked() {
    let mut script = shell("kill -STOP $$; exit 0");
    script.limits.wall_clock = SOON;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.seen.how), (Some(Limit::WallClock), How::Signal(15)));
}

#[tokio::test]
async fn child_that_closes_its_streams_and_lives_on_is_watched() {
    let mut script = shell("echo before; exec >&- 2>&- </dev/null; sleep 600");
    script.limits.wall_clock = SOON;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.stdout.first.as_str()), (Some(Limit::WallClock), "before\n"));
    let end = ended(&shell("exec >&- 2>&-; exit 4")).await;
    assert_eq!(end.seen.how, How::Exit(4));
}

#[tokio::test]
async fn child_that_burns_processor_time_is_stopped() {
    let mut script = shell("while :; do :; done");
    script.limits.cpu = SOON;
    let end = ended(&script).await;
    assert_eq!(end.seen.limit, Some(Limit::Cpu));
    assert!(end.seen.cpu >= SOON && end.seen.cpu < SOON * 10, "{:?}", end.seen);
}

#[tokio::test]
async fn child_processor_time_of_short_lived_processes_counts() {
    // Each one is far below the limit, and gone before the next begins.
    let mut script = shell("while :; do sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done'; done");
    script.limits.cpu = SOON * 2;
    let end = ended(&script).await;
    assert_eq!(end.seen.limit, Some(Limit::Cpu), "{:?}", end.seen);
}

#[tokio::test]
async fn child_that_takes_too_much_memory_is_killed() {
    let mut script =
        node("const all = []; while (all.length < 200) all.push(Buffer.alloc(10 << 20, 1)); console.log('all');");
    script.limits.memory_bytes = 300 << 20;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.seen.how), (Some(Limit::Memory), How::Signal(9)), "{:?}", end.seen);
    assert!(end.seen.peak_memory_bytes > 300 << 20 && end.stdout.first.is_empty());
}

#[tokio::test]
async fn child_memory_of_all_processes_counts_together() {
    // Half a limit each; the second is what is too much.
    let one = "node -e 'globalThis.all = Buffer.alloc(130 << 20, 1); console.log(1); setTimeout(() => 0, 600000)' &";
    let mut script = shell(&format!("{one} {one} wait"));
    script.limits.memory_bytes = 250 << 20;
    let end = ended(&script).await;
    assert_eq!(end.seen.limit, Some(Limit::Memory), "{:?}", end.seen);
}

#[tokio::test]
async fn child_memory_that_processes_share_counts_once() {
    // Nine times 100 MB, if it were counted nine times; the parent works for many looks while all are there.
    let mut script = python(
        "import os, time\nblock = b'x' * (100 << 20)\ndone = os.pipe()\n\
         for _ in range(8):\n    if os.fork() == 0:\n        os.read(done[0], 1)\n        os._exit(0)\n\
         began = time.process_time()\nwhile time.process_time() < began + 0.4: pass\n\
         os.write(done[1], b'.' * 8)\nfor _ in range(8): os.wait()\n",
    );
    script.limits.memory_bytes = 300 << 20;
    let end = ended(&script).await;
    assert!(end.succeeded(), "{end} {:?} {}", end.seen, end.stderr);
    assert!(end.seen.peak_processes >= 9);
}

/// Twice as many at every level, 4095 in the end when nobody stops it, so that the machine outlives a failure of this test.
const BOMB: &str = "bomb() { [ $1 -gt 0 ] || exec sleep 60; bomb $(($1-1)) & bomb $(($1-1)) & wait; }; bomb 11";

#[tokio::test]
async fn child_that_forks_and_forks_is_killed() {
    let mut script = shell(BOMB);
    script.limits.processes = 32;
    let end = ended(&script).await;
    assert_eq!(end.seen.limit, Some(Limit::Processes), "{:?}", end.seen);
}

#[tokio::test]
async fn child_that_forks_away_from_its_parents_is_killed() {
    // No parent waits, everybody has a session of his own, and nobody can be asked.
    let mut script = shell(
        "trap '' TERM; export N=${N:-10}; [ $N -gt 0 ] || exec sleep 60; N=$((N-1))\n\
         setsid sh $0 & setsid sh $0 & sleep 60",
    );
    script.limits.processes = 32;
    let end = ended(&script).await;
    assert_eq!(end.seen.limit, Some(Limit::Processes), "{:?}", end.seen);
}

#[tokio::test]
async fn child_may_not_open_more_files_nor_write_larger_ones() {
    let mut script =
        node("const fs = require('fs'); try { for (;;) fs.openSync('/dev/null') } catch (e) { console.log(e.code) }");
    script.limits.open_files = 64;
    assert_eq!(ended(&script).await.stdout.first, "EMFILE\n");

    let mut script = shell("exec head -c 3000000 /dev/zero > $TMPDIR/large");
    script.limits.file_bytes = 1 << 20;
    let end = ended(&script).await;
    assert_eq!((end.seen.limit, end.seen.how), (Some(Limit::FileSize), How::Signal(25)));
}
