//! What code may not say in which place.

use crate::tree::Tree;

/// The one home of the real clock and of random ids.
const AMBIENT_HOMES: [&str; 1] = ["crates/engine/src/clock.rs"];

/// Calls that reach for the world. The same list is in clippy.toml; here it also holds for code that clippy is told to
/// leave alone.
const AMBIENT: [&str; 7] = [
    "Utc::now(",
    "Local::now(",
    "SystemTime::now(",
    "Timestamp::now(",
    "Zoned::now(",
    "Uuid::now_v7(",
    "Uuid::new_v4(",
];

pub fn ambient_inputs(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.below("crates/", &["rs"]) {
        if file.is_test() || AMBIENT_HOMES.contains(&file.path.as_str()) {
            continue;
        }
        for (line, text) in file.code_lines() {
            for call in AMBIENT {
                if text.contains(call) {
                    findings.push(file.finding(line, call.trim_end_matches('(')));
                }
            }
            if text.contains("env::var(") && !file.path.starts_with("crates/server/") {
                findings.push(file.finding(line, "env::var"));
            }
        }
    }
    findings
}

/// The demo checks what the program says by a recount past everything, as tests do.
const RECOUNTS: &str = "crates/server/src/commands/demo/";

pub fn stray_sql(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_ending(&["rs"])) {
        if file.path.starts_with("crates/db/") || file.path.starts_with(RECOUNTS) || file.is_test() {
            continue;
        }
        for (line, text) in file.code_lines() {
            if looks_like_sql(text) {
                findings.push(file.finding(line, text.trim()));
            }
        }
    }
    findings
}

/// Whether a line begins a statement as this code base writes them: key words in capitals.
fn looks_like_sql(line: &str) -> bool {
    let has = |word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    };
    has("INSERT INTO ")
        || has("DELETE FROM ")
        || has("CREATE TABLE ")
        || (has("UPDATE ") && line.contains(" SET "))
        || (has("SELECT ") && line.contains(" FROM "))
}

/// Where the tokens are turned into Mantine's theme and CSS variables.
fn is_theme(path: &str) -> bool {
    path.contains("/theme") || path.contains("tokens")
}

pub fn literal_colours(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.below("ui/src/", &["ts", "tsx", "css"]) {
        if is_theme(&file.path) || file.is_test() {
            continue;
        }
        for (line, text) in file.lines() {
            if let Some(colour) = hex_colour(text) {
                findings.push(file.finding(line, colour));
            }
        }
    }
    findings
}

/// The first `#` with 3, 4, 6 or 8 hexadecimal digits that stands where a colour stands in CSS or in a string.
fn hex_colour(line: &str) -> Option<&str> {
    for (at, _) in line.match_indices('#') {
        let before = line[..at].chars().next_back();
        let rest = &line[at + 1..];
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        let after = rest[digits..].chars().next();
        let opens = before.is_none_or(|c| matches!(c, '"' | '\'' | '`' | ' ' | ':' | '(' | ','));
        let closes = after.is_none_or(|c| matches!(c, '"' | '\'' | '`' | ' ' | ';' | ')' | ','));
        // `#123` in a text is a number, not a colour.
        let lettered = digits > 4 || rest[..digits].chars().any(|c| c.is_ascii_alphabetic());
        if opens && closes && lettered && matches!(digits, 3 | 4 | 6 | 8) {
            return Some(&line[at..=at + digits]);
        }
    }
    None
}

pub fn shell_imports(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.below("ui/src/", &["ts", "tsx"]) {
        if file.path.starts_with("ui/src/host/") {
            continue;
        }
        for (line, text) in file.lines() {
            if text.contains("@tauri-apps/") {
                findings.push(file.finding(line, text.trim()));
            }
        }
    }
    findings
}

pub fn feature_imports(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.below("ui/src/features/", &["ts", "tsx"]) {
        let depth = file.path.matches('/').count() - "ui/src/features".matches('/').count() - 1;
        for (line, text) in file.lines() {
            // As many steps up as lead out of the own feature: what follows is another one, and not `../shared`.
            let leads_out = format!("\"{}", "../".repeat(depth));
            let other = text.split(&leads_out).nth(1).filter(|rest| !rest.starts_with("../"));
            if other.is_some() && (text.contains("from \"") || text.contains("import(")) {
                findings.push(file.finding(line, text.trim()));
            }
        }
    }
    findings
}

#[test]
fn knows_sql_from_prose() {
    assert!(looks_like_sql(r#"    "SELECT id FROM customers""#));
    assert!(looks_like_sql(r#"query("UPDATE jobs SET state = 1")"#));
    assert!(!looks_like_sql(r#"    "select a file from the list""#));
    assert!(!looks_like_sql("let UPDATED = 1;"));
}

#[test]
fn knows_colours_from_numbers() {
    assert_eq!(hex_colour("color: #0A6A66;"), Some("#0A6A66"));
    assert_eq!(hex_colour("c=\"#fff\""), Some("#fff"));
    assert_eq!(hex_colour("Version #4 of `#123`"), None);
    assert_eq!(hex_colour("href=\"#added\""), None);
}
