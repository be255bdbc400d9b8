//! The driver against real servers: roles, the bounded pool, lost connections, restarts, TLS.

use crate::OrgStore;
use crate::driver::first;
use crate::org::Open;
use crate::read::int_column;
use crate::testing::Installed;
use model::{Error, ErrorCode, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::sync::{Arc, Barrier};
use test_support::OwnPostgres;

fn works(org: &OrgStore) -> Result<()> {
    org.write(|tx| tx.setting_put("touched", "yes"))?;
    org.read(|tx| tx.setting("touched")).map(|_| ())
}

fn raw(org: &OrgStore, sql: &str) -> Result<()> {
    org.with_writer(|connection| connection.batch(sql))
}

#[test]
fn the_server_refuses_one_orgs_connection_the_schema_of_another() {
    let installed = Installed::postgres();
    let (one, other) = (installed.create_org(), installed.create_org());
    works(&other).expect("the other org works");
    let roles =
        installed.psql("SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname LIKE 'holdfast%'");
    let roles: Vec<&str> = roles.split(' ').collect();
    assert_eq!(roles.len(), 2, "each schema has an owner of its own: {roles:?}");
    let role_of_other = installed.psql("SELECT tableowner FROM pg_tables WHERE schemaname = 'holdfast_org_2' LIMIT 1");
    for attempt in [
        "SELECT * FROM holdfast_org_2.hf_setting".to_owned(),
        "INSERT INTO holdfast_org_2.hf_setting VALUES ('x', 'y')".to_owned(),
        "SET search_path = holdfast_org_2; SELECT * FROM hf_setting".to_owned(),
        "CREATE TABLE holdfast_org_2.mine (x bigint)".to_owned(),
        "DROP SCHEMA holdfast_org_2 CASCADE".to_owned(),
        format!("SET ROLE \"{role_of_other}\""),
        "SET ROLE holdfast; SELECT * FROM holdfast_org_2.hf_setting".to_owned(),
        "RESET ROLE; RESET SESSION AUTHORIZATION; SELECT * FROM holdfast_org_2.hf_setting".to_owned(),
        "CREATE ROLE mine".to_owned(),
    ] {
        let error = raw(&one, &attempt).expect_err(&attempt);
        let cause = error.internal_cause().unwrap_or_default();
        assert!(cause.contains("42501") || cause.contains("42P01"), "{attempt}: {cause}");
    }
    let own = "SELECT COUNT(*) FROM holdfast_org_1.hf_migration";
    let count = one.read(|tx| first(tx.connection, own, &[], |row| int_column(row, 0))).expect("its own schema");
    assert!(count > Some(0));
}

#[test]
fn a_transaction_that_fails_as_it_begins_leaves_its_connection_whole() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    let held = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 11))";
    org.with_writer(|first| {
        first.batch(&format!("BEGIN; {held}"))?;
        // Somebody changes the metadata for longer than a writer waits: the step behind BEGIN fails.
        for _ in 0..3 {
            org.with_writer(|second| {
                second.batch("SET lock_timeout = '50ms'")?;
                let refused = Open::begin(second, &format!("BEGIN; {held}")).map(|_| ());
                assert_eq!(refused.expect_err("held").code(), ErrorCode::UnableToLockRow);
                Ok(())
            })?;
        }
        first.batch("ROLLBACK")
    })
    .expect("a lock that is given back");
    for _ in 0..4 {
        works(&org).expect("every connection of the pool");
    }
}

#[test]
fn an_org_that_is_destroyed_takes_schema_and_role_with_it() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    let role = installed.psql("SELECT tableowner FROM pg_tables WHERE schemaname = 'holdfast_org_1' LIMIT 1");
    let id = org.org();
    drop(org);
    installed.store().org_delete(id).expect("a delete");
    assert_eq!(installed.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'holdfast_org_1'"), "0");
    assert_eq!(installed.psql(&format!("SELECT count(*) FROM pg_roles WHERE rolname = '{role}'")), "0");
}

#[test]
fn a_role_with_another_password_or_an_old_owner_is_put_right_when_the_org_is_opened() {
    let mut installed = Installed::postgres();
    let id = installed.create_org().org();
    let role = installed.psql("SELECT tableowner FROM pg_tables WHERE schemaname = 'holdfast_org_1' LIMIT 1");
    installed.psql(&format!(
        "ALTER ROLE \"{role}\" PASSWORD 'another'; ALTER TABLE holdfast_org_1.hf_setting OWNER TO holdfast"
    ));
    installed.reopen();
    works(&installed.store().org(id).expect("an org")).expect("it works");
}

#[test]
fn connections_are_bounded_and_orgs_make_room_for_one_another() {
    let installed = Installed::postgres_with("connections=2");
    let orgs: Vec<_> = (0..3).map(|_| installed.create_org()).collect();
    for org in orgs.iter().cycle().take(9) {
        works(org).expect("it works");
    }
    // Two units at work, and a third that gets its turn when one of them ends.
    let (begun, go_on) = (Barrier::new(3), Barrier::new(3));
    std::thread::scope(|scope| {
        let busy = |org: &Arc<OrgStore>| {
            let org = org.clone();
            let (begun, go_on) = (&begun, &go_on);
            scope.spawn(move || {
                org.read(|tx| {
                    tx.setting("touched")?;
                    begun.wait();
                    go_on.wait();
                    Ok(())
                })
            })
        };
        let at_work = [busy(&orgs[0]), busy(&orgs[1])];
        begun.wait();
        let third = scope.spawn(|| works(&orgs[2]));
        assert_eq!(installed.store().postgres().expect("a server").open_connections(), 2);
        go_on.wait();
        for unit in at_work {
            unit.join().expect("no panic").expect("it works");
        }
        third.join().expect("no panic").expect("its turn came");
    });
    assert!(installed.store().postgres().expect("a server").open_connections() <= 2);
}

#[test]
fn a_connection_that_the_server_ends_in_between_is_replaced_unseen() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    works(&org).expect("it works");
    installed.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast' AND datname = current_database()");
    works(&org).expect("a new connection");
}

#[test]
fn a_connection_lost_in_the_middle_of_the_work_is_told_and_nothing_was_written() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    let outcome = org.write(|tx| {
        tx.setting_put("half", "yes")?;
        installed.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast' AND datname = current_database()");
        tx.setting_put("other half", "yes")
    });
    let error = outcome.expect_err("the connection is gone");
    assert_eq!(error.code(), ErrorCode::ServerUnavailable);
    assert!(error.message().contains("Nothing was written"), "{error}");
    assert_eq!(org.read(|tx| tx.setting("half")).expect("it recovers"), None);
}

#[test]
fn a_statement_that_waits_too_long_for_a_lock_is_ended_by_the_server() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    let settings = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    for setting in settings {
        let sql = format!("SELECT setting::bigint FROM pg_settings WHERE name = '{setting}'");
        let limit = org.read(|tx| first(tx.connection, &sql, &[], |row| int_column(row, 0))).expect("a setting");
        assert!(limit > Some(0), "{setting} is {limit:?}");
    }
    org.write(|tx| tx.setting_put("held", "yes")).expect("a row");
    let outcome = org.write(|tx| {
        tx.setting_put("held", "no")?;
        org.with_writer(|second| {
            second.batch("SET lock_timeout = '50ms'; UPDATE hf_setting SET value = 'second' WHERE name = 'held'")
        })
    });
    let error = outcome.expect_err("the row is locked");
    assert_eq!(error.code(), ErrorCode::UnableToLockRow);
}

#[test]
fn a_long_answer_is_read_in_portions_and_may_be_left_in_the_middle() {
    let installed = Installed::postgres();
    let org = installed.create_org();
    let mut seen = 0;
    let outcome = org.read(|tx| {
        tx.connection.query("SELECT generate_series(1, 10000000)::bigint", &[], &mut |_| {
            seen += 1;
            if seen == 1000 { Err(Error::internal("enough")) } else { Ok(()) }
        })
    });
    assert!(outcome.is_err());
    assert_eq!(seen, 1000);
    works(&org).expect("the connection is fit for use");
}

/// A root and a server certificate for `localhost`, both PEM, with the server's key.
fn certificates() -> (String, String, String) {
    let mut ca = CertificateParams::new(Vec::new()).expect("parameters");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("a root");
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let server = server.signed_by(&key, &ca).expect("a certificate");
    (ca.pem(), server.pem(), key.serialize_pem())
}

#[test]
fn a_restarted_server_and_every_degree_of_tls() {
    let (root, certificate, key) = certificates();
    let settings = "ssl = on\nssl_cert_file = '{home}/server.crt'\nssl_key_file = '{home}/server.key'\n\
                    hba_file = '{home}/hba.conf'";
    let hba = "hostssl all all 127.0.0.1/32 scram-sha-256\n";
    let files = [("server.crt", certificate.as_str()), ("server.key", key.as_str()), ("hba.conf", hba)];
    let server = OwnPostgres::start(settings, &files).expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let (trusted, foreign) = (folder.path().join("root.pem"), folder.path().join("foreign.pem"));
    std::fs::write(&trusted, root).expect("a file");
    std::fs::write(&foreign, certificates().0).expect("a file");
    let at = |host: &str, query: &str| {
        let url = server.url().replace("127.0.0.1", host);
        Installed::at(format!("{url}?{query}"))
    };
    let create = |installed: &Installed| installed.store().org_create(Vec::new()).map(|_| ());
    let refused = |host: &str, query: &str, words: &str| {
        let error = create(&at(host, query)).expect_err(query);
        assert_eq!(error.code(), ErrorCode::ServerUnavailable, "{query}: {error}");
        assert!(error.message().contains(words), "{query}: {error}");
        assert!(!error.message().contains("@127"), "no address with a password: {error}");
    };
    let (trusted, foreign) = (trusted.display(), foreign.display());
    refused("127.0.0.1", "sslmode=disable", "no encryption");
    refused("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={trusted}"), "not valid for name");
    refused("localhost", &format!("sslmode=verify-full&sslrootcert={foreign}"), "certificate");
    refused("127.0.0.1", &format!("sslmode=verify-ca&sslrootcert={foreign}"), "certificate");
    refused("127.0.0.1", &format!("sslmode=require&sslrootcert={foreign}"), "certificate");
    refused("localhost", "sslmode=verify-full", "certificate");

    let installed = at("localhost", &format!("sslmode=verify-full&sslrootcert={trusted}"));
    let org = installed.create_org();
    works(&org).expect("it works");
    let encrypted = "SELECT COUNT(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl AND version >= 'TLSv1.2'";
    let count = org.read(|tx| first(tx.connection, encrypted, &[], |row| int_column(row, 0))).expect("a count");
    assert_eq!(count, Some(1));

    let data = server.path("data");
    server.stop_server(&data).expect("a stop");
    let error = works(&org).expect_err("no server");
    assert_eq!(error.code(), ErrorCode::ServerUnavailable);
    assert!(error.message().contains("database server cannot be reached"), "{error}");
    server.run_server(&data).expect("a start");
    works(&org).expect("it recovers");

    server.psql("DROP SCHEMA holdfast_org_1 CASCADE").expect("room for more");
    for query in ["sslmode=prefer", "sslmode=require", &format!("sslmode=verify-ca&sslrootcert={trusted}")] {
        let installed = at("127.0.0.1", query);
        create(&installed).unwrap_or_else(|error| panic!("{query}: {error}"));
        server.psql("DROP SCHEMA holdfast_org_1 CASCADE").expect("room for the next");
    }
}

#[test]
fn any_moment_comes_back_by_postgresqls_own_tools() {
    let settings = "wal_level = replica\narchive_mode = on\narchive_command = 'cp %p {home}/archive-%f'";
    let server = OwnPostgres::start(settings, &[]).expect("a server");
    let mut installed = Installed::at(server.url());
    let org = installed.create_org();
    let id = org.org();
    let put = |name: &str| org.write(|tx| tx.setting_put(name, "yes")).expect("a setting");

    put("before the base backup");
    let base = server.path("base");
    let mut command = server.as_account("pg_basebackup");
    command.arg("--pgdata").arg(&base).args(["--host", "127.0.0.1", "--port", &server.port().to_string()]);
    command.args(["--username", "holdfast", "--checkpoint", "fast", "--wal-method", "stream"]);
    server.run(&mut command).expect("a base backup");
    put("before the moment");
    let moment = server.psql("SELECT pg_current_wal_lsn()").expect("a place in the log");
    put("after the moment");
    drop(org);
    server.archive_log().expect("an archived log");
    server.stop_server(&server.path("data")).expect("a stop");

    let home = server.home().display();
    let recovery = format!(
        "restore_command = 'cp {home}/archive-%f %p'\nrecovery_target_lsn = '{moment}'\n\
         recovery_target_action = 'promote'\narchive_mode = off\n"
    );
    let path = base.join("postgresql.conf");
    let own = std::fs::read_to_string(&path).expect("its settings");
    std::fs::write(&path, own + &recovery).expect("a write");
    std::fs::write(base.join("recovery.signal"), "").expect("a write");
    server.give_to_account().expect("its files");
    server.run_server(&base).expect("a recovery");
    server.wait_for_writing().expect("the end of the recovery");

    installed.reopen();
    let org = installed.store().org(id).expect("the org");
    let there = |name: &str| org.read(|tx| tx.setting(name)).expect("a setting").is_some();
    assert!(there("before the base backup") && there("before the moment"));
    assert!(!there("after the moment"), "it is not yet written at that moment");
    works(&org).expect("work goes on");
}
