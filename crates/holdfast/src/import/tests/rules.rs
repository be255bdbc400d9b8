//! What the parts of a mapping do to values and rows.

use super::fixture::{account_mapping, folder};
use super::memory_sink::MemorySink;
use super::{NoteKind, Notebook, run, run_error};
use crate::import::{Options, Summary};

fn import(mapping: &str, file: &str) -> (MemorySink, Summary, Notebook) {
    let dir = folder(&[("a.csv", file)]);
    let mut org = MemorySink::standard();
    let (summary, notebook) = run(mapping, dir.path(), &mut org, Options::default());
    (org, summary, notebook)
}

#[test]
fn what_happens_on_an_error_is_declared_per_field() {
    let fields = "NumberOfEmployees = { column = \"size\", on_error = \"null\" }\n\
        AnnualRevenue = { column = \"revenue\", on_error = \"repair\", or = { constant = 0 } }\n\
        Industry = { column = \"sector\", map = { it = \"Technology\" } }";
    let (org, summary, notebook) =
        import(&account_mapping("", fields), "name,size,revenue,sector\nA,many,much,IT\nB,5,7,it\nC,5,7,mining\n");
    assert_eq!((summary.repaired(), summary.refused()), (1, 1));
    let first = org.one("Account", "Name", "A");
    assert_eq!((first.text("NumberOfEmployees"), first.text("AnnualRevenue")), (String::new(), "0".to_owned()));
    assert_eq!(
        notebook.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "a.csv line 4, accounts: refused: Industry (column sector): \"mining\" is not in the map: it",
            "a.csv line 2, accounts: repaired: AnnualRevenue (column revenue): \"much\" is not a number; replaced; \
             NumberOfEmployees (column size): \"many\" is not a number; left empty",
        ]
    );
    assert_eq!(summary.steps[0].reasons["Industry map"], 1);
}

#[test]
fn all_faults_of_a_row_are_told_together() {
    let fields =
        "NumberOfEmployees = { column = \"size\" }\nYearStarted = { column = \"x\" }".replace("YearStarted", "Website");
    let fields = format!("{fields}\nAnnualRevenue = {{ column = \"revenue\", required = true }}");
    let (_, _, notebook) = import(&account_mapping("", &fields), "name,size,x,revenue\n,many,,\n");
    let line = notebook.lines(NoteKind::Refused).join("");
    for part in ["Name is required", "\"many\" is not a number", "the mapping requires a value"] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn a_lookup_overlooks_only_what_is_declared_and_never_guesses() {
    let lookup = |ignore: &str| {
        account_mapping(
            "",
            &format!(
                "ParentId = {{ column = \"parent\", lookup = {{ object = \"Account\", field = \"Name\", ignore = [{ignore}] }} }}"
            ),
        )
    };
    let file = "name,parent\nGTX Pro,\nA.C.M.E,\nAC-ME,\nX,gtxpro\nY,acme\nZ,gtx pro\n";
    let (_, strict, _) = import(&lookup(""), file);
    assert_eq!(strict.refused(), 2, "case alone never matters");
    let (org, summary, notebook) = import(&lookup("\"spaces\", \"punctuation\""), file);
    assert_eq!(summary.refused(), 1);
    let gtx = org.one("Account", "Name", "GTX Pro").id;
    assert_eq!(org.one("Account", "Name", "X").reference("ParentId"), gtx);
    let lines: Vec<String> = notebook.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "a.csv line 6, accounts: refused: ParentId (column parent): more than one Account has Name \"acme\"",
            "a.csv line 5, accounts: repaired: ParentId (column parent): \"gtxpro\" read as \"GTX Pro\"",
        ]
    );
}

#[test]
fn rows_are_left_out_by_condition_by_blank_column_and_when_blank() {
    let step = "when = [{ column = \"kind\", is_not = [\"test\"] }]\nskip_blank = [\"size\"]";
    let (org, summary, _) = import(&account_mapping(step, ""), "name,kind,size\nA,,1\nB,Test,1\nC,x,\n , ,\n");
    assert_eq!((org.records("Account").len(), summary.steps[0].skipped), (1, 3));
}

#[test]
fn a_distinct_step_makes_one_record_per_combination_and_tells_contradictions() {
    let fields = "Site = { column = \"site\" }";
    let step = "distinct = [\"name\"]";
    let (org, summary, notebook) =
        import(&account_mapping(step, fields), "name,site,x\nA,North,1\nA,North,2\na,South,3\nB,South,4\n,,5\n");
    assert_eq!((org.records("Account").len(), summary.steps[0].skipped, summary.refused()), (2, 2, 1));
    assert!(notebook.lines(NoteKind::Refused)[0].contains("line 2 makes the same record with another"));
}

#[test]
fn blanks_leave_or_clear_what_a_record_has() {
    let mapping = |blanks: &str| {
        account_mapping(&format!("key = \"Name\"\nblanks = \"{blanks}\""), "Site = { column = \"site\" }")
    };
    for (blanks, left) in [("leave", "North"), ("clear", "")] {
        let dir = folder(&[("a.csv", "name,site\nA,\n")]);
        let mut org = MemorySink::standard();
        org.insert("Account", vec![("Name".to_owned(), "A".into()), ("Site".to_owned(), "North".into())]);
        run(&mapping(blanks), dir.path(), &mut org, Options::default());
        assert_eq!(org.one("Account", "Name", "A").text("Site"), left);
    }
}

#[test]
fn existing_records_are_kept_and_missing_ones_refused_where_declared() {
    let mapping =
        account_mapping("key = \"Name\"\nexisting = \"keep\"\nmissing = \"refuse\"", "Site = { column = \"site\" }");
    let dir = folder(&[("a.csv", "name,site\nA,South\nB,South\n")]);
    let mut org = MemorySink::standard();
    org.insert("Account", vec![("Name".to_owned(), "A".into()), ("Site".to_owned(), "North".into())]);
    let (summary, notebook) = run(&mapping, dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].unchanged, summary.refused()), (1, 1));
    assert_eq!(org.one("Account", "Name", "A").text("Site"), "North");
    assert!(notebook.lines(NoteKind::Refused)[0].contains("no Account has Name \"B\", and this step creates none"));
}

#[test]
fn the_last_of_repeated_keys_wins_where_declared() {
    let mapping = account_mapping("key = \"Name\"\nduplicates = \"last_wins\"", "Site = { column = \"site\" }");
    let (org, summary, notebook) = import(&mapping, "name,site\nA,North\nA,South\n");
    assert_eq!((summary.steps[0].created, summary.steps[0].updated, summary.repaired()), (1, 1, 1));
    assert_eq!(org.one("Account", "Name", "A").text("Site"), "South");
    assert!(notebook.notes[0].to_string().contains("\"A\" stands on line 2 already; this row was written over it"));
}

#[test]
fn custom_objects_and_fields_are_made_once_and_used() {
    let mapping = "format = 1\n[[custom_object]]\nname = \"Region__c\"\nlabel = \"Region\"\n\
        [[custom_field]]\nobject = \"Region__c\"\nname = \"Head__c\"\nlabel = \"Head\"\ntype = \"int\"\n\
        [source.a]\nfile = \"a.csv\"\nblank_words = [\"n/a\"]\n[[step]]\nname = \"r\"\nsource = \"a\"\nobject = \"Region__c\"\nkey = \"Name\"\n\
        [step.field]\nName = { column = \"name\" }\nHead__c = { column = \"head\" }\n";
    let dir = folder(&[("a.csv", "name,head\nNorth,7\nSouth,N/A\n")]);
    let mut org = MemorySink::standard();
    let (dry, _) = run(mapping, dir.path(), &mut org, Options { check: true, ..Options::default() });
    assert_eq!((dry.steps[0].created, org.writes), (2, 0));
    for _ in 0..2 {
        run(mapping, dir.path(), &mut org, Options::default());
    }
    assert_eq!(org.one("Region__c", "Name", "North").text("Head__c"), "7");
    assert_eq!(org.one("Region__c", "Name", "South").text("Head__c"), "");
}

#[test]
fn names_that_the_org_does_not_have_are_told_with_their_line() {
    let dir = folder(&[("a.csv", "name,size\nA,1\n")]);
    let said =
        run_error(&account_mapping("", "Sise__c = { column = \"size\" }\nIsDeleted = { constant = true }"), dir.path());
    assert!(said.contains("mapping line 11"), "{said}");
    assert!(said.contains("Account has no field Sise__c"), "{said}");
    assert!(said.contains("IsDeleted is set by the platform"), "{said}");
    let opportunity = account_mapping("", "").replace("\"Account\"", "\"Opportunity\"");
    let said = run_error(&opportunity, dir.path());
    assert!(said.contains("Opportunity requires StageName, CloseDate, which no field of this step sets"), "{said}");
    let wrong =
        account_mapping("", "ParentId = { column = \"size\", lookup = { object = \"User\", field = \"Username\" } }");
    assert!(run_error(&wrong, dir.path()).contains("ParentId does not refer to User"));
}

#[test]
fn a_custom_field_of_another_type_is_not_taken_for_the_declared_one() {
    let dir = folder(&[("a.csv", "name,size\nA,1\n")]);
    let mapping = account_mapping("", "").replace(
        "[source.a]",
        "[[custom_field]]\nobject = \"Account\"\nname = \"Grade__c\"\nlabel = \"Grade\"\ntype = \"int\"\n[source.a]",
    );
    let mut org = MemorySink::standard();
    run(&mapping, dir.path(), &mut org, Options::default());
    let other = crate::import::Mapping::parse(&mapping.replace("\"int\"", "\"date\"")).expect("sound");
    let outcome =
        crate::import::Importer::new(other, dir.path()).run(&mut org, &mut Notebook::default(), Options::default());
    let said = outcome.expect_err("another type").to_string();
    assert!(said.contains("Account.Grade__c exists as int, the mapping declares date"), "{said}");
}

#[test]
fn a_summary_shows_counts_reasons_and_the_end() {
    let (_, summary, _) =
        import(&account_mapping("", "NumberOfEmployees = { column = \"size\" }"), "name,size\nA,1\nB,x\n");
    let text = summary.to_string();
    assert!(text.contains("accounts: NumberOfEmployees type: 1"), "{text}");
    assert!(text.contains("1 rows were refused; correct the file or the mapping and run again."), "{text}");
}
