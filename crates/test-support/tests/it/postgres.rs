//! The shared PostgreSQL server.

use std::net::TcpStream;

use anyhow::Result;
use test_support::Postgres;

#[test]
fn a_fresh_database_answers_and_is_empty() -> Result<()> {
    let database = Postgres::create_database()?;
    assert_eq!(database.psql("SELECT current_database()")?, database.name());
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    assert_eq!(database.psql(tables)?, "0");
    Ok(())
}

#[test]
fn two_tests_never_see_each_other() -> Result<()> {
    let (one, other) = (Postgres::create_database()?, Postgres::create_database()?);
    one.psql("CREATE TABLE account (name text)")?;
    assert_ne!(one.url(), other.url());
    let message = other.psql("SELECT name FROM account").expect_err("the table is elsewhere").to_string();
    assert!(message.contains("relation \"account\" does not exist"), "{message}");
    Ok(())
}

#[test]
fn a_clone_has_the_contents_of_its_template() -> Result<()> {
    let template = Postgres::create_database()?;
    template.psql("CREATE TABLE account (name text); INSERT INTO account VALUES ('Acme')")?;
    let clone = Postgres::clone_database(&template)?;
    assert_eq!(clone.psql("SELECT name FROM account")?, "Acme");
    Ok(())
}

#[test]
fn a_dropped_database_is_gone() -> Result<()> {
    let database = Postgres::create_database()?;
    let name = database.name().to_owned();
    drop(database);
    let look = Postgres::create_database()?;
    assert_eq!(look.psql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'"))?, "0");
    Ok(())
}

#[test]
fn the_server_knows_what_the_product_needs() -> Result<()> {
    let database = Postgres::create_database()?;
    assert_eq!(database.psql("SHOW server_encoding")?, "UTF8");
    database.psql("CREATE EXTENSION pg_trgm")?;
    let version: u32 = database.psql("SHOW server_version_num")?.parse()?;
    assert!(version >= 150_000, "{version}");
    Ok(())
}

#[test]
fn the_server_listens_on_the_loopback_and_wants_a_password() -> Result<()> {
    let database = Postgres::create_database()?;
    let (before, after) = database.url().split_once('@').expect("the address names a role");
    let (address, _) = after.split_once('/').expect("the address names a database");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    TcpStream::connect(address)?;

    let (scheme_and_role, _) = before.rsplit_once(':').expect("the role has a password");
    let without_password = format!("{scheme_and_role}:wrong@{after}");
    let psql = Postgres::shared()?.programs().join("psql");
    let refused = std::process::Command::new(psql).args(["-c", "SELECT 1", &without_password]).output()?;
    assert!(!refused.status.success());
    Ok(())
}
