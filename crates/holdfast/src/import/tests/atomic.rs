//! All or nothing per file.

use super::example::MAPPING;
use super::fixture::{account_mapping, folder};
use super::memory_sink::MemorySink;
use super::stand_in::stand_in;
use super::{NoteKind, Notebook, run};
use crate::import::{Ending, ImportError, Importer, Mapping, Options};

const ATOMIC: Options = Options { atomic: true, check: false, again: false };

#[test]
fn a_refused_row_undoes_its_file_keeps_the_ones_before_and_runs_none_after() {
    let dir = stand_in(300);
    let mut org = MemorySink::standard();
    org.unwanted = Some("Company 17".into());
    let (summary, notebook) = run(MAPPING, dir.path(), &mut org, ATOMIC);
    let not_run = vec!["opportunities".to_owned()];
    assert_eq!(summary.ending, Ending::RolledBack { file: "accounts.csv".to_owned(), not_run });
    assert_eq!(summary.exit_code(), 4);
    assert!(org.records("Account").is_empty() && org.records("Opportunity").is_empty());
    assert_eq!(org.records("Product2").len(), 4, "the file before stays");
    assert_eq!(
        notebook.lines(NoteKind::Refused),
        ["accounts.csv line 19, accounts: refused: Name: this value is not wanted here"]
    );

    org.unwanted = None;
    let (summary, _) = run(MAPPING, dir.path(), &mut org, ATOMIC);
    assert_eq!(summary.exit_code(), 0);
    assert_eq!((org.records("Account").len(), org.records("Opportunity").len()), (30, 300));
    assert_eq!(summary.steps[1].done_before, 2, "regions were done; the undone file left no marks");
}

#[test]
fn every_refusal_of_the_file_is_told_before_it_is_undone() {
    let dir = folder(&[("a.csv", "name,size\nAcme,x\nBeta,2\nGamma,y\n")]);
    let mapping = account_mapping("", "NumberOfEmployees = { column = \"size\" }");
    let mut org = MemorySink::standard();
    let (summary, notebook) = run(&mapping, dir.path(), &mut org, ATOMIC);
    assert_eq!(notebook.lines(NoteKind::Refused).len(), 2);
    assert!(summary.steps[0].rolled_back && org.records("Account").is_empty());
    assert_eq!(summary.written(), 0);
}

#[test]
fn a_broken_connection_undoes_the_file_it_breaks_in() {
    let dir = stand_in(700);
    let mut whole = MemorySink::standard();
    run(MAPPING, dir.path(), &mut whole, ATOMIC);
    let mut org = MemorySink::standard();
    org.fail_at = Some(whole.writes - 1);
    let importer = Importer::new(Mapping::parse(MAPPING).expect("sound"), dir.path());
    let outcome = importer.run(&mut org, &mut Notebook::default(), ATOMIC);
    assert!(matches!(outcome, Err(ImportError::Interrupted(_))));
    assert!(org.records("Opportunity").is_empty() && org.records("Account").len() == 30);
}

#[test]
fn steps_of_one_file_must_stand_together() {
    let apart = "format = 1\n[source.a]\nfile = \"a.csv\"\n[source.b]\nfile = \"b.csv\"\n".to_owned()
        + &["a", "b", "a"]
            .iter()
            .enumerate()
            .map(|(at, source)| {
                format!(
                    "[[step]]\nname = \"s{at}\"\nsource = \"{source}\"\nobject = \"Account\"\n[step.field]\n\
                     Name = {{ column = \"name\" }}\n"
                )
            })
            .collect::<String>();
    let importer = Importer::new(Mapping::parse(&apart).expect("sound"), "nowhere");
    let outcome = importer.run(&mut MemorySink::standard(), &mut Notebook::default(), ATOMIC);
    let said = outcome.expect_err("apart").to_string();
    assert_eq!(said, "atomic: the steps of source \"a\" must follow each other in the mapping");
}
