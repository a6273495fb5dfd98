//! Watches a script until nothing of it is left.

use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::sys::time::TimeValLike;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::pace::Pace;
use super::tree::{Process, Tree, memory_bytes};
use crate::child::ended::{How, Seen};
use crate::child::limits::{Limit, Limits};

/// Between two looks, but never so short that looking takes more than a tenth of the time.
const PERIOD: Duration = Duration::from_millis(20);

/// How long killed processes may take to go. Longer takes only who hangs in the kernel.
const DYING: Duration = Duration::from_secs(10);

const THREADS_OF_A_PROCESS: u64 = 32;

/// More processes than any limit leaves alive, so that a look while killing is bounded too.
const MOST_TO_KILL: usize = 1 << 17;

/// Looks in a row that still find somebody new; each stops all that it finds.
const MOST_ROUNDS: usize = 1_000;

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Running,
    /// Asked to stop, and killed at the moment.
    Asked(Instant),
    /// Killed at every look, and given up at the moment.
    Killing(Instant),
}

pub(super) struct Watch<'a> {
    limits: &'a Limits,
    socket: &'a UnixStream,
    children: &'a SignalFd,
    tree: Tree,
    script: Pid,
    began: Instant,
    phase: Phase,
    abandoned: bool,
    how: Option<How>,
    pace: Pace,
    seen: Seen,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        limits: &'a Limits,
        socket: &'a UnixStream,
        children: &'a SignalFd,
        tree: Tree,
        script: Pid,
    ) -> Self {
        let seen = Seen {
            how: How::Stuck,
            limit: None,
            cancelled: false,
            wall: Duration::ZERO,
            cpu: Duration::ZERO,
            peak_cpu_percent: 0,
            peak_memory_bytes: 0,
            // The script itself, which may end before it is looked at.
            peak_processes: 1,
            left_behind: 0,
            survivors: 0,
        };
        let (began, phase) = (Instant::now(), Phase::Running);
        Self {
            limits,
            socket,
            children,
            tree,
            script,
            began,
            phase,
            abandoned: false,
            how: None,
            pace: Pace::default(),
            seen,
        }
    }

    /// Whether Muster went away meanwhile.
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned
    }

    /// A process below the keeper has a living chain of parents up to it, so when the keeper has no child left, nothing is.
    pub(super) fn until_all_are_gone(&mut self) -> Seen {
        loop {
            if self.reap() {
                break;
            }
            let looked = Instant::now();
            let processes = self.tree.look(self.most_to_see());
            let memory = memory_bytes(&processes, self.limits.memory_bytes);
            self.note(&processes, memory);
            if !self.act(&processes, memory) {
                break;
            }
            self.pause(PERIOD.max(looked.elapsed() * 10));
        }
        self.total()
    }

    /// Waits for every child that has ended, orphans as well; says whether none is left.
    fn reap(&mut self) -> bool {
        loop {
            let (pid, how) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, How::Exit(code)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, How::Signal(signal as i32)),
                Ok(WaitStatus::StillAlive) => return false,
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(_) => return true,
            };
            if pid == self.script {
                self.script_ended(how);
            }
        }
    }

    fn script_ended(&mut self, how: How) {
        self.how = Some(how);
        self.seen.wall = self.began.elapsed();
        // Limits that the kernel keeps for each process.
        let limit = match how {
            How::Signal(signal) if signal == Signal::SIGXCPU as i32 => Some(Limit::Cpu),
            How::Signal(signal) if signal == Signal::SIGXFSZ as i32 => Some(Limit::FileSize),
            _ => None,
        };
        if self.phase == Phase::Running {
            self.seen.limit = limit;
        }
    }

    /// One more than allowed is enough to know; who kills has to see them all.
    fn most_to_see(&self) -> usize {
        match self.phase {
            Phase::Running => usize::try_from(self.limits.processes).unwrap_or(MOST_TO_KILL).saturating_add(1),
            Phase::Asked(_) | Phase::Killing(_) => MOST_TO_KILL,
        }
    }

    fn note(&mut self, processes: &[Process], memory: u64) {
        let cpu = Duration::from_millis(processes.iter().map(|process| process.cpu_ms).sum()) + waited_for().0;
        self.used(cpu);
        self.seen.peak_memory_bytes = self.seen.peak_memory_bytes.max(memory);
        self.seen.peak_processes = self.seen.peak_processes.max(processes.len().try_into().unwrap_or(u32::MAX));
    }

    /// Processor time of all together so far. It may seem to shrink while one that has ended is not counted by its parent yet.
    fn used(&mut self, cpu: Duration) {
        self.seen.cpu = self.seen.cpu.max(cpu);
        self.pace.note(self.began.elapsed(), self.seen.cpu);
    }

    /// Moves on to the next phase where something calls for it; false when there is nothing more to do.
    fn act(&mut self, processes: &[Process], memory: u64) -> bool {
        let now = Instant::now();
        if self.phase == Phase::Running {
            if self.how.is_some() {
                let alive = processes.iter().filter(|process| !process.is_zombie).count();
                self.seen.left_behind = alive.try_into().unwrap_or(u32::MAX);
                self.ask(processes, now);
            } else if self.seen.cpu >= self.limits.cpu {
                self.seen.limit = Some(Limit::Cpu);
                self.ask(processes, now);
            } else if self.began.elapsed() >= self.limits.wall_clock {
                self.seen.limit = Some(Limit::WallClock);
                self.ask(processes, now);
            }
        }
        // No grace where waiting makes it worse for everybody on the machine.
        if let Some(limit) = self.grows_beyond(processes, memory)
            && !matches!(self.phase, Phase::Killing(_))
        {
            self.seen.limit = self.seen.limit.or(Some(limit));
            self.phase = Phase::Killing(now + DYING);
        }
        match self.phase {
            Phase::Asked(until) if now >= until => self.phase = Phase::Killing(now + DYING),
            Phase::Killing(until) if now >= until => {
                self.seen.survivors = processes.len().try_into().unwrap_or(u32::MAX);
                return false;
            }
            _ => {}
        }
        if matches!(self.phase, Phase::Killing(_)) {
            self.kill_all();
        }
        true
    }

    fn grows_beyond(&self, processes: &[Process], memory: u64) -> Option<Limit> {
        let most = u64::from(self.limits.processes);
        let threads: u64 = processes.iter().map(|process| process.threads).sum();
        if processes.len() as u64 > most || threads > most * THREADS_OF_A_PROCESS {
            return Some(Limit::Processes);
        }
        (memory > self.limits.memory_bytes).then_some(Limit::Memory)
    }

    /// Asks all to stop, and wakes those that stand still, so that they hear it. Asks once: what a script starts in order to tidy
    /// up may work until the grace is over.
    fn ask(&mut self, processes: &[Process], now: Instant) {
        for process in processes {
            let _ = kill(Pid::from_raw(process.pid), Signal::SIGTERM);
            let _ = kill(Pid::from_raw(process.pid), Signal::SIGCONT);
        }
        self.phase = Phase::Asked(now + self.limits.grace);
    }

    /// Stops everybody before anybody is killed: who stands still does not fork, and his number is not given to another.
    fn kill_all(&self) {
        let mut stopped = std::collections::HashSet::new();
        for _ in 0..MOST_ROUNDS {
            let processes = self.tree.look(MOST_TO_KILL);
            let new: Vec<i32> = processes.iter().map(|p| p.pid).filter(|pid| stopped.insert(*pid)).collect();
            for pid in &new {
                let _ = kill(Pid::from_raw(*pid), Signal::SIGSTOP);
            }
            if new.is_empty() {
                for process in processes {
                    let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
                }
                break;
            }
        }
        // Where no tree can be read, at least its own session.
        if self.how.is_none() {
            let _ = nix::sys::signal::killpg(self.script, Signal::SIGKILL);
        }
    }

    /// Until a child ends, Muster says something, or the time is over.
    fn pause(&mut self, time: Duration) {
        let timeout = PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX);
        let both = &mut [
            PollFd::new(self.children.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.socket.as_fd(), PollFlags::POLLIN),
        ];
        // Who has heard that Muster is gone need not hear it again and again.
        let listened = if self.abandoned { &mut both[..1] } else { &mut both[..] };
        let _ = poll(listened, timeout);
        while let Ok(Some(_)) = self.children.read_signal() {}
        self.listen();
    }

    fn listen(&mut self) {
        if self.abandoned {
            return;
        }
        let mut words = [0; 64];
        let mut socket = self.socket;
        match socket.read(&mut words) {
            Ok(0) => self.abandon(),
            Ok(_) if self.phase == Phase::Running && self.how.is_none() => {
                self.seen.cancelled = true;
                let processes = self.tree.look(MOST_TO_KILL);
                self.ask(&processes, Instant::now());
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => self.abandon(),
        }
    }

    fn abandon(&mut self) {
        self.abandoned = true;
        self.phase = Phase::Killing(Instant::now() + DYING);
    }

    fn total(&mut self) -> Seen {
        let (cpu, largest_bytes) = waited_for();
        self.used(cpu);
        self.seen.peak_cpu_percent = self.pace.peak_percent();
        // Short peaks between two looks. Up to the keeper's own size it says nothing: each process began as its copy.
        let own_bytes = getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| largest(&usage));
        if largest_bytes > 2 * own_bytes {
            self.seen.peak_memory_bytes = self.seen.peak_memory_bytes.max(largest_bytes);
        }
        match self.how {
            Some(how) => self.seen.how = how,
            None => self.seen.wall = self.began.elapsed(),
        }
        self.seen.clone()
    }
}

/// CPU time of all processes that ended and were waited for, and the size of the largest of them in bytes.
fn waited_for() -> (Duration, u64) {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return (Duration::ZERO, 0) };
    let us = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    (Duration::from_micros(us.try_into().unwrap_or(0)), largest(&usage))
}

fn largest(usage: &Usage) -> u64 {
    u64::try_from(usage.max_rss()).unwrap_or(0) * 1_024
}
