//! The importer against an org in memory: the example's data set, its dirt, broken files, resumption, dry runs.

mod atomic;
mod broken_files;
mod example;
mod fixture;
mod mapping_errors;
mod memory_sink;
mod order;
mod resume;
mod rules;
mod stand_in;

use super::progress::{NoteKind, Progress, RowNote};
use super::{Importer, Mapping, Options, RecordSink, Summary};
use memory_sink::MemorySink;
use std::path::Path;

/// Keeps every note, and stops after so many batches when told to.
#[derive(Default)]
struct Notebook {
    notes: Vec<RowNote>,
    batches_left: Option<u32>,
    advanced: u64,
    announced: u64,
}

impl Progress for Notebook {
    fn step_started(&mut self, _: &str, _: &str, rows: u64) {
        self.announced += rows;
    }

    fn advanced(&mut self, rows: u64) {
        self.advanced += rows;
    }

    fn note(&mut self, note: &RowNote) {
        self.notes.push(note.clone());
    }

    fn keep_going(&mut self) -> bool {
        match &mut self.batches_left {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => true,
        }
    }
}

impl Notebook {
    fn lines(&self, kind: NoteKind) -> Vec<String> {
        self.notes.iter().filter(|note| note.kind == kind).map(ToString::to_string).collect()
    }
}

fn run(mapping: &str, dir: &Path, sink: &mut dyn RecordSink, options: Options) -> (Summary, Notebook) {
    let mut notebook = Notebook::default();
    let mapping = Mapping::parse(mapping).expect("a sound mapping");
    let summary = Importer::new(mapping, dir).run(sink, &mut notebook, options).expect("a run to its end");
    (summary, notebook)
}

fn run_error(mapping: &str, dir: &Path) -> String {
    let mapping = Mapping::parse(mapping).expect("a sound mapping");
    let mut sink = MemorySink::standard();
    let outcome = Importer::new(mapping, dir).run(&mut sink, &mut Notebook::default(), Options::default());
    assert_eq!(sink.writes, 0, "nothing is written when a source or name is wrong");
    outcome.expect_err("a run that cannot begin").to_string()
}
