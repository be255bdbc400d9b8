//! Which sharing rules are sound, before any of them opens a record.

use crate::world::schema;
use model::schema::{GrantLevel, RuleSource, SharingRule};
use model::{ErrorCode, OrgSchema, RecordId, Result};
use policy::RuleBook;
use std::sync::Arc;

fn group() -> RecordId {
    RecordId::parse("00G000000000001").expect("an id")
}

/// Compiles rules on one object.
fn compiled(object: &str, sources: impl IntoIterator<Item = RuleSource>) -> Result<RuleBook> {
    let mut defs: Vec<_> = schema().defs().collect();
    let def = defs.iter_mut().find(|def| def.name == object).expect("an object");
    let rule = |(at, source)| SharingRule::new(&format!("Rule{at}"), source, group(), GrantLevel::Read);
    def.sharing_rules = sources.into_iter().enumerate().map(rule).collect();
    RuleBook::compile(&Arc::new(OrgSchema::build(2, defs)?))
}

fn criteria(text: &str) -> RuleSource {
    RuleSource::Criteria(text.to_owned())
}

#[test]
fn criteria_are_one_condition_over_the_records_own_fields() {
    for text in ["Name = 'x'", "Name = 'x' AND (Revenue > 5 OR Name LIKE 'a%')", "NOT Name IN ('x', 'y')"] {
        assert!(compiled("Account", [criteria(text)]).is_ok(), "{text}");
    }
    for (object, text) in [
        ("Account", "Name = 'x' ORDER BY Name"),
        ("Account", "Name = 'x' LIMIT 1"),
        ("Account", "Name = 'x' OFFSET 1"),
        ("Account", "Name = 'x' FOR VIEW"),
        ("Account", "CreatedDate > LAST_YEAR"),
        ("Account", "CALENDAR_YEAR(CreatedDate) = 2026"),
        ("Account", "Id IN (SELECT AccountId FROM Deal)"),
        ("Deal", "Account.Name = 'x'"),
        ("Deal", "Account.Name = 'x' OR Name = 'x'"),
    ] {
        let Err(error) = compiled(object, [criteria(text)]) else { panic!("{text} is refused") };
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException, "{text}");
        assert!(error.message().starts_with(&format!("{object}: sharing rule Rule0: ")), "{text}: {error}");
    }
}

#[test]
fn an_object_has_so_many_rules_and_fewer_by_criteria() {
    let owners = |count: usize| std::iter::repeat_n(RuleSource::Owner(group()), count);
    let conditions = |count: usize| std::iter::repeat_n(criteria("Name = 'x'"), count);
    assert!(compiled("Account", owners(250).chain(conditions(50))).is_ok());
    for (owned, by_criteria) in [(251, 50), (301, 0), (0, 51)] {
        let Err(error) = compiled("Account", owners(owned).chain(conditions(by_criteria))) else {
            panic!("{owned} and {by_criteria} are too many")
        };
        assert!(error.message().contains("at most 300 sharing rules, 50 of them by criteria"), "{error}");
    }
}
