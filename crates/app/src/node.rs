//! Which node a process is. A node outlives its processes: what the last one left half done can be taken up at once by
//! the next one on the same folder, for the lock proves that the last one is dead.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use uuid::Uuid;

/// Holds the node's id; locked while a process is this node.
const FILE: &str = "node";

/// A process as a node of its database.
#[derive(Debug)]
pub struct Node {
    pub id: Uuid,
    /// This process; the earlier ones of the same node are dead.
    pub process: Uuid,
    /// None: another process is the folder's node, this one is a node of its own without a past.
    lock: Option<File>,
}

impl Node {
    /// The node of a folder, or a `fresh` one when another process is that already or the folder cannot be written.
    pub fn of_folder(dir: &Path, fresh: Uuid) -> Self {
        match take(dir, fresh) {
            Ok((id, file)) => Self { id, process: fresh, lock: Some(file) },
            Err(error) => {
                tracing::info!(%error, "this process is a node of its own: the folder's node is another one");
                Self { id: fresh, process: fresh, lock: None }
            }
        }
    }

    /// Whether this process is the folder's node, so that earlier processes of this id are dead.
    pub fn is_of_folder(&self) -> bool {
        self.lock.is_some()
    }
}

fn take(dir: &Path, fresh: Uuid) -> std::io::Result<(Uuid, File)> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(dir.join(FILE))?;
    file.try_lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if let Ok(id) = text.trim().parse() {
        return Ok((id, file));
    }
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(fresh.to_string().as_bytes())?;
    Ok((fresh, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_process_is_the_same_node_and_a_second_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let first = Node::of_folder(dir.path(), a);
        let second = Node::of_folder(dir.path(), b);
        assert_eq!((first.id, first.is_of_folder()), (a, true));
        assert_eq!((second.id, second.is_of_folder()), (b, false));
        drop(first);
        let next = Node::of_folder(dir.path(), c);
        assert_eq!((next.id, next.process), (a, c));
    }
}
