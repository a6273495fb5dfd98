//! A program makes cards at a server that is killed again and again, and repeats every call that it heard no answer to.

use std::collections::BTreeSet;

use muster_tests::Engine;
use muster_tests::database;
use muster_tests::process::{Home, Server};
use serde_json::{Value, json};

/// One page of cards.
const CARDS: usize = 90;
const AT_ONCE: usize = 4;
/// The server dies at so many answers; the other calls are in the middle then.
const KILLED_AT: [usize; 4] = [3, 10, 17, 24];

/// What was heard of a call: its card, or that it was made and the answer is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Nothing,
    Made(String),
    AnswerLost,
}

#[test]
fn a_repeated_call_is_done_once_on_sqlite() {
    survive(None);
}

#[test]
fn a_repeated_call_is_done_once_on_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    survive(Some(&runtime.block_on(database::fresh(Engine::Postgres, dir.path()))));
}

fn survive(database: Option<&str>) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::init(dir.path(), database);
    let mut server = home.serve();
    let mut heard = vec![Heard::Nothing; CARDS];
    for answers in KILLED_AT {
        ask(&server, &mut heard, answers);
        server.kill();
        server = home.serve();
    }
    ask(&server, &mut heard, usize::MAX);
    let made: BTreeSet<_> =
        heard.iter().filter_map(|heard| if let Heard::Made(id) = heard { Some(id.clone()) } else { None }).collect();
    let lost = heard.iter().filter(|heard| **heard == Heard::AnswerLost).count();
    assert_eq!(made.len() + lost, CARDS, "the next process takes up at once what the last one left: {heard:?}");

    let cards = server.get("/api/v1/cards?pageSize=100");
    let of = |key: &str| cards.as_array().unwrap().iter().map(|card| word(&card[key])).collect::<Vec<_>>();
    let titles: BTreeSet<_> = of("title").into_iter().collect();
    assert_eq!((of("title").len(), titles.len()), (CARDS, CARDS), "every card is there, and once");
    assert!(made.is_subset(&of("id").into_iter().collect()), "what was answered is there");
}

/// Asks for every card whose call was not answered; the server dies after so many answers.
fn ask(server: &Server, heard: &mut [Heard], answers: usize) {
    let open = heard.iter().enumerate().filter(|(_, heard)| **heard == Heard::Nothing);
    let changes = open.map(|(n, _)| (n, format!("card-{n}"), json!({"title": format!("Card {n}"), "queue": "sales"})));
    let mut count = 0;
    server.post_keyed("/api/v1/cards", changes.collect(), AT_ONCE, |n, answer| {
        heard[n] = match answer {
            Some((201, body)) => Heard::Made(word(&body["data"]["card"]["id"])),
            Some((409, body)) if body["error"]["code"] == "idempotency_answer_lost" => Heard::AnswerLost,
            Some(other) => panic!("{other:?}"),
            None => Heard::Nothing,
        };
        count += 1;
        if count == answers {
            server.die();
        }
    });
}

fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}
