//! The SQL of both dialects side by side, as text that a reviewer reads.

use super::{Emitter, Narrow, ReadOptions, Statement, registry};
use crate::driver::{Connection, Counted, Dialect, Param};
use crate::sharing::{Places, Reach, Sharing};
use crate::testing::Installed;
use crate::{Cell, ReadTx, RecordRow};
use model::schema::{AccessDefault, FieldDef, GrantLevel, ObjectDef, RuleSource, SharingRule, share_of};
use model::{FieldType, Instant, KeyPrefix, OrgId, OrgSchema, RecordId, Result, Zone};
use policy::{AuthorizedPlan, Identity, ObjectPermission, PermissionFacts, Permissions, UserFacts, authorize};
use soql::ResolveContext;
use soql::plan::SelectKind;
use std::fmt::Write as _;
use std::sync::Arc;

fn objects() -> Vec<ObjectDef> {
    let group = RecordId::parse("00G000000000001").expect("an id");
    let other = RecordId::parse("00G000000000002").expect("an id");
    let mut account = ObjectDef::new("Account", "Account", "Accounts", "001");
    let criteria = RuleSource::Criteria("Industry = 'Banking' AND Revenue > 5".to_owned());
    account.sharing_rules = vec![
        SharingRule::new("Banks", criteria, group, GrantLevel::Read),
        SharingRule::new("Ours", RuleSource::Owner(other), group, GrantLevel::Edit),
        SharingRule::new("Others", RuleSource::Owner(group), other, GrantLevel::Edit),
    ];
    let shares = share_of(&account).expect("shares");
    vec![
        account
            .field(FieldDef::text("Name", "Name", 255).required())
            .field(FieldDef::picklist("Industry", "Industry", &["Banking", "Retail"]))
            .field(FieldDef::currency("Revenue", "Revenue"))
            .field(FieldDef::lookup("ParentId", "Parent", "Account").children("Children")),
        ObjectDef::new("Opportunity", "Opportunity", "Opportunities", "006")
            .field(FieldDef::text("Name", "Name", 120).required())
            .field(FieldDef::currency("Amount", "Amount"))
            .field(FieldDef::date("CloseDate", "Close date"))
            .field(FieldDef::lookup("AccountId", "Account", "Account").children("Opportunities"))
            .field(FieldDef::formula("Net", "Net", "Amount * 0.81", FieldType::Currency { precision: 18, scale: 2 }))
            .field(FieldDef::formula(
                "Share",
                "Share",
                "IF(Account.Parent.Revenue = 0, 0, Amount / Account.Parent.Revenue)",
                FieldType::Percent { precision: 16, scale: 2 },
            ))
            .field(FieldDef::formula(
                "Label",
                "Label",
                "UPPER(Account.Name) & IF(CloseDate < TODAY(), ' late', NULL)",
                FieldType::Text { length: 1300 },
            )),
        ObjectDef::new("Line", "Line", "Lines", "00k")
            .detail_of("OpportunityId")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::master("OpportunityId", "Opportunity", "Opportunity").children("Lines")),
        ObjectDef::new("Task", "Task", "Tasks", "00T")
            .activity()
            .name_field("Subject")
            .field(FieldDef::text("Subject", "Subject", 255))
            .field(FieldDef::polymorphic("WhatId", "What", &["Account", "Opportunity"])),
        ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::lookup("UserRoleId", "Role", "UserRole")),
        ObjectDef::new("UserRole", "Role", "Roles", "00E")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::lookup("ParentRoleId", "Parent", "UserRole"))
            .field(FieldDef::picklist("OpportunityAccessForAccountOwner", "Access", &["None", "Read", "Edit"])),
        ObjectDef::new("Group", "Group", "Groups", "00G")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::picklist("Type", "Type", &["Regular", "Queue"])),
        shares,
    ]
}

fn schema() -> Arc<OrgSchema> {
    Arc::new(OrgSchema::build(1, objects()).expect("a sound schema"))
}

/// A user with a role and no right beyond object and field permissions.
fn plan(text: &str) -> AuthorizedPlan {
    let schema = schema();
    let read = ObjectPermission { read: true, ..ObjectPermission::default() };
    let names: Vec<String> = schema.objects().iter().map(|object| object.name().to_owned()).collect();
    let facts = PermissionFacts {
        objects: names.iter().map(|name| (name.clone(), read)).collect(),
        fields: names.iter().map(|name| (name.clone(), "*".to_owned(), policy::FieldPermission::READ)).collect(),
        ..PermissionFacts::default()
    };
    let identity = Identity::establish(UserFacts {
        org: OrgId::new(1),
        user: RecordId::parse("005000000000001").expect("an id"),
        role: Some(RecordId::parse("00E000000000001").expect("an id")),
        active: true,
        frozen: false,
        permissions: Arc::new(Permissions::compile(&schema, [&facts])),
    })
    .expect("an active user");
    let context = ResolveContext::new(Instant::from_ms(1_795_249_279_000), Zone::UTC);
    authorize(&identity, soql::plan(text, &schema, &context).expect("a plan")).expect("an authorized plan")
}

fn options() -> ReadOptions {
    ReadOptions {
        zone: "Europe/Berlin".to_owned(),
        fiscal_start_month: 2,
        now: Instant::from_ms(1_795_249_279_000),
        given: None,
    }
}

/// How much the asker sees decides how access is said.
#[derive(Clone, Copy)]
enum Asker {
    SeesFew,
    SeesMany,
}

fn both(text: &str, asker: Asker) -> String {
    let plan = plan(text);
    let options = options();
    let id = |text: &str| RecordId::parse(text).expect("an id").as_i64();
    let (user, role) = (id("005000000000001"), id("00E000000000001"));
    let reach = match asker {
        Asker::SeesFew => Reach::in_group(user, role, id("00G000000000001")),
        Asker::SeesMany => Reach::above_one(user, role, id("005000000000002")),
    };
    let rules = Arc::new(policy::RuleBook::compile(plan.schema()).expect("sound rules"));
    let sharing = Sharing { reach: Arc::new(reach), rules };
    let mut out = format!("{text}\n");
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let emitter = Emitter::new(dialect, &plan, &options, &sharing);
        let select = &plan.plan().select;
        let Statement { sql, params } = match select.kind {
            SelectKind::Records => {
                emitter.records(select, &Narrow::Window { limit: Some(2001) }).expect("a statement").statement
            }
            SelectKind::Count => emitter.count(select).expect("a statement"),
            SelectKind::Groups { .. } => emitter.groups(select).expect("a statement").0,
        };
        // Formulas have other numbers in each process.
        let params: Vec<_> = params
            .into_iter()
            .map(|param| match param {
                Param::Int(number) if number > registry::FIRST => Param::Text("the formula".to_owned()),
                other => other,
            })
            .collect();
        writeln!(out, "\n{dialect:?}\n  {sql}\n  {params:?}").expect("a String takes everything");
    }
    out
}

macro_rules! shows {
    ($($name:ident: $text:literal;)*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(both($text, Asker::SeesMany));
        }
    )* };
}

shows! {
    a_list_with_a_parent_filtered_and_sorted:
        "SELECT Name, Account.Name FROM Opportunity WHERE Amount > 100.005 AND Account.Industry != 'Retail' ORDER BY Account.Name DESC NULLS LAST LIMIT 50";
    not_is_pushed_down_to_the_tests:
        "SELECT Id FROM Account WHERE NOT (Industry = 'Retail' OR (Revenue < 5 AND Name LIKE 'a%'))";
    a_count_joins_only_what_it_filters_by:
        "SELECT COUNT() FROM Opportunity WHERE Account.Parent.Name = 'x'";
    groups_by_stage_and_fiscal_year:
        "SELECT Account.Industry, FISCAL_YEAR(CloseDate) y, SUM(Amount) s, AVG(Amount) a FROM Opportunity GROUP BY Account.Industry, FISCAL_YEAR(CloseDate) HAVING AVG(Amount) > 10.5 ORDER BY SUM(Amount) DESC";
    a_formula_in_which_nothing_can_fail_is_an_expression:
        "SELECT Net, Label FROM Opportunity WHERE Net > 10 ORDER BY Net DESC";
    a_formula_that_can_fail_is_a_function_and_its_joins_see_every_parent:
        "SELECT COUNT() FROM Opportunity WHERE Share > 50 AND Account.Name = 'x'";
    groups_by_a_formula:
        "SELECT Label, SUM(Net) FROM Opportunity GROUP BY Label";
    details_are_seen_through_their_master:
        "SELECT Name FROM Line WHERE Opportunity.Name IN ('a', 'b', null)";
    an_activity_is_seen_through_what_it_is_about:
        "SELECT Subject, What.Name, What.Type FROM Task WHERE What.Type IN ('Account')";
    an_anti_join_keeps_nulls_and_filters_the_inner_object_first:
        "SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Opportunity WHERE CloseDate = THIS_QUARTER)";
    subtotals_join_the_rows_with_their_grouping_sets:
        "SELECT Account.Industry, GROUPING(Account.Industry) g, COUNT(Account.Industry) n FROM Opportunity GROUP BY ROLLUP(Account.Industry) HAVING COUNT(Id) > 1";
    the_first_of_a_picklist_goes_by_its_place:
        "SELECT MIN(Industry) FROM Account";
}

/// Thirty accounts of the user, each with two opportunities of three lines, and every second below the one before it.
fn fill(connection: &mut dyn Connection) -> Result<()> {
    let id = |prefix, number: u64| RecordId::new(KeyPrefix::known(prefix), number).as_i64();
    let user = RecordId::parse("005000000000001").expect("an id").as_i64();
    for account in 1..=30 {
        let parent = if account % 2 == 0 { id("001", account - 1).to_string() } else { "NULL".to_owned() };
        connection.batch(&format!(
            "INSERT INTO \"Account\" (\"Id\", \"OwnerId\", \"Name\", \"ParentId\") VALUES ({}, {user}, 'a', {parent})",
            id("001", account)
        ))?;
        for deal in account * 2..account * 2 + 2 {
            connection.batch(&format!(
                "INSERT INTO \"Opportunity\" (\"Id\", \"OwnerId\", \"Name\", \"AccountId\") VALUES ({}, {user}, 'o', {})",
                id("006", deal),
                id("001", account)
            ))?;
            for line in deal * 3..deal * 3 + 3 {
                connection.batch(&format!(
                    "INSERT INTO \"Line\" (\"Id\", \"Name\", \"OpportunityId\") VALUES ({}, 'l', {})",
                    id("00k", line),
                    id("006", deal)
                ))?;
            }
        }
    }
    Ok(())
}

#[test]
fn a_level_of_a_query_takes_one_statement_however_many_parents_it_has() {
    Installed::on_both_stores(|installed| {
        let org = installed.store().org_create(objects()).expect("an org");
        org.write(|tx| fill(tx.connection())).expect("records");
        let count = |text: &str| {
            let plan = plan(text);
            org.with_writer(|connection| {
                let mut counted = Counted { inner: connection, statements: Vec::new() };
                let rows = ReadTx {
                    connection: &mut counted,
                    keyring: &org.keyring,
                    places: Places::new(&org.sharing, false),
                }
                .records(&plan, &options(), None)?;
                let place = counted.statements.iter().filter(|sql| sql.contains("'access'")).count();
                assert_eq!(place, 1, "the place of the user is asked for once, however many levels there are");
                Ok((rows, counted.statements.len() - place))
            })
            .expect("rows")
        };
        org.read(|tx| tx.sharing_of(RecordId::parse("005000000000001")?, &schema()).map(|_| ()))
            .expect("the place of the user, kept");
        let (rows, statements) = count("SELECT Name, Parent.Name FROM Account WHERE ParentId != null");
        assert_eq!((rows.len(), statements), (15, 1));
        let (rows, statements) = count(
            "SELECT Name, (SELECT Name, (SELECT Name, Opportunity.Account.Name FROM Lines) FROM Opportunities), \
             (SELECT Name, (SELECT Name, (SELECT Name FROM Lines LIMIT 2) FROM Opportunities) FROM Children) FROM Account",
        );
        assert_eq!((rows.len(), statements), (30, 6), "the query, and one for each list in it");
        let lines = |row: &RecordRow, list: usize| match &row.cells[list] {
            Cell::Children(rows) => rows.clone(),
            other => panic!("{other:?} is no list"),
        };
        let deals = lines(&rows[0], 1);
        assert_eq!((deals.len(), lines(&deals[0], 1).len()), (2, 3));
        let below = lines(&rows[0], 2);
        assert_eq!((below.len(), lines(&lines(&below[0], 1)[0], 1).len()), (1, 2));
        let (_, statements) = count("SELECT Name, (SELECT Name FROM Opportunities) FROM Account WHERE Name = 'none'");
        assert_eq!(statements, 1, "without parents there is nothing to ask");
    });
}

#[test]
fn who_sees_few_names_the_records_and_who_sees_many_tests_them() {
    let few = both("SELECT COUNT() FROM Account", Asker::SeesFew);
    let many = both("SELECT COUNT() FROM Account", Asker::SeesMany);
    let one = both("SELECT Name FROM Account WHERE Id = '001000000000001'", Asker::SeesFew);
    insta::assert_snapshot!(format!("sees few\n\n{few}\nsees many\n\n{many}\none record\n\n{one}"));
}

#[test]
fn a_page_is_chosen_before_its_parents_are_joined_and_few_records_drive_it() {
    let text = "SELECT Name, Account.Name FROM Opportunity WHERE Amount > 5 ORDER BY CloseDate DESC LIMIT 10";
    let (few, many) = (both(text, Asker::SeesFew), both(text, Asker::SeesMany));
    insta::assert_snapshot!(format!("sees few\n\n{few}\nsees many\n\n{many}"));
}
