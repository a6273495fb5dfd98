//! Keeps the invariants of `ARCHITECTURE.md`. Every finding names the file, the line and the rule, so that the message
//! alone says what to do.

mod dependencies;
mod source;
mod style;
mod tree;

use tree::Tree;

/// Fails with all findings of a rule at once.
fn assert_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}\n  {}\n", findings.join("\n  "));
}

#[test]
fn crates_depend_only_on_what_their_layer_may_know() {
    assert_none(
        "data flows one way: ui → api → app → engine/channels/db → domain",
        &dependencies::misplaced(&Tree::read()),
    );
}

#[test]
fn files_stay_short() {
    assert_none("one concept a file, at most 500 lines", &style::long_files(&Tree::read()));
}

#[test]
fn public_modules_say_what_they_are() {
    assert_none(
        "a `pub mod` has a `///` line or its file begins with `//!`",
        &style::undocumented_modules(&Tree::read()),
    );
}

#[test]
fn nothing_is_left_open() {
    assert_none("finish it or leave it out: no notes to self, no skipped tests", &style::left_open(&Tree::read()));
}

#[test]
fn time_ids_and_environment_come_in_as_parameters() {
    assert_none(
        "take the time from Clock and ids from Ids, configuration from the command line or the settings",
        &source::ambient_inputs(&Tree::read()),
    );
}

#[test]
fn sql_lives_in_the_db_crate() {
    assert_none("SQL belongs into crates/db", &source::stray_sql(&Tree::read()));
}

#[test]
fn components_take_colours_from_the_tokens() {
    assert_none(
        "colours are tokens of ui/src/app/theme or CSS variables, no literals",
        &source::literal_colours(&Tree::read()),
    );
}

#[test]
fn features_of_the_window_do_not_import_each_other() {
    assert_none("what two features share belongs into ui/src/shared", &source::feature_imports(&Tree::read()));
}

#[test]
fn only_the_host_folder_knows_the_desktop_shell() {
    assert_none("@tauri-apps/* is imported in ui/src/host only", &source::shell_imports(&Tree::read()));
}
