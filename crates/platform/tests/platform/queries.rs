//! What queries answer, the same on both stores.

use crate::world::{World, draft, on_both_stores};
use model::{Date, Decimal, Value};
use platform::{Locator, QueryOptions, SaveOptions};

fn fill(world: &World) {
    let ctx = world.ctx(world.rep);
    let mut drafts = Vec::new();
    for (name, industry, revenue, employees) in [
        ("alpha", "Banking", Some(100), Some(5)),
        ("Beta", "banking", Some(250), None),
        ("Émile", "Retail", None, Some(7)),
        ("gamma_x", "", Some(250), Some(9)),
        ("100% Delta", "Energy", Some(5), Some(1)),
    ] {
        drafts.push(draft(
            &ctx,
            "Account",
            None,
            &[
                ("Name", name.into()),
                ("Industry", industry.into()),
                (
                    "AnnualRevenue",
                    revenue.map(|revenue: i64| Value::Number(Decimal::from(revenue))).unwrap_or_default(),
                ),
                ("NumberOfEmployees", employees.map(Value::Int).unwrap_or_default()),
            ],
        ));
    }
    let results = ctx.records_create("Account", drafts, SaveOptions::ALL).expect("results");
    assert!(results.iter().all(platform::RowResult::is_success), "{results:?}");
}

#[test]
fn filters_mean_what_the_language_says() {
    on_both_stores(|world| {
        fill(world);
        let names =
            |filter: &str| world.column(world.rep, &format!("SELECT Name FROM Account WHERE {filter} ORDER BY Name"));
        let all = ["100% Delta", "alpha", "Beta", "Émile", "gamma_x"];
        assert_eq!(names("Id != null"), all);
        assert_eq!(names("Name = 'ALPHA'"), ["alpha"]);
        assert_eq!(names("Name = 'émile'"), ["Émile"]);
        assert_eq!(names("Industry = 'Banking'"), ["alpha", "Beta"]);
        assert_eq!(names("Industry != 'Banking'"), ["100% Delta", "Émile", "gamma_x"]);
        assert_eq!(names("NOT (Industry = 'Banking')"), ["100% Delta", "Émile", "gamma_x"]);
        assert_eq!(names("Industry NOT IN ('Banking', 'Retail')"), ["100% Delta", "gamma_x"]);
        assert_eq!(names("Industry IN ('BANKING', null)"), ["alpha", "Beta", "gamma_x"]);
        assert_eq!(names("Industry = ''"), ["gamma_x"]);
        assert_eq!(names("AnnualRevenue > 100"), ["Beta", "gamma_x"]);
        assert_eq!(names("AnnualRevenue >= 99.5"), ["alpha", "Beta", "gamma_x"]);
        assert_eq!(names("AnnualRevenue < 100.5"), ["100% Delta", "alpha"]);
        assert_eq!(names("AnnualRevenue = 100.5"), Vec::<String>::new());
        assert_eq!(names("NOT (AnnualRevenue > 100)"), ["100% Delta", "alpha", "Émile"]);
        assert_eq!(names("AnnualRevenue = null"), ["Émile"]);
        assert_eq!(names("Name LIKE 'gamma\\_%'"), ["gamma_x"]);
        assert_eq!(names("Name LIKE '100\\% d%'"), ["100% Delta"]);
        assert_eq!(names("Name LIKE '%a'"), ["100% Delta", "alpha", "Beta"]);
        assert_eq!(names("NOT (Name LIKE '%a')"), ["Émile", "gamma_x"]);
        assert_eq!(names("Name < 'b'"), ["100% Delta", "alpha"]);
        assert_eq!(names("NumberOfEmployees IN (5, 7)"), ["alpha", "Émile"]);
        assert_eq!(names("(Industry = 'Retail' OR AnnualRevenue = 5) AND Name != null"), ["100% Delta", "Émile"]);
        assert_eq!(names("Owner.Name = 'rep'"), all);
        assert_eq!(names("Parent.Name = null"), all);
        assert_eq!(names("CreatedDate = TODAY"), all);
        assert_eq!(names("CreatedDate < TODAY"), Vec::<String>::new());
    });
}

#[test]
fn nulls_sort_first_and_ties_by_id() {
    on_both_stores(|world| {
        fill(world);
        let names = |order: &str| world.column(world.rep, &format!("SELECT Name FROM Account ORDER BY {order}"));
        assert_eq!(names("AnnualRevenue"), ["Émile", "100% Delta", "alpha", "Beta", "gamma_x"]);
        assert_eq!(names("AnnualRevenue DESC"), ["Émile", "Beta", "gamma_x", "alpha", "100% Delta"]);
        assert_eq!(names("AnnualRevenue DESC NULLS LAST"), ["Beta", "gamma_x", "alpha", "100% Delta", "Émile"]);
        assert_eq!(names("Name LIMIT 2 OFFSET 1"), ["alpha", "Beta"]);
    });
}

#[test]
fn groups_fold_case_and_aggregates_are_exact() {
    on_both_stores(|world| {
        fill(world);
        let ctx = world.ctx(world.rep);
        let soql = "SELECT Industry, COUNT(Id) n, SUM(AnnualRevenue) total, AVG(AnnualRevenue) mean, MAX(Name) latest \
                    FROM Account GROUP BY Industry HAVING COUNT(Id) > 0 ORDER BY COUNT(Id) DESC, Industry";
        let answer = ctx.query(soql, QueryOptions::default()).expect("groups");
        let rows: Vec<Vec<String>> =
            answer.groups().iter().map(|group| group.iter().map(Value::to_plain).collect()).collect();
        assert_eq!(
            rows,
            [
                vec!["Banking", "2", "350", "175", "Beta"],
                vec!["", "1", "250", "250", "gamma_x"],
                vec!["Energy", "1", "5", "5", "100% Delta"],
                vec!["Retail", "1", "", "", "Émile"],
            ]
        );
        let having = ctx.query(
            "SELECT Industry FROM Account GROUP BY Industry HAVING AVG(AnnualRevenue) > 174.9",
            QueryOptions::default(),
        );
        assert_eq!(having.expect("groups").groups().len(), 2);
        let total =
            ctx.query("SELECT COUNT() FROM Account WHERE AnnualRevenue > 1", QueryOptions::default()).expect("a count");
        assert_eq!(total.total, 4);
    });
}

#[test]
fn dates_group_by_month_quarter_and_fiscal_year() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let close = |text: &str| Value::Date(Date::parse(text).expect("a date"));
        let drafts = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-12-31"]
            .iter()
            .map(|day| {
                draft(
                    &ctx,
                    "Opportunity",
                    None,
                    &[("Name", (*day).into()), ("StageName", "Prospecting".into()), ("CloseDate", close(day))],
                )
            })
            .collect();
        ctx.records_create("Opportunity", drafts, SaveOptions::ALL).expect("results");
        let groups = |soql: &str| -> Vec<Vec<String>> {
            let answer = ctx.query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
            answer.groups().iter().map(|group| group.iter().map(Value::to_plain).collect()).collect()
        };
        assert_eq!(
            groups(
                "SELECT CALENDAR_MONTH(CloseDate) m, COUNT(Id) n FROM Opportunity GROUP BY CALENDAR_MONTH(CloseDate) ORDER BY CALENDAR_MONTH(CloseDate)"
            ),
            [["1", "1"], ["2", "2"], ["12", "1"]]
        );
        assert_eq!(
            groups(
                "SELECT FISCAL_QUARTER(CloseDate) q, COUNT(Id) n FROM Opportunity GROUP BY FISCAL_QUARTER(CloseDate)"
            ),
            [["1", "3"], ["4", "1"]]
        );
        assert_eq!(
            groups("SELECT DAY_ONLY(CreatedDate) d, COUNT(Id) n FROM Opportunity GROUP BY DAY_ONLY(CreatedDate)"),
            [["2026-11-21", "4"]]
        );
        assert_eq!(
            groups(
                "SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)) h, COUNT(Id) n FROM Opportunity GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))"
            ),
            [["9", "4"]]
        );
        assert_eq!(
            world.column(world.rep, "SELECT Name FROM Opportunity WHERE CloseDate = THIS_MONTH"),
            Vec::<String>::new()
        );
        assert_eq!(
            world.column(world.rep, "SELECT Name FROM Opportunity WHERE CloseDate = NEXT_N_DAYS:60"),
            ["2026-12-31"]
        );
        assert_eq!(
            world
                .column(
                    world.rep,
                    "SELECT Name FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2026 AND DAY_IN_WEEK(CloseDate) = 7"
                )
                .len(),
            2
        );
    });
}

#[test]
fn children_come_with_their_parents_and_keep_their_own_limits() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let other = world.create(world.rep, "Account", &[("Name", "Empty".into())]);
        for name in ["Cee", "Bee", "Aye"] {
            world.create(world.rep, "Contact", &[("LastName", name.into()), ("AccountId", account.into())]);
        }
        let ctx = world.ctx(world.rep);
        let soql = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 2) FROM Account ORDER BY Name";
        let answer = ctx.query(soql, QueryOptions::default()).expect("rows");
        let json = platform::view::query_answer(&answer, platform::view::ApiBase { version: 60 }, None);
        let json: serde_json::Value = serde_json::from_str(&json).expect("valid json");
        assert_eq!(json["records"][0]["Contacts"]["records"][0]["LastName"], "Aye");
        assert_eq!(json["records"][0]["Contacts"]["totalSize"], 2);
        assert_eq!(json["records"][1]["Contacts"], serde_json::Value::Null);
        let _ = other;
    });
}

#[test]
fn names_behind_polymorphic_references_are_found() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let contact = world.create(world.rep, "Contact", &[("FirstName", "Ann".into()), ("LastName", "Ode".into())]);
        world.create(
            world.rep,
            "Task",
            &[("Subject", "Call".into()), ("WhatId", account.into()), ("WhoId", contact.into())],
        );
        world.create(world.rep, "Task", &[("Subject", "Think".into())]);
        assert_eq!(world.column(world.rep, "SELECT What.Name FROM Task ORDER BY Subject"), ["Acme", ""]);
        assert_eq!(world.column(world.rep, "SELECT Who.Name FROM Task WHERE What.Type = 'Account'"), ["Ann Ode"]);
        assert_eq!(world.column(world.rep, "SELECT Subject FROM Task WHERE What.Type != 'Account'"), ["Think"]);
        assert_eq!(world.column(world.rep, "SELECT What.Type FROM Task WHERE What.Name = 'acme'"), ["Account"]);
    });
}

#[test]
fn long_answers_come_in_pages_that_show_the_rows_of_the_first_call() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let drafts = (0..450).map(|n| draft(&ctx, "Account", None, &[("Name", format!("A{n:03}").into())])).collect();
        ctx.records_create("Account", drafts, SaveOptions::ALL).expect("results");
        let options = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let first = ctx.query("SELECT Name FROM Account ORDER BY Name", options).expect("a page");
        assert_eq!((first.total, first.records().len()), (450, 200));
        let next = first.next.expect("more");
        let gone = first.records()[0].id;
        let late = world.column(world.rep, "SELECT Id FROM Account WHERE Name = 'A250'")[0].clone();
        ctx.record_delete("Account", model::RecordId::parse(&late).expect("an id")).expect("a delete");
        ctx.record_delete("Account", gone).expect("a delete");
        world.create(world.rep, "Account", &[("Name", "A249x".into())]);
        let second = ctx.query_more(next, options).expect("a page");
        assert_eq!((second.total, second.records().len()), (450, 199));
        assert_eq!(second.records()[0].cells[0].value().to_plain(), "A200");
        let third = ctx.query_more(second.next.expect("more"), options).expect("a page");
        assert_eq!((third.records().len(), third.next), (50, None));
        assert!(world.ctx(world.manager).query_more(next, options).is_err(), "another user's cursor");
        assert!(ctx.query_more(Locator { cursor: 999, offset: 0 }, options).is_err());
        world.clock.advance(2 * 86_400_000 + 1);
        assert!(ctx.query_more(next, options).is_err(), "an expired cursor");
    });
}

#[test]
fn a_later_page_shows_rows_that_have_changed_and_judges_access_anew() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let made =
            |n: usize| draft(&ctx, "Account", None, &[("Name", format!("A{n:03}").into()), ("Site", "x".into())]);
        ctx.records_create("Account", (0..250).map(made).collect(), SaveOptions::ALL).expect("results");
        let options = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let soql = "SELECT Name, Site FROM Account WHERE Site = 'x' AND CreatedDate = TODAY ORDER BY Name";
        let first = ctx.query(soql, options).expect("a page");
        let next = first.next.expect("more");
        let id = |name: &str| {
            let found = world.column(world.rep, &format!("SELECT Id FROM Account WHERE Name = '{name}'"));
            model::RecordId::parse(&found[0]).expect("an id")
        };
        // No longer what the filter asks for, and no longer today.
        world.update(world.rep, "Account", id("A210"), &[("Site", "y".into())]).expect("an update");
        // No longer readable.
        world.update(world.rep, "Account", id("A220"), &[("OwnerId", world.chief.into())]).expect("a transfer");
        world.clock.advance(86_400_000);
        let second = world.ctx(world.rep).query_more(next, options).expect("a page");
        assert_eq!((second.total, second.records().len(), second.next), (250, 49, None));
        assert_eq!(second.records()[10].cells[1].value().to_plain(), "y");
        assert!(second.records().iter().all(|row| row.cells[0].value().to_plain() != "A220"));
    });
}

#[test]
fn pages_of_groups_show_the_groups_of_the_first_call() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let made = |n: usize| draft(&ctx, "Account", None, &[("Name", format!("A{n:03}").into())]);
        ctx.records_create("Account", (0..250).map(made).collect(), SaveOptions::ALL).expect("results");
        let options = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let soql = "SELECT Name, COUNT(Id) n, FORMAT(MIN(CreatedDate)) d FROM Account GROUP BY Name";
        let first = ctx.query(soql, options).expect("a page");
        assert_eq!((first.total, first.groups().len()), (250, 200));
        world.create(world.rep, "Account", &[("Name", "A000a".into())]);
        let second = ctx.query_more(first.next.expect("more"), options).expect("a page");
        assert_eq!((second.total, second.groups().len(), second.next), (250, 50, None));
        let row: Vec<_> = second.groups()[0].iter().map(Value::to_plain).collect();
        assert_eq!(row, ["A200", "1", "21/11/2026 09:21"]);
    });
}

#[test]
fn a_bounded_list_by_an_indexed_field_is_the_beginning_of_the_whole_list() {
    on_both_stores(|world| {
        for (subject, day) in [("a", None), ("b", Some(3)), ("c", Some(9)), ("d", None), ("e", Some(3)), ("f", Some(1))]
        {
            let due = day.map_or(Value::Null, |day| Value::Date(Date::from_days(20_000 + day)));
            world.create(world.admin, "Task", &[("Subject", subject.into()), ("ActivityDate", due)]);
        }
        for order in
            ["ASC", "DESC", "ASC NULLS LAST", "DESC NULLS LAST", "DESC, Subject DESC", "ASC NULLS LAST, Subject"]
        {
            let list = |limit: usize| {
                let soql = format!("SELECT Subject FROM Task ORDER BY ActivityDate {order} LIMIT {limit}");
                world.column(world.admin, &soql).concat()
            };
            let expected = match order {
                "ASC" => "adfbec",
                "DESC" => "adcbef",
                "ASC NULLS LAST" | "ASC NULLS LAST, Subject" => "fbecad",
                "DESC NULLS LAST" => "cbefad",
                _ => "dacebf",
            };
            for limit in 1..=expected.len() {
                assert_eq!(list(limit), expected[..limit], "{order} LIMIT {limit}");
            }
            let soql = format!("SELECT Subject FROM Task ORDER BY ActivityDate {order}");
            assert_eq!(world.column(world.admin, &soql).concat(), expected, "{order}");
        }
    });
}
