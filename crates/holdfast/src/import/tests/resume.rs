//! A run that was cut short continues where it ended, without doing anything twice.

use super::example::MAPPING;
use super::fixture::{account_mapping, folder, write};
use super::memory_sink::MemorySink;
use super::stand_in::stand_in;
use super::{NoteKind, Notebook, run};
use crate::import::{Ending, ImportError, Importer, Mapping, Options};

fn snapshot(org: &MemorySink) -> Vec<String> {
    let objects = ["UserRole", "User", "Product2", "PricebookEntry", "Account", "Opportunity"];
    objects.iter().flat_map(|object| org.records(object)).map(|record| format!("{record:?}")).collect()
}

#[test]
fn a_crash_at_any_batch_is_resumed_to_the_same_org() {
    let dir = stand_in(450);
    let mut whole = MemorySink::standard();
    run(MAPPING, dir.path(), &mut whole, Options::default());
    for broken in 0..whole.writes {
        let mut org = MemorySink::standard();
        org.fail_at = Some(broken);
        let importer = Importer::new(Mapping::parse(MAPPING).expect("sound"), dir.path());
        let outcome = importer.run(&mut org, &mut Notebook::default(), Options::default());
        assert!(matches!(outcome, Err(ImportError::Interrupted(_))), "batch {broken}");
        org.fail_at = None;
        let (summary, _) = run(MAPPING, dir.path(), &mut org, Options::default());
        assert_eq!(summary.exit_code(), 0);
        assert_eq!(org.writes, whole.writes, "nothing was written twice");
        assert_eq!(snapshot(&org), snapshot(&whole), "batch {broken}");
    }
}

#[test]
fn a_run_that_is_asked_to_stop_says_so_and_continues() {
    let dir = stand_in(450);
    let mut org = MemorySink::standard();
    let importer = Importer::new(Mapping::parse(MAPPING).expect("sound"), dir.path());
    // Nine steps of one batch ask before it and before the end of their rows; then comes the first batch of deals.
    let mut notebook = Notebook { batches_left: Some(19), ..Notebook::default() };
    let summary = importer.run(&mut org, &mut notebook, Options::default()).expect("stopped cleanly");
    assert_eq!(summary.ending, Ending::Stopped { step: "opportunities".to_owned() });
    assert_eq!(summary.exit_code(), 5);
    assert_eq!(org.records("Opportunity").len(), 200);
    let (summary, _) = run(MAPPING, dir.path(), &mut org, Options::default());
    let last = summary.steps.last().expect("steps");
    assert_eq!((last.done_before, last.created), (200, 250));
}

#[test]
fn refused_rows_are_tried_again_and_done_ones_are_not() {
    let dir = folder(&[("a.csv", "name\nAcme\nBeta\n")]);
    let mapping = account_mapping("", "");
    let mut org = MemorySink::standard();
    org.unwanted = Some("Beta".into());
    run(&mapping, dir.path(), &mut org, Options::default());
    org.unwanted = None;
    let (summary, _) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].done_before, summary.steps[0].created), (1, 1));
    assert_eq!(org.records("Account").len(), 2, "without a key, the journal alone prevents a second Acme");
}

#[test]
fn a_changed_file_or_mapping_voids_the_marks() {
    let dir = folder(&[("a.csv", "name\nAcme\n")]);
    let mapping = account_mapping("key = \"Name\"", "");
    let mut org = MemorySink::standard();
    run(&mapping, dir.path(), &mut org, Options::default());
    write(dir.path(), "a.csv", b"name\nAcme\nBeta\n");
    let (summary, _) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].unchanged, summary.steps[0].created), (1, 1));
    let (summary, _) = run(&format!("{mapping}# changed\n"), dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].unchanged, summary.steps[0].done_before), (2, 0));
}

#[test]
fn a_repeated_key_stays_refused_after_its_first_row_was_done() {
    let dir = folder(&[("a.csv", "name,size\nAcme,1\nACME,2\n")]);
    let mapping = account_mapping("key = \"Name\"", "NumberOfEmployees = { column = \"size\" }");
    let mut org = MemorySink::standard();
    for _ in 0..2 {
        let (_, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
        assert_eq!(
            notebook.lines(NoteKind::Refused),
            ["a.csv line 3, accounts: refused: Name: \"ACME\" stands on line 2 already; remove one of the rows"]
        );
    }
    assert_eq!(org.one("Account", "Name", "Acme").text("NumberOfEmployees"), "1");
}

#[test]
fn a_contradiction_in_a_distinct_step_is_told_in_every_run() {
    let dir = folder(&[("a.csv", "name,site\nA,North\nA,South\n")]);
    let mapping = account_mapping("distinct = [\"name\"]", "Site = { column = \"site\" }");
    let mut org = MemorySink::standard();
    for done in [0, 1] {
        let (summary, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
        assert_eq!((summary.steps[0].done_before, summary.refused()), (done, 1));
        assert!(
            notebook.lines(NoteKind::Refused)[0].starts_with("a.csv line 3, accounts: refused: Site: line 2 makes")
        );
    }
}
