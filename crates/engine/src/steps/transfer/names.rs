//! What a file is called while it is not whole.

/// Tries whose remains are looked for. The last ones are enough: each removes what those before it left.
const TRIES: u32 = 5;

/// The names that the tries of a step give to a file until it is whole. Each try has its own: a node that was presumed dead
/// may still be writing when the next try begins, and must not write into its file.
pub(super) struct Names {
    /// The same for every try of the step.
    mark: String,
    attempt: u32,
}

impl Names {
    pub fn of(mark: String, attempt: u32) -> Self {
        Self { mark, attempt }
    }

    /// The name of this try's file, in the folder of the file that it becomes.
    pub fn part(&self, path: &str) -> String {
        self.beside(path, self.attempt)
    }

    /// Those that earlier tries may have left.
    pub fn left(&self, path: &str) -> Vec<String> {
        let first = self.attempt.saturating_sub(TRIES).max(1);
        (first..self.attempt).map(|attempt| self.beside(path, attempt)).collect()
    }

    fn beside(&self, path: &str, attempt: u32) -> String {
        let name = format!(".{}-{attempt}.part", self.mark);
        path.rsplit_once('/').map_or_else(|| name.clone(), |(folder, _)| format!("{folder}/{name}"))
    }

    /// Why a file is not replaced.
    pub fn there_already(&self, path: &str) -> super::super::Fault {
        let tried = "An earlier try of this step may have put it there before its node was lost. ";
        let tried = if self.attempt > 1 { tried } else { "" };
        super::super::fault(format!(
            "“{path}” is there already. {tried}Let the step replace it (overwrite), or give each file a name of its own, \
             such as one with {{{{ execution_date }}}}."
        ))
    }
}
