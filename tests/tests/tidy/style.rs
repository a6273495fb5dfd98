//! The shape of files.

use crate::tree::{File, Tree};

/// The most lines a file may have; near 200 is the aim.
const MAX_LINES: usize = 500;

pub fn long_files(tree: &Tree) -> Vec<String> {
    tree.files
        .iter()
        .filter(|file| file.has_ending(&["rs", "ts", "tsx", "mjs", "css", "sh"]))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > MAX_LINES).then(|| file.finding(lines, "too long"))
        })
        .collect()
}

pub fn undocumented_modules(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.below("", &["rs"]) {
        let mut documented = false;
        for (line, text) in file.lines() {
            let text = text.trim();
            if let Some(name) = text.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'))
                && !documented
                && !begins_with_its_doc(tree, file, name)
            {
                findings.push(file.finding(line, name));
            }
            // Attributes may stand between the comment and the module.
            documented = text.starts_with("///") || (documented && text.starts_with("#["));
        }
    }
    findings
}

/// Whether the file of a child module begins with `//!`.
fn begins_with_its_doc(tree: &Tree, parent: &File, name: &str) -> bool {
    let (folder, file_name) = parent.path.rsplit_once('/').unwrap_or(("", &parent.path));
    let base = match file_name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        other => format!("{folder}/{}", other.trim_end_matches(".rs")),
    };
    let candidates = [format!("{base}/{name}.rs"), format!("{base}/{name}/mod.rs")];
    tree.files.iter().any(|file| candidates.contains(&file.path) && file.text.trim_start().starts_with("//!"))
}

/// Notes to self and tests that do not run. Written in two halves, so that this list does not find itself.
const OPEN: [(&str, &str); 9] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("XX", "X:"),
    ("#[ign", "ore"),
    (".on", "ly("),
    ("it.sk", "ip"),
    ("test.sk", "ip"),
    ("describe.sk", "ip"),
    ("@ts-ig", "nore"),
];

pub fn left_open(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (line, text) in file.lines() {
            for (head, tail) in OPEN {
                if text.contains(&format!("{head}{tail}")) {
                    findings.push(file.finding(line, text.trim()));
                }
            }
        }
    }
    findings
}
