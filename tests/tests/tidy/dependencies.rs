//! Who may depend on what, read from the manifests.

use crate::tree::{File, Tree};

/// Crates that only some members may use directly.
const RESERVED: [(&str, &[&str]); 8] = [
    ("sqlx", &["crates/db"]),
    ("rusqlite", &["crates/db"]),
    ("axum", &["crates/api", "crates/server", "tests"]),
    ("utoipa-axum", &["crates/api"]),
    ("lettre", &["crates/channels"]),
    ("async-imap", &["crates/channels"]),
    ("tauri", &["src-tauri"]),
    ("keyring", &["src-tauri"]),
];

/// The members of the workspace that each member may know.
const LAYERS: [(&str, &[&str]); 9] = [
    ("crates/domain", &[]),
    ("crates/db", &["domain"]),
    ("crates/channels", &["domain"]),
    ("crates/engine", &["domain", "db", "channels"]),
    ("crates/app", &["domain", "db", "channels", "engine"]),
    ("crates/api", &["domain", "app"]),
    ("crates/server", &["domain", "db", "channels", "engine", "app", "api"]),
    ("src-tauri", &["domain", "db", "channels", "engine", "app", "api", "server"]),
    ("tests", &["domain", "db", "channels", "engine", "app", "api", "server"]),
];

/// What reads the world: not for the domain.
const IMPURE: [&str; 6] = ["tokio", "reqwest", "rand", "tempfile", "socket2", "tracing-subscriber"];

pub fn misplaced(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for (folder, allowed) in LAYERS {
        let Some(manifest) = tree.files.iter().find(|file| file.path == format!("{folder}/Cargo.toml")) else {
            continue;
        };
        for (line, name) in dependencies(manifest) {
            if let Some(member) = name.strip_prefix("muster-")
                && !allowed.contains(&member)
            {
                findings.push(manifest.finding(line, &format!("{folder} may not know {name}")));
            }
            for (reserved, homes) in RESERVED {
                let same = name == reserved || name.starts_with(&format!("{reserved}-"));
                if same && !homes.contains(&folder) && !is_own_rule(&name, reserved) {
                    findings.push(manifest.finding(line, &format!("{name} only in {}", homes.join(", "))));
                }
            }
            if folder == "crates/domain" && IMPURE.contains(&name.as_str()) {
                findings.push(manifest.finding(line, &format!("the domain does no I/O, so no {name}")));
            }
        }
    }
    findings
}

/// Whether a longer name has a rule of its own (`utoipa-axum` is not `utoipa`).
fn is_own_rule(name: &str, reserved: &str) -> bool {
    name != reserved && RESERVED.iter().any(|(other, _)| *other == name)
}

/// Names in the dependency tables of a manifest, those for tests aside: they reach no program.
fn dependencies(manifest: &File) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    let mut inside = false;
    for (line, text) in manifest.lines() {
        let text = text.trim();
        if let Some(table) = text.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies") && !table.ends_with("dev-dependencies");
            if let Some((before, name)) = table.rsplit_once("dependencies.")
                && !before.ends_with("dev-")
            {
                names.push((line, name.to_owned()));
            }
        } else if inside && !text.is_empty() && !text.starts_with('#') {
            let name: String =
                text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
            names.push((line, name));
        }
    }
    names
}

#[test]
fn reads_all_ways_to_write_a_dependency() {
    let manifest = File {
        path: "crates/x/Cargo.toml".into(),
        text: "[package]\nname = \"x\"\n[dependencies]\nsqlx.workspace = true\naxum = \"0.8\"\n\
               [dependencies.lettre]\nversion = \"1\"\n[dev-dependencies]\ntauri = \"2\"\n"
            .into(),
    };
    let names: Vec<_> = dependencies(&manifest).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["sqlx", "axum", "lettre"]);
}
