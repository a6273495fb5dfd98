//! The files of backups: their names say when they were made.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use muster_db::Engine;
use muster_domain::clock::Millis;
use muster_domain::time::{DAY, parse_moment, rfc3339};

const PREFIX: &str = "muster-";
/// Of what is not whole yet.
const PART: &str = "part";

/// `muster-20261122T023000Z.db`, or `.dump` of a server.
pub fn name_at(now: Millis, engine: Engine) -> String {
    let stamp: String = rfc3339(now).chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    let ending = match engine {
        Engine::Sqlite => "db",
        Engine::Postgres => "dump",
    };
    format!("{PREFIX}{stamp}Z.{ending}")
}

/// When a backup was made, by its name.
pub fn taken_at(path: &Path) -> Option<Millis> {
    let name = path.file_name()?.to_str()?;
    let (stamp, ending) = name.strip_prefix(PREFIX)?.split_once('.')?;
    if !stamp.is_ascii() || stamp.len() != 16 || !matches!(ending, "db" | "dump") {
        return None;
    }
    let (day, time) = (&stamp[..8], &stamp[9..15]);
    let text = format!("{}-{}-{}T{}:{}:{}Z", &day[..4], &day[4..6], &day[6..], &time[..2], &time[2..4], &time[4..]);
    parse_moment(&text)
}

/// Where a backup is written until it is whole.
pub(super) fn part_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.{PART}", path.display()))
}

/// Removes a file that may be there.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives a file that is whole its name, once it is safe on the disk; gives its bytes. Only its owner may read it.
pub(super) fn keep(part: &Path, path: &Path) -> std::io::Result<u64> {
    let file = File::options().read(true).write(true).open(part)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.sync_all()?;
    std::fs::rename(part, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(file.metadata()?.len())
}

/// Removes all but the newest backups of a folder, what a process that died had begun more than a day ago, and nothing else
/// that is there; gives how many backups.
pub(super) fn remove_old(folder: &Path, keep: usize, now: Millis) -> std::io::Result<usize> {
    let mut made = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PART) {
            if taken_at(&path.with_extension("")).is_some_and(|at| at < now - DAY) {
                remove(&path)?;
            }
        } else if let Some(at) = taken_at(&path) {
            made.push((at, path));
        }
    }
    made.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let old = made.split_off(keep.max(1).min(made.len()));
    for (_, path) in &old {
        remove(path)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_by_what_it_was_made() {
        let at = parse_moment("2026-11-22T02:30:00Z").unwrap();
        assert_eq!(name_at(at + 417, Engine::Sqlite), "muster-20261122T023000Z.db");
        assert_eq!(taken_at(Path::new("/b/muster-20261122T023000Z.db")), Some(at));
        assert_eq!(taken_at(Path::new("muster-20261122T023000Z.dump")), Some(at));
        for other in ["muster.db", "muster-20261122T023000Z.db.part", "muster-2026112ZT023000Z.db", "muster-2026.db"] {
            assert_eq!(taken_at(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn the_newest_are_kept_and_what_is_no_backup_stays() {
        let dir = tempfile::tempdir().unwrap();
        let begun = ["muster-20261120T023000Z.db.part", "muster-20261122T023000Z.db.part"];
        let days = ["20", "22", "21"].map(|day| format!("muster-202611{day}T023000Z.db"));
        for name in days.iter().map(String::as_str).chain(begun).chain(["notes.txt"]) {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let now = parse_moment("2026-11-22T02:30:05Z").unwrap();
        assert_eq!(remove_old(dir.path(), 2, now).unwrap(), 1);
        assert_eq!(remove_old(dir.path(), 2, now).unwrap(), 0);
        assert_eq!(begun.map(|name| dir.path().join(name).exists()), [false, true], "one may be at work");
        assert!(!dir.path().join("muster-20261120T023000Z.db").exists());
        assert!(dir.path().join("notes.txt").exists());
    }
}
