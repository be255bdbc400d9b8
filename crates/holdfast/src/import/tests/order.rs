//! Records that refer to others of the same file.

use super::fixture::{account_mapping, folder};
use super::memory_sink::MemorySink;
use super::{NoteKind, run};
use crate::import::Options;

const PARENT: &str = "ParentId = { column = \"parent\", lookup = { object = \"Account\", field = \"Name\" } }";

fn parent_of(org: &MemorySink, name: &str) -> String {
    let parent = org.one("Account", "Name", name).reference("ParentId");
    parent.map(|id| org.by_id("Account", id).text("Name")).unwrap_or_default()
}

#[test]
fn parents_are_written_first_however_the_file_is_sorted() {
    let mut text = "name,parent\n".to_owned();
    // A chain across batches, written backwards: the last row is the root.
    for at in (1..=450).rev() {
        text.push_str(&format!("C{at},C{}\n", at - 1));
    }
    text.push_str("C0,\n");
    let dir = folder(&[("a.csv", &text)]);
    let mut org = MemorySink::standard();
    let mapping = account_mapping("key = \"Name\"\norder = \"parents_first\"", PARENT);
    let (summary, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!(summary.refused(), 0, "{:?}", notebook.notes.first());
    assert_eq!((parent_of(&org, "C450"), parent_of(&org, "C1")), ("C449".to_owned(), "C0".to_owned()));
}

#[test]
fn a_circle_is_refused_and_named() {
    let dir = folder(&[("a.csv", "name,parent\nA,B\nB,A\nC,C\nD,\n")]);
    let mut org = MemorySink::standard();
    let mapping = account_mapping("order = \"parents_first\"", PARENT);
    let (summary, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].created, summary.refused()), (1, 3));
    let lines = notebook.lines(NoteKind::Refused).join("\n");
    assert!(lines.contains("its chain of parents is a circle: A → B → A; break it in the file"), "{lines}");
    assert!(lines.contains("C → C"), "{lines}");
}

#[test]
fn a_second_pass_closes_circles_and_forward_references() {
    let dir = folder(&[("a.csv", "name,parent\nA,B\nB,A\nC,D\nD,\nE,Nobody\n")]);
    let mut org = MemorySink::standard();
    let mapping = account_mapping("key = \"Name\"\norder = \"second_pass\"", PARENT);
    let (summary, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].created, summary.refused()), (5, 1));
    assert_eq!(
        (parent_of(&org, "A"), parent_of(&org, "B"), parent_of(&org, "C")),
        ("B".into(), "A".into(), "D".into())
    );
    assert_eq!(
        notebook.lines(NoteKind::Refused),
        ["a.csv line 6, accounts: refused: ParentId (column parent): no Account has Name \"Nobody\""]
    );
    assert_eq!(notebook.advanced, notebook.announced);
}

#[test]
fn in_file_order_a_reference_backwards_is_found_and_one_forwards_is_not() {
    let dir = folder(&[("a.csv", "name,parent\nA,\nB,A\nC,D\nD,\n")]);
    let mut org = MemorySink::standard();
    let (summary, _) = run(&account_mapping("", PARENT), dir.path(), &mut org, Options::default());
    assert_eq!((parent_of(&org, "B"), summary.refused()), ("A".to_owned(), 1));
}
