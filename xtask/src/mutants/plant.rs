//! A file with its faults planted: each behind its number, the file's own code where none is turned on.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use super::find::{Fault, Mutant};

/// The switch that planted code asks; every crate with faults gets a copy. In a run that notes what is reached, each test,
/// which is a process of its own, leaves a file for each crate: the test's name, then the faults it came by.
pub(super) const SWITCH: &str = r#"
mod mutation {
    use std::collections::HashSet;
    use std::fs::File;
    use std::io::Write as _;
    use std::sync::{Mutex, OnceLock};

    pub(crate) fn is_on(number: usize) -> bool {
        static ON: OnceLock<Option<usize>> = OnceLock::new();
        note(number);
        *ON.get_or_init(|| std::env::var("HOLDFAST_MUTANT").ok().and_then(|text| text.parse().ok())) == Some(number)
    }

    fn note(number: usize) {
        static NOTES: OnceLock<Option<Mutex<(HashSet<usize>, File)>>> = OnceLock::new();
        let Some(notes) = NOTES.get_or_init(begin) else { return };
        let mut notes = notes.lock().expect("no other test runs here");
        if notes.0.insert(number) {
            writeln!(notes.1, "{number}").expect("the folder of the notes takes them");
        }
    }

    fn begin() -> Option<Mutex<(HashSet<usize>, File)>> {
        let folder = std::env::var_os("HOLDFAST_MUTANTS_REACHED")?;
        let name = format!("{}.{}", std::process::id(), env!("CARGO_CRATE_NAME"));
        let mut file = File::create_new(std::path::Path::new(&folder).join(name)).expect("one file for each process");
        let test = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
        writeln!(file, "{test}").expect("the folder of the notes takes them");
        Some(Mutex::new((HashSet::new(), file)))
    }
}
"#;

/// A planted file, and where in it each fault came to stand.
#[derive(Debug, Default)]
pub(super) struct Planted {
    pub(super) text: String,
    pub(super) places: Vec<(usize, Range<usize>)>,
}

/// Plants the faults of one file, given with their numbers, except those in `without`.
pub(super) fn plant(source: &str, mutants: &[(usize, &Mutant)], without: &BTreeSet<usize>) -> Planted {
    let mut wanted: Vec<(usize, &Mutant)> = mutants.iter().filter(|(at, _)| !without.contains(at)).copied().collect();
    // Outer faults before those inside them; a return stands before all else in its body.
    wanted.sort_by_key(|(at, mutant)| (mutant.range.start, Reverse(mutant.range.end), *at));
    let mut planted = Planted::default();
    write(source, 0..source.len(), &wanted, &mut planted);
    planted
}

/// Writes a range of the source; all of `mutants` lie inside it.
fn write(source: &str, range: Range<usize>, mutants: &[(usize, &Mutant)], out: &mut Planted) {
    let mut at = range.start;
    let mut left = mutants;
    while let Some(((number, mutant), rest)) = left.split_first() {
        let inside = rest
            .iter()
            .take_while(|(_, inner)| inner.range.end <= mutant.range.end && inner.range.start < mutant.range.end)
            .count();
        let (inner, after) = rest.split_at(inside);
        out.text.push_str(&source[at..mutant.range.start]);
        let begin = out.text.len();
        match &mutant.fault {
            Fault::Instead(text) => {
                out.text.push_str(&format!("(if crate::mutation::is_on({number}) {{ {text} }} else {{ "));
                write(source, mutant.range.clone(), inner, out);
                out.text.push_str(" })");
            }
            Fault::Return(value) => {
                out.text.push_str(&format!(" if crate::mutation::is_on({number}) {{ return {value}; }} "));
            }
            Fault::Without => {
                out.text.push_str(&format!("if !crate::mutation::is_on({number}) {{ "));
                write(source, mutant.range.clone(), inner, out);
                out.text.push_str(" }");
            }
        }
        out.places.push((*number, begin..out.text.len()));
        at = mutant.range.end;
        left = after;
    }
    out.text.push_str(&source[at..range.end]);
}

impl Planted {
    /// The innermost fault around a byte of the planted file.
    pub(super) fn fault_at(&self, byte: usize) -> Option<usize> {
        let around = self.places.iter().filter(|(_, range)| range.contains(&byte));
        around.min_by_key(|(_, range)| range.len()).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::find::in_file;
    use crate::workspace::SourceFile;

    #[test]
    fn faults_within_faults_keep_their_places() {
        let text = "fn f(a: bool, b: bool) -> bool { !a && b }";
        let file = SourceFile::new("a.rs", text);
        let mutants = in_file(&file).expect("it parses");
        let numbered: Vec<(usize, &Mutant)> = mutants.iter().enumerate().collect();
        let planted = plant(text, &numbered, &BTreeSet::from([0, 1]));
        assert_eq!(
            planted.text,
            "fn f(a: bool, b: bool) -> bool { (if crate::mutation::is_on(2) { !a || b } else { \
             (if crate::mutation::is_on(3) { a } else { !a }) && b }) }"
        );
        let inner = planted.text.find("{ a }").expect("the inner fault");
        assert_eq!(planted.fault_at(inner + 2), Some(3));
        assert_eq!(planted.fault_at(inner - 30), Some(3));
        assert_eq!(plant(text, &numbered, &(0..4).collect()).text, text);
    }
}
