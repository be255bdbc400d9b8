//! Imports through the real write path, compared with figures that Python works out from the files alone.

#[path = "../../src/import/tests/fixture.rs"]
mod fixture;
#[path = "../../src/import/tests/stand_in.rs"]
pub(crate) mod stand_in;

use crate::world::World;
use fixture::{account_mapping, folder};
use holdfast::import::{Ending, Importer, Mapping, NoProgress, Options, Progress, RowNote, Summary};
use holdfast::org_sink::OrgSink;
use model::{RecordId, Value};
use platform::QueryOptions;
use platform::provision;
use serde_json::{Map, Value as Json, json};
use std::path::Path;
use std::process::Command;

const CRM: &str = include_str!("../../../../examples/crm-sales-opportunities/mapping.toml");

/// Keeps the notes, and stops when it was told to.
#[derive(Default)]
struct Watched {
    notes: Vec<String>,
    batches_left: Option<u32>,
}

impl Progress for Watched {
    fn note(&mut self, note: &RowNote) {
        self.notes.push(note.to_string());
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

fn import_as(
    world: &World,
    user: RecordId,
    mapping: &str,
    dir: &Path,
    options: Options,
    progress: &mut dyn Progress,
) -> Result<Summary, String> {
    let mapping = Mapping::parse(mapping).unwrap_or_else(|error| panic!("{error}"));
    let mut sink = OrgSink::new(&world.org, user).expect("an active user");
    Importer::new(mapping, dir).run(&mut sink, progress, options).map_err(|error| error.to_string())
}

fn import(world: &World, mapping: &str, dir: &Path, options: Options) -> Summary {
    import_as(world, world.admin, mapping, dir, options, &mut NoProgress).unwrap_or_else(|error| panic!("{error}"))
}

fn figures(dir: &Path) -> Json {
    let outcome = Command::new("python3")
        .args(["-c", include_str!("../../src/import/tests/totals.py")])
        .arg(dir)
        .output()
        .expect("python3 is a required tool of the tests");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    serde_json::from_slice(&outcome.stdout).expect("figures")
}

/// Count and sum by a grouping of the org's own, in the form of the Python figures.
fn totals(world: &World, grouping: &str, filter: &str, key: impl Fn(&[Value]) -> String) -> Json {
    let soql = format!("SELECT {grouping}, COUNT(Id), SUM(Amount) FROM Opportunity {filter} GROUP BY {grouping}");
    let answer = world.admin().query(&soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    let mut out = Map::new();
    for group in answer.groups() {
        let (keys, figures) = group.split_at(group.len() - 2);
        let figure = |at: usize| {
            figures[at].as_decimal().unwrap_or_default().normalize().to_string().parse::<u64>().expect("a whole number")
        };
        out.insert(key(keys), json!([figure(0), figure(1)]));
    }
    Json::Object(out)
}

fn plain(keys: &[Value]) -> String {
    keys[0].to_plain()
}

fn stage(value: &Value) -> String {
    match value.to_plain().as_str() {
        "Closed Won" => "Won".to_owned(),
        "Closed Lost" => "Lost".to_owned(),
        "Qualification" => "Engaging".to_owned(),
        other => other.to_owned(),
    }
}

fn compare(world: &World, dir: &Path) {
    let expected = figures(dir);
    assert_eq!(totals(world, "StageName", "", |keys| stage(&keys[0])), expected["stage"]);
    assert_eq!(totals(world, "Owner.Name", "", plain), expected["agent"]);
    assert_eq!(totals(world, "Owner.Manager.Name", "", plain), expected["manager"]);
    assert_eq!(totals(world, "Product__r.Name", "", plain), expected["product"]);
    assert_eq!(totals(world, "Account.Name", "", plain), expected["account"]);
    let quarters = "CALENDAR_YEAR(CloseDate), CALENDAR_QUARTER(CloseDate), StageName";
    let by_quarter = totals(world, quarters, "WHERE IsClosed = true", |keys| {
        format!("{}-Q{} {}", keys[0].to_plain(), keys[1].to_plain(), stage(&keys[2]))
    });
    assert_eq!(by_quarter, expected["quarter"]);
    let counts = &expected["counts"];
    for (name, from) in [
        ("accounts", "Account"),
        ("subsidiaries", "Account WHERE ParentId != null"),
        ("products", "Product2"),
        ("deals", "Opportunity"),
        ("without_account", "Opportunity WHERE AccountId = null"),
        ("agents", "User WHERE UserRole.Name LIKE 'Team %'"),
        ("managers", "User WHERE UserRole.Name LIKE 'Manager %'"),
    ] {
        assert_eq!(counts[name], world.count(from), "{name}");
    }
}

#[test]
fn the_stand_in_data_set_is_imported_to_the_last_figure() {
    let (world, dir) = (World::new(), stand_in::stand_in(300));
    let check = import(&world, CRM, dir.path(), Options { check: true, ..Options::default() });
    assert_eq!(world.count("Account"), 0, "a dry run writes nothing");
    let summary = import(&world, CRM, dir.path(), Options { atomic: true, ..Options::default() });
    assert_eq!(check.steps, summary.steps, "a dry run foretells the run");
    assert_eq!((summary.refused(), summary.exit_code()), (0, 0));
    compare(&world, dir.path());

    let before = world.count("Opportunity");
    let earlier = import(&world, CRM, dir.path(), Options::default());
    assert_eq!(earlier.written(), 0, "the journal knows every row");
    let again = import(&world, CRM, dir.path(), Options { again: true, ..Options::default() });
    assert_eq!((again.written(), again.refused()), (0, 0), "the same values change nothing");
    assert_eq!(world.count("Opportunity"), before);
}

#[test]
fn a_refused_row_of_an_atomic_file_leaves_nothing_of_it() {
    let (world, mapping) = (World::new(), account_mapping("", "NumberOfEmployees = { column = \"size\" }"));
    let bad = folder(&[("a.csv", "name,size\nFirst,1\nSecond,many\n")]);
    let summary = import(&world, &mapping, bad.path(), Options { atomic: true, ..Options::default() });
    assert!(matches!(summary.ending, Ending::RolledBack { .. }), "{summary}");
    assert_eq!(world.count("Account"), 0);

    let good = folder(&[("a.csv", "name,size\nFirst,1\nSecond,2\n")]);
    let summary = import(&world, &mapping, good.path(), Options { atomic: true, ..Options::default() });
    assert_eq!((summary.exit_code(), world.count("Account")), (0, 2));
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_ended() {
    let rows: String = (0..450).map(|number| format!("Company {number}\n")).collect();
    let (world, mapping) = (World::new(), account_mapping("", ""));
    let dir = folder(&[("a.csv", &format!("name\n{rows}"))]);
    let mut impatient = Watched { batches_left: Some(2), ..Watched::default() };
    let stopped =
        import_as(&world, world.admin, &mapping, dir.path(), Options::default(), &mut impatient).expect("a clean stop");
    assert_eq!((stopped.exit_code(), world.count("Account")), (5, 400));
    let rest = import(&world, &mapping, dir.path(), Options::default());
    assert_eq!((rest.steps[0].done_before, rest.steps[0].created, world.count("Account")), (400, 50, 450));
}

#[test]
fn an_import_may_do_what_its_user_may_and_no_more() {
    let world = World::new();
    let service = world.service();
    let profile = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
    let reader = provision::insert(
        &service,
        "User",
        &[
            ("Username", "reader@test.example".into()),
            ("Email", "reader@test.example".into()),
            ("LastName", "Reader".into()),
            ("Alias", "reader".into()),
            ("TimeZoneSidKey", "Europe/Amsterdam".into()),
            ("LocaleSidKey", "en_GB".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", profile.into()),
            ("IsActive", true.into()),
        ],
    )
    .expect("a user");
    let dir = folder(&[("a.csv", "name\nFirst\n")]);
    let mut watched = Watched::default();
    let outcome = import_as(&world, reader, &account_mapping("", ""), dir.path(), Options::default(), &mut watched);
    let refused = outcome.as_ref().map_or(1, Summary::refused);
    assert_eq!((refused, world.count("Account")), (1, 0), "{outcome:?} {:?}", watched.notes);

    let custom = "[[custom_field]]\nobject = \"Account\"\nname = \"Extra__c\"\nlabel = \"Extra\"\ntype = \"text\"\n";
    let mapping = account_mapping("", "").replacen("[source.a]", &format!("{custom}[source.a]"), 1);
    let outcome = import_as(&world, reader, &mapping, dir.path(), Options::default(), &mut NoProgress);
    let message = outcome.expect_err("no field is made");
    assert!(message.contains("CustomizeApplication"), "{message}");
}

#[test]
fn rows_with_one_key_in_one_file_end_as_one_record() {
    let step = "key = \"AccountNumber\"\nduplicates = \"last_wins\"\n";
    let mapping = account_mapping(step, "AccountNumber = { column = \"number\" }");
    let world = World::new();
    let dir = folder(&[("a.csv", "name,number\nFirst,7\nOther,8\nSecond,7\n")]);
    let summary = import(&world, &mapping, dir.path(), Options::default());
    assert_eq!(summary.refused(), 0, "{summary}");
    assert_eq!(world.count("Account"), 2);
    assert_eq!(world.count("Account WHERE Name = 'Second' AND AccountNumber = '7'"), 1);
}
