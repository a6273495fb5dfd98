//! The files that people write, read once.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that programs write.
const GENERATED: [&str; 8] = ["target", "node_modules", "dist", "gen", "generated", "artifacts", ".git", "icons"];

/// Endings of the files that the rules look at.
const ENDINGS: [&str; 9] = ["rs", "toml", "ts", "tsx", "mjs", "js", "css", "sql", "sh"];

/// One file: its path from the root of the repository, with `/`, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// Lines with their number, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines of a Rust file before its unit tests, comments left out. The tests of a file stand last in it.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    pub fn has_ending(&self, endings: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }

    /// Whether the file is itself a test: below a `tests` folder, or named like one.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.contains("/test/")
            || self.path.contains("/benches/")
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
            || name.contains(".test.")
    }

    /// A finding in this file.
    pub fn finding(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// All files of the repository that the rules look at.
pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the tests crate lies in the repository")
            .to_path_buf();
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a readable folder") {
                let path = entry.expect("a readable entry").path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if path.is_dir() {
                    if !GENERATED.contains(&name) {
                        folders.push(path);
                    }
                } else if let Some(file) = read_file(&root, &path) {
                    files.push(file);
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(files.len() > 10, "the repository was not found at {}", root.display());
        Self { files }
    }

    /// Files with one of the endings below a folder.
    pub fn below<'a>(&'a self, folder: &'a str, endings: &'a [&'a str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.starts_with(folder) && file.has_ending(endings))
    }
}

fn read_file(root: &Path, path: &PathBuf) -> Option<File> {
    let ending = path.extension()?.to_str()?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    Some(File { path, text })
}
