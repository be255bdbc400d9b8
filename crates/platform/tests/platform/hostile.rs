//! Queries that are large, deep or strange: each is answered, or refused by a limit that has a name.

use crate::world::{World, on_both_stores};
use model::ErrorCode;
use platform::QueryOptions;

fn outcome(world: &World, soql: &str) -> Result<u64, model::Error> {
    world.ctx(world.rep).query(soql, QueryOptions::default()).map(|answer| answer.total)
}

fn filtered(world: &World, filter: &str) -> u64 {
    let soql = format!("SELECT Id FROM Account WHERE {filter}");
    outcome(world, &soql)
        .unwrap_or_else(|error| panic!("{error} ({:?}) for {} characters", error.internal_cause(), soql.len()))
}

#[test]
fn long_lists_and_long_chains_are_answered() {
    on_both_stores(|world| {
        let values = [("Name", "Acme".into()), ("NumberOfEmployees", model::Value::Int(7))];
        world.create(world.rep, "Account", &values);
        let list = |item: &dyn Fn(usize) -> String, count: usize| (0..count).map(item).collect::<Vec<_>>().join(",");
        assert_eq!(filtered(world, &format!("NumberOfEmployees IN ({})", list(&|n| n.to_string(), 10_000))), 1);
        assert_eq!(filtered(world, &format!("AnnualRevenue IN ({})", list(&|n| format!("{n}.555"), 10_000))), 0);
        assert_eq!(filtered(world, &format!("NumberOfEmployees NOT IN ({})", list(&|_| "1".to_owned(), 49_000))), 1);
        assert_eq!(filtered(world, &format!("Name IN ({},'acme')", list(&|n| format!("'{n}'"), 10_000))), 1);
        assert_eq!(filtered(world, &format!("Name NOT IN ({})", list(&|n| format!("'é{n}'"), 10_000))), 1);
        assert_eq!(filtered(world, &format!("CreatedDate IN ({})", list(&|_| "TODAY".to_owned(), 10_000))), 1);
        assert_eq!(filtered(world, &format!("CreatedDate IN ({})", list(&|n| format!("N_DAYS_AGO:{n}"), 900))), 1);
        let chain = |test: &str, word: &str, count: usize| vec![test; count].join(word);
        assert_eq!(filtered(world, &chain("NumberOfEmployees = 7", " AND ", 900)), 1);
        assert_eq!(filtered(world, &chain("(NumberOfEmployees = 7 OR Name LIKE 'b%')", " AND ", 450)), 1);
        assert_eq!(filtered(world, &chain("NumberOfEmployees = 7", " OR ", 3_500)), 1);
        assert_eq!(filtered(world, &chain("Name LIKE 'a%'", " OR ", 900)), 1);
        assert_eq!(filtered(world, &chain("Name != 'x'", " AND ", 5_500)), 1);
        assert_eq!(filtered(world, &chain("NOT Name = 'x'", " AND ", 4_500)), 1);
    });
}

#[test]
fn depth_is_answered_up_to_its_limit() {
    on_both_stores(|world| {
        world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let nested = |depth: usize| format!("{}Name = 'acme'{}", "NOT (".repeat(depth), ")".repeat(depth));
        assert_eq!(filtered(world, &nested(48)), 1);
        let error = outcome(world, &format!("SELECT Id FROM Account WHERE {}", nested(60))).expect_err("too deep");
        assert_eq!(error.code(), ErrorCode::QueryTooComplicated);
    });
}

#[test]
fn what_no_statement_can_hold_is_refused_by_name() {
    on_both_stores(|world| {
        let refused = |soql: &str, words: &str| {
            let error = outcome(world, soql).expect_err("too large");
            assert_eq!(error.code(), ErrorCode::QueryTooComplicated, "{error}");
            assert!(error.message().contains(words), "{error}");
        };
        let fields = [
            "Id",
            "Name",
            "Type",
            "BillingStreet",
            "BillingCity",
            "BillingState",
            "BillingPostalCode",
            "BillingCountry",
            "ShippingStreet",
            "ShippingCity",
            "ShippingState",
            "ShippingPostalCode",
            "ShippingCountry",
            "Phone",
            "Fax",
            "AccountNumber",
            "Website",
            "Sic",
            "SicDesc",
            "Industry",
            "AnnualRevenue",
            "NumberOfEmployees",
            "Ownership",
            "TickerSymbol",
            "Description",
            "Rating",
            "Site",
            "Jigsaw",
            "AccountSource",
            "CreatedDate",
            "LastModifiedDate",
            "SystemModstamp",
        ];
        let mut paths = Vec::new();
        for depth in 1..=5 {
            let up = "Parent.".repeat(depth);
            paths.extend(fields.iter().map(|field| format!("{up}{field}")));
        }
        assert!(outcome(world, &format!("SELECT {} FROM Account", paths.join(","))).is_ok());
        let tests = vec!["Name LIKE 'a%'"; 1_001];
        refused(&format!("SELECT Id FROM Account WHERE {}", tests.join(" OR ")), "at most 1000 conditions");
        let days: Vec<_> = (0..2_000).map(|n| format!("N_DAYS_AGO:{n}")).collect();
        refused(
            &format!("SELECT Id FROM Account WHERE CreatedDate IN ({})", days.join(",")),
            "at most 1000 conditions",
        );
        let wide: Vec<_> = (0..1_700).map(|n| format!("COUNT(Id) c{n}")).collect();
        refused(&format!("SELECT {} FROM Account", wide.join(",")), "at most 1600 columns");
        let many: Vec<_> = (0..16_000).map(|n| format!("N_DAYS_AGO:{}", n % 100_000)).collect();
        let long = format!("SELECT Id FROM Account WHERE CreatedDate IN ({})", many.join(","));
        let error = outcome(world, &long).expect_err("longer than any query");
        assert_eq!(error.code(), ErrorCode::MalformedQuery);
        assert!(error.message().contains("100000 characters"), "{error}");
    });
}

#[test]
fn strange_characters_are_text_like_any_other() {
    on_both_stores(|world| {
        // Dotted capital I alone folds otherwise in PostgreSQL (docs/known-quirks.md).
        let names = ["\u{202e}rtl", "🏳️‍🌈", "a\u{301}", "ﬀ", "Νίκος", "ΟΔΟΣ", "ſ", "ß", "null", "%", "_", "'", "\\"];
        for name in names {
            world.create(world.rep, "Account", &[("Name", name.into())]);
        }
        for name in names {
            let quoted = platform::literal::quoted(name);
            assert_eq!(filtered(world, &format!("Name = {quoted}")), 1, "{name:?}");
            let pattern = platform::literal::pattern(name, false);
            assert_eq!(filtered(world, &format!("Name LIKE {pattern}")), 1, "{name:?}");
        }
        // No column can hold a NUL on PostgreSQL: asking for one finds nothing, and breaks nothing.
        assert_eq!(filtered(world, "Name = 'a\\u0000b' OR Name LIKE '\\u0000%' OR Name IN ('\\u0000')"), 0);
        assert_eq!(
            filtered(world, "Name < 'a\\u0000b' AND Name != 'a\\u0000b'"),
            filtered(world, "Name < 'ab'"),
            "an order that looks past what is no letter"
        );
    });
}
