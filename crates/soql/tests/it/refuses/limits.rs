//! Rules of semi-joins and sub-queries, and limits.

use super::{check, short};
use crate::world::{context, plan, refusal, schema};
use soql::ResolveContext;

#[test]
fn semi_joins_have_rules() {
    check(&[
        (
            "SELECT Id FROM Account WHERE Name IN (SELECT Name FROM Contact)",
            "MALFORMED_QUERY 1:30 A semi-join compares Id or reference fields, and Name is neither.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT Name FROM Contact)",
            "MALFORMED_QUERY 1:44 A semi-join compares Id or reference fields, and Name is neither.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT Id, AccountId FROM Contact)",
            "MALFORMED_QUERY 1:37 A semi-join selects exactly one Id or reference field.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT COUNT(Id) FROM Contact)",
            "MALFORMED_QUERY 1:37 A semi-join selects exactly one Id or reference field.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Contact)",
            "MALFORMED_QUERY 1:30 The selected field of the semi-join points to another object than Id.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)",
            "MALFORMED_QUERY 1:73 LIMIT is not allowed in a semi-join.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact ORDER BY Id)",
            "MALFORMED_QUERY 1:76 ORDER BY is not allowed in a semi-join.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact GROUP BY AccountId)",
            "MALFORMED_QUERY 1:76 GROUP BY is not allowed in a semi-join.",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY 1:44 A semi-join may not stand inside OR or NOT.",
        ),
        (
            "SELECT Id FROM Account WHERE NOT Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY 1:34 A semi-join may not stand inside OR or NOT.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT WhoId FROM Task))",
            "MALFORMED_QUERY 1:73 Semi-joins do not nest.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY 1:114 WHERE takes at most 2 semi-joins.",
        ),
        (
            "SELECT Id FROM Contact WHERE Account.OwnerId IN (SELECT Id FROM User)",
            "MALFORMED_QUERY 1:30 The left side of a semi-join is an Id or reference field of the queried object itself.",
        ),
        (
            "SELECT Id FROM Contact GROUP BY Id HAVING Id IN (SELECT WhoId FROM Task)",
            "MALFORMED_QUERY 1:43 A semi-join may stand in WHERE only.",
        ),
    ]);
}

#[test]
fn sub_queries_and_paths_have_limits() {
    check(&[
        (
            "SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account",
            "MALFORMED_QUERY 1:9 Aggregate functions are not allowed in a sub-query.",
        ),
        (
            "SELECT (SELECT COUNT() FROM Contacts) FROM Account",
            "MALFORMED_QUERY 1:9 Aggregate functions are not allowed in a sub-query.",
        ),
        (
            "SELECT (SELECT Name FROM Contacts GROUP BY Name) FROM Account",
            "MALFORMED_QUERY 1:44 GROUP BY is not allowed in a sub-query.",
        ),
        (
            "SELECT (SELECT Id FROM Contacts USING SCOPE mine) FROM Account",
            "MALFORMED_QUERY 1:45 USING SCOPE is not allowed in a sub-query.",
        ),
        (
            "SELECT (SELECT Id FROM Contacts FOR VIEW) FROM Account",
            "MALFORMED_QUERY 1:9 FOR is not allowed in a sub-query.",
        ),
        (
            "SELECT (SELECT Id FROM Contacts OFFSET 1) FROM Account LIMIT 2",
            "MALFORMED_QUERY 1:40 OFFSET in a sub-query needs LIMIT 1 in the outer query.",
        ),
        (
            "SELECT ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.Name FROM Contact",
            "MALFORMED_QUERY 1:8 A path may take at most 5 steps up.",
        ),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE 1:31 Maximum SOQL offset allowed is 2000"),
        (
            "SELECT Id FROM Account WHERE CreatedDate > LAST_N_YEARS:400",
            "NUMBER_OUTSIDE_VALID_RANGE 1:44 LAST_N_YEARS:400 reaches beyond the years 1700 to 4000.",
        ),
        (
            "SELECT Id FROM Account WHERE NumberOfEmployees < 99999999999999999999",
            "NUMBER_OUTSIDE_VALID_RANGE 1:50 value of filter criterion for field 'NumberOfEmployees' is out of range",
        ),
        (
            "SELECT Id FROM Account USING SCOPE nope",
            "MALFORMED_QUERY 1:36 Unknown scope 'nope': use everything or mine.",
        ),
        ("SELECT Id FROM User USING SCOPE mine", "MALFORMED_QUERY 1:33 Scope 'mine' is not supported on User"),
    ]);
}

#[test]
fn clauses_the_product_lacks_say_so() {
    for text in [
        "SELECT Id FROM Account USING SCOPE my_territory",
        "SELECT Id FROM Account WITH SYSTEM_MODE",
        "SELECT Id FROM Account WITH RecordVisibilityContext (maxDescriptorPerRecord=100, supportsDomains=true)",
        "SELECT Id FROM Account WITH DATA CATEGORY Geography__c AT (usa__c, uk__c) AND Product__c ABOVE_OR_BELOW mobile__c",
    ] {
        assert!(refusal(text).starts_with("FUNCTIONALITY_NOT_ENABLED: "), "{text}");
    }
}

#[test]
fn children_nest_one_level_before_version_58_and_five_in_all_after() {
    let two = "SELECT (SELECT (SELECT Id FROM Phases__r) FROM Projects__r) FROM Account";
    let old = ResolveContext { api_version: 57, ..context() };
    let outcome = soql::plan(two, schema(), &old).map(|_| ()).expect_err("too deep");
    assert_eq!(
        short(&outcome.to_string()),
        "MALFORMED_QUERY 1:32 Sub-queries nest at most 2 levels deep, the outer query included."
    );
    plan(two);
    let mut deep = "SELECT Id FROM SubProjects__r".to_owned();
    for _ in 0..4 {
        deep = format!("SELECT ({deep}) FROM SubProjects__r");
    }
    let six = format!("SELECT ({deep}) FROM Project__c");
    assert!(refusal(&six).ends_with("Sub-queries nest at most 5 levels deep, the outer query included."));
}

#[test]
fn a_query_has_at_most_20_sub_queries() {
    let lists = |accounts: &str, projects: &str| {
        format!(
            "Id, (SELECT Id FROM Contacts), (SELECT Id FROM Opportunities), (SELECT Id FROM Tasks), (SELECT {accounts} \
             FROM ChildAccounts), (SELECT {projects} FROM Projects__r)"
        )
    };
    // Five lists on each of four levels.
    let three = lists(&lists(&lists("Id", "Id"), "Id"), "Id");
    plan(&format!("SELECT {} FROM Account", lists(&three, "Id")));
    let one_more = lists(&three, "(SELECT Id FROM Phases__r)");
    let outcome = refusal(&format!("SELECT {one_more} FROM Account"));
    assert!(outcome.ends_with("A query takes at most 20 sub-queries in SELECT."), "{outcome}");
}

#[test]
fn order_by_takes_32_expressions() {
    let list = vec!["Name"; 33].join(", ");
    assert!(
        refusal(&format!("SELECT Id FROM Account ORDER BY {list}")).ends_with("ORDER BY takes at most 32 expressions.")
    );
    plan(&format!("SELECT Id FROM Account ORDER BY {}", vec!["Name"; 32].join(", ")));
}

#[test]
fn lengths_and_depths_have_limits() {
    let long = format!("SELECT Id FROM Account WHERE Name = '{}'", "x".repeat(4_001));
    assert_eq!(short(&refusal(&long)), "MALFORMED_QUERY 1:37 A string literal cannot be longer than 4000 characters.");
    plan(&format!("SELECT Id FROM Account WHERE Name = '{}'", "é".repeat(4_000)));

    let spaces = " ".repeat(100_000);
    assert_eq!(
        refusal(&format!("SELECT Id FROM Account{spaces}")),
        "MALFORMED_QUERY: SOQL statements cannot be longer than 100000 characters."
    );

    let nested =
        |depth: usize| format!("SELECT Id FROM Account WHERE {}Name = 'x'{}", "(".repeat(depth), ")".repeat(depth));
    plan(&nested(50));
    assert_eq!(short(&refusal(&nested(51))), "QUERY_TOO_COMPLICATED 1:80 The query nests deeper than 50 levels.");
    assert!(refusal(&nested(40_000)).starts_with("QUERY_TOO_COMPLICATED"));
    let selects = |depth: usize| format!("{}SELECT Id FROM B{}", "SELECT (".repeat(depth), ") FROM A".repeat(depth));
    assert!(soql::parse(&selects(50)).is_ok());
    assert!(soql::parse(&selects(51)).is_err() && soql::parse(&selects(6_000)).is_err());
    let calls = format!("SELECT {}Id{} FROM Account", "format(".repeat(9_000), ")".repeat(9_000));
    assert!(refusal(&calls).starts_with("QUERY_TOO_COMPLICATED"));
}

#[test]
fn a_query_reaches_at_most_55_parents() {
    // 5 steps of ReportsTo, each with Account and its Owner, CreatedBy, LastModifiedBy, Parent, and so on.
    let ups = ["", "ReportsTo.", "ReportsTo.ReportsTo.", "ReportsTo.ReportsTo.ReportsTo."];
    let parents = [
        "Account",
        "Account.Owner",
        "Account.CreatedBy",
        "Account.LastModifiedBy",
        "Account.Parent",
        "Owner",
        "CreatedBy",
        "LastModifiedBy",
        "Owner.Manager",
        "CreatedBy.Manager",
        "LastModifiedBy.Manager",
        "ReportsTo",
        "Owner.CreatedBy",
        "Owner.LastModifiedBy",
    ];
    let paths: Vec<_> =
        ups.iter().flat_map(|up| parents.iter().map(move |parent| format!("{up}{parent}.Id"))).collect();
    assert_eq!(paths.len(), 56);
    plan(&format!("SELECT {} FROM Contact", paths[..55].join(", ")));
    let outcome = refusal(&format!("SELECT {} FROM Contact", paths.join(", ")));
    assert!(outcome.ends_with("A query may reach at most 55 different parents."), "{outcome}");
}
