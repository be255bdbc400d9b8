//! Migrations on both stores: a database of an older list, of a newer one, one that fails half-way.

use super::{MIGRATIONS, Migration};
use crate::driver::{Connection, Dialect, collect, first};
use crate::read::{int_column, text_column};
use crate::testing::Installed;
use model::{Error, ErrorCode, Result};

const SECOND: Migration = Migration { number: 900, name: "a table with a row", run: second };
const THIRD: Migration = Migration {
    number: 800,
    name: "a table of words",
    run: |connection| super::batch(connection, "CREATE TABLE hf_third (x {int}, y {blob})"),
};
const FAILING: Migration = Migration { number: 950, name: "one that fails", run: fail_after_writing };

fn second(connection: &mut dyn Connection) -> Result<()> {
    super::batch(connection, "CREATE TABLE hf_second (x {int})")?;
    connection.execute("INSERT INTO hf_second (x) VALUES (1)", &[]).map(|_| ())
}

fn fail_after_writing(connection: &mut dyn Connection) -> Result<()> {
    connection.batch("CREATE TABLE hf_half (x INTEGER)")?;
    Err(Error::internal("on purpose"))
}

fn with(more: &[Migration]) -> Vec<Migration> {
    let mut list: Vec<Migration> = MIGRATIONS.iter().chain(more).copied().collect();
    list.sort_by_key(|migration| migration.number);
    list
}

fn count(connection: &mut dyn Connection, sql: &str) -> Result<i64> {
    first(connection, sql, &[], |row| int_column(row, 0))?.ok_or_else(|| Error::internal("no row"))
}

#[test]
fn numbers_ascend_and_names_are_told_apart() {
    assert!(MIGRATIONS.windows(2).all(|pair| pair[0].number < pair[1].number));
    let names: std::collections::HashSet<_> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!(names.len(), MIGRATIONS.len());
}

#[test]
fn an_org_of_an_older_list_goes_through_what_it_lacks_once_whatever_its_number() {
    Installed::on_both_stores(|installed| {
        let org = installed.create_org();
        assert_eq!(org.migrate_to(&with(&[SECOND])).expect("the newer list"), [SECOND.name]);
        // Released later with a lower number.
        assert_eq!(org.migrate_to(&with(&[SECOND, THIRD])).expect("the newest list"), [THIRD.name]);
        assert_eq!(org.migrate_to(&with(&[SECOND, THIRD])).expect("nothing to do"), Vec::<&str>::new());
        org.read(|tx| {
            assert_eq!(count(tx.connection, "SELECT COUNT(*) FROM hf_second")?, 1);
            assert_eq!(count(tx.connection, "SELECT COUNT(*) FROM hf_third")?, 0);
            Ok(())
        })
        .expect("both tables");
    });
}

#[test]
fn an_org_that_a_newer_program_changed_is_refused_in_words() {
    Installed::on_both_stores(|mut installed| {
        let org = installed.create_org();
        let id = org.org();
        org.migrate_to(&with(&[SECOND])).expect("the newer list");
        drop(org);
        installed.reopen();
        let error = installed.store().org(id).err().expect("refused");
        assert_eq!(error.code(), ErrorCode::ServerUnavailable);
        assert!(error.message().contains("was opened by a newer version of Holdfast"), "{error}");
        assert!(error.message().contains("migration 900: a table with a row"), "{error}");
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_and_is_named() {
    Installed::on_both_stores(|installed| {
        let org = installed.create_org();
        let error = org.migrate_to(&with(&[SECOND, FAILING])).expect_err("it fails");
        assert!(error.message().contains("migration 950 (one that fails) failed"), "{error}");
        org.read(|tx| {
            assert_eq!(count(tx.connection, "SELECT COUNT(*) FROM hf_second")?, 1, "the one before it stays");
            Ok(())
        })
        .expect("a count");
        assert!(org.read(|tx| count(tx.connection, "SELECT COUNT(*) FROM hf_half")).is_err());
        assert_eq!(org.migrate_to(&with(&[SECOND, THIRD])).expect("it goes on"), [THIRD.name]);
    });
}

#[test]
fn an_org_made_before_the_list_was_kept_is_taken_over_as_it_is() {
    Installed::on_both_stores(|mut installed| {
        let org = installed.create_org();
        let id = org.org();
        org.write(|tx| {
            let connection = tx.connection();
            empty(connection)?;
            (MIGRATIONS[0].run)(connection)?;
            tx.setting_put("kept", "yes")
        })
        .expect("as it was");
        drop(org);
        installed.reopen();
        let org = installed.store().org(id).expect("an org");
        assert_eq!(org.read(|tx| tx.setting("kept")).expect("a setting").as_deref(), Some("yes"));
        let applied = org.read(|tx| count(tx.connection, "SELECT COUNT(*) FROM hf_migration")).expect("a list");
        assert_eq!(applied, i64::try_from(MIGRATIONS.len()).expect("few"));
    });
}

#[test]
fn sign_ins_of_an_older_org_tell_addresses_from_then_on() {
    Installed::on_both_stores(|installed| {
        let org = installed.create_org();
        let told = org.write(|tx| {
            let connection = tx.connection();
            connection.batch("DROP TABLE hf_trail")?;
            (super::m080_trail::MIGRATION.run)(connection)?;
            let nothing = match connection.dialect() {
                Dialect::Sqlite => "NULL COLLATE HF",
                Dialect::Postgres => "NULL::text",
            };
            connection.batch(&format!(
                "CREATE VIEW \"LoginHistory\" AS SELECT seq AS \"Id\", {nothing} AS \"SourceIp\", {nothing} AS \"Browser\" \
                 FROM hf_trail WHERE told = 1"
            ))?;
            (super::m110_sign_in_source::MIGRATION.run)(connection)?;
            let row = "INSERT INTO hf_trail (seq, told, at_ms, context, act, place, words, source) VALUES";
            connection.batch(&format!("{row} (1, 1, 0, '', '', '', '', '192.0.2.1'), (2, 1, 0, '', '', '', '', '')"))?;
            let asked = "SELECT COALESCE(\"SourceIp\", 'none') || COALESCE(\"Browser\", '') FROM \"LoginHistory\" ORDER BY \"Id\"";
            collect(connection, asked, &[], |row| text_column(row, 0))
        });
        assert_eq!(told.expect("rows"), ["192.0.2.1", "none"]);
    });
}

fn empty(connection: &mut dyn Connection) -> Result<()> {
    let tables = match connection.dialect() {
        Dialect::Sqlite => {
            // The search index is one virtual table: its parts go with it.
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite%'"
        }
        Dialect::Postgres => "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
    };
    for table in collect(connection, tables, &[], |row| text_column(row, 0))? {
        connection.batch(&format!("DROP TABLE \"{table}\""))?;
    }
    match connection.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => connection.batch("DROP FUNCTION hf_fold(text); DROP COLLATION hf_order"),
    }
}
