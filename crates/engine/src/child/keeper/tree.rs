//! Everything below the keeper, read from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;

use nix::errno::Errno;
use nix::unistd::{SysconfVar, sysconf};

use crate::child::limits::Limit;

/// A process at one moment, as far as it counts for limits.
pub(super) struct Process {
    pub pid: i32,
    /// User and system time of itself and of the children that it waited for.
    pub cpu_ms: u64,
    pub threads: u64,
    pub resident_bytes: u64,
    /// Dead, but not yet waited for.
    pub is_zombie: bool,
}

/// How the processes below the keeper are found. A process that appears or goes while it is looked for may be missed; the next
/// look finds it.
pub(super) struct Tree {
    keeper: i32,
    way: Way,
    ticks_per_s: u64,
    page_bytes: u64,
}

#[derive(Clone, Copy)]
enum Way {
    /// The kernel lists the children of each thread: costs as much as there are descendants.
    Lists,
    /// It was built without: costs as much as there are processes on the machine.
    EveryProcess,
    /// There is no `/proc`.
    None,
}

impl Tree {
    pub(super) fn of_this_process() -> Self {
        let keeper = std::process::id().cast_signed();
        let way = if fs::exists(format!("/proc/{keeper}/task/{keeper}/children")).unwrap_or(false) {
            Way::Lists
        } else if read(keeper, "stat").is_some() {
            Way::EveryProcess
        } else {
            Way::None
        };
        let known = |var| sysconf(var).ok().flatten().and_then(|value| u64::try_from(value).ok());
        Self {
            keeper,
            way,
            ticks_per_s: known(SysconfVar::CLK_TCK).unwrap_or(100).max(1),
            page_bytes: known(SysconfVar::PAGE_SIZE).unwrap_or(4_096),
        }
    }

    /// What cannot be watched here. Each process's own limits hold everywhere.
    pub(super) fn unenforced(&self) -> Vec<Limit> {
        match self.way {
            Way::Lists | Way::EveryProcess => Vec::new(),
            Way::None => vec![Limit::Cpu, Limit::Memory, Limit::Processes, Limit::WholeGroup],
        }
    }

    /// The processes below the keeper, parents before children, at most so many.
    pub(super) fn look(&self, most: usize) -> Vec<Process> {
        let every = match self.way {
            Way::Lists => HashMap::new(),
            Way::EveryProcess => children_of_every_process(),
            Way::None => return Vec::new(),
        };
        let mut found: Vec<Process> = Vec::new();
        let mut parent = self.keeper;
        for next in 0.. {
            let children = match self.way {
                Way::Lists => listed_children(parent),
                _ => every.get(&parent).cloned().unwrap_or_default(),
            };
            for child in children {
                if found.len() >= most {
                    return found;
                }
                found.extend(self.process(child));
            }
            match found.get(next) {
                Some(process) => parent = process.pid,
                None => break,
            }
        }
        found
    }

    fn process(&self, pid: i32) -> Option<Process> {
        let stat = read(pid, "stat")?;
        // The name before it may hold spaces and parentheses. proc_pid_stat(5) counts from 1; the state is the third field.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).and_then(|text| text.parse::<u64>().ok());
        let ticks = field(14)? + field(15)? + field(16)? + field(17)?;
        Some(Process {
            pid,
            cpu_ms: ticks * 1_000 / self.ticks_per_s,
            threads: field(20)?,
            resident_bytes: field(24)? * self.page_bytes,
            is_zombie: fields[0] == "Z",
        })
    }
}

/// What these processes hold in memory together. What they share counts for each of them in their resident sizes; only
/// when these are beyond `most_bytes` is it counted once, which is slow. And twice: a page that processes share counts too
/// much where some of them end while they are looked at.
pub(super) fn memory_bytes(processes: &[Process], most_bytes: u64) -> u64 {
    let resident = processes.iter().map(|process| process.resident_bytes).sum();
    if resident <= most_bytes {
        return resident;
    }
    let together = || processes.iter().map(proportional_bytes).sum();
    let held: u64 = together();
    if held <= most_bytes { held } else { held.min(together()) }
}

/// The resident memory of a process with shared pages divided by those who share them. One that does not let itself be
/// looked at counts in full; one that ends holds nothing any more.
fn proportional_bytes(process: &Process) -> u64 {
    let text = match fs::read_to_string(format!("/proc/{}/smaps_rollup", process.pid)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(Errno::ESRCH as i32) => {
            return 0;
        }
        Err(_) => return process.resident_bytes,
    };
    if text.is_empty() {
        return 0;
    }
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB"));
    line.and_then(|kb| kb.parse::<u64>().ok()).map_or(process.resident_bytes, |kb| kb * 1_024)
}

fn listed_children(pid: i32) -> Vec<i32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let mut children = Vec::new();
    for thread in threads.flatten() {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    children
}

fn children_of_every_process() -> HashMap<i32, Vec<i32>> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    let Ok(all) = fs::read_dir("/proc") else { return children };
    for pid in all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()) {
        let parent = read(pid, "stat").and_then(|stat| {
            stat.rsplit_once(") ").and_then(|(_, rest)| rest.split_ascii_whitespace().nth(1)?.parse().ok())
        });
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(pid);
        }
    }
    children
}

/// A name may be no UTF-8, and a process may be gone.
fn read(pid: i32, file: &str) -> Option<String> {
    fs::read(format!("/proc/{pid}/{file}")).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
