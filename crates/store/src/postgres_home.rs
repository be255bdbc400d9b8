//! Where an org lives in PostgreSQL: a schema that belongs to a role of its own. The org's connections sign in as that
//! role, so the server itself refuses them every other org's schema.

use crate::driver::{Connection, Login, PostgresConnection, PostgresServer, first, is_refused_role};
use crate::keys::{Keyring, Purpose};
use crate::read::int_column;
use hkdf::Hkdf;
use model::{Error, OrgId, Result};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256, Sha512};
use std::sync::Arc;

/// The schema of an org.
pub(crate) fn schema_name(org: OrgId) -> String {
    format!("holdfast_org_{}", org.record_id().sequence())
}

/// Roles belong to a whole server, so their names tell installations and databases apart.
fn role_name(installation: &str, database: &str, org: OrgId) -> String {
    let mut hasher = Sha256::new();
    hasher.update(installation);
    hasher.update([0]);
    hasher.update(database);
    format!("holdfast_{}_{}", hex::encode(&hasher.finalize()[..6]), org.record_id().sequence())
}

/// Who the org's connections are. The password follows from the org's own key, so that nobody keeps it; without the
/// key there is a name and no way in.
pub(crate) fn login(
    server: &PostgresServer,
    installation: &str,
    org: OrgId,
    keyring: Option<&Keyring>,
) -> Result<Login> {
    let mut password = zeroize::Zeroizing::new([0u8; 24]);
    if let Some(keyring) = keyring {
        Hkdf::<Sha512>::new(Some(b"holdfast"), keyring.key(Purpose::Store)?.expose_secret())
            .expand(format!("holdfast/postgres-login/v1/{org}").as_bytes(), &mut *password)
            .map_err(Error::internal)?;
    }
    Ok(Login {
        org,
        schema: schema_name(org),
        role: role_name(installation, server.database(), org),
        password: SecretString::from(hex::encode(*password)),
    })
}

/// Makes role and schema.
pub(crate) fn create(server: &Arc<PostgresServer>, login: &Login) -> Result<()> {
    let mut admin = server.admin()?;
    ensure_role(&mut admin, login)?;
    admin.batch(&format!(
        "CREATE SCHEMA \"{0}\" AUTHORIZATION \"{1}\"; REVOKE ALL ON SCHEMA \"{0}\" FROM PUBLIC",
        login.schema, login.role
    ))
}

/// Signs in once. When the server does not know the role, or under another password (the database was brought over
/// from another server, the org has new keys), the role is put right first.
pub(crate) fn connect(server: &Arc<PostgresServer>, login: &Arc<Login>) -> Result<()> {
    match server.connection(login) {
        Ok(_) => Ok(()),
        Err(error) if is_refused_role(&error) => {
            let mut admin = server.admin()?;
            ensure_role(&mut admin, login)?;
            take_over(&mut admin, login)?;
            server.connection(login).map(|_| ())
        }
        Err(error) => Err(error),
    }
}

/// Puts the login's schema in the place of `name`, which is dropped, in one step.
pub(crate) fn exchange(server: &Arc<PostgresServer>, login: &Login, name: &str) -> Result<()> {
    let mut admin = server.admin()?;
    admin.batch(&format!(
        "BEGIN; DROP SCHEMA IF EXISTS \"{name}\" CASCADE; ALTER SCHEMA \"{}\" RENAME TO \"{name}\"; COMMIT",
        login.schema
    ))
}

/// Drops the schema alone.
pub(crate) fn drop_schema(server: &Arc<PostgresServer>, login: &Login) -> Result<()> {
    server.forget(login.org);
    server.admin()?.batch(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", login.schema))
}

/// Drops the schema and its role.
pub(crate) fn drop_home(server: &Arc<PostgresServer>, login: &Login) -> Result<()> {
    server.forget(login.org);
    let mut admin = server.admin()?;
    admin.batch(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", login.schema))?;
    if has_role(&mut admin, &login.role)? {
        admin.batch(&format!("DROP OWNED BY \"{0}\"; DROP ROLE \"{0}\"", login.role))?;
    }
    Ok(())
}

fn has_role(admin: &mut PostgresConnection, role: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM pg_catalog.pg_roles WHERE rolname = $1";
    Ok(first(admin, sql, &[role.into()], |row| int_column(row, 0))? == Some(1))
}

fn ensure_role(admin: &mut PostgresConnection, login: &Login) -> Result<()> {
    // The server sees a verifier only: what it logs of this statement opens nothing.
    let verifier = postgres_protocol::password::scram_sha_256(login.password.expose_secret().as_bytes());
    let verb = if has_role(admin, &login.role)? { "ALTER" } else { "CREATE" };
    let sql = format!(
        "{verb} ROLE \"{0}\" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{verifier}'; \
         GRANT \"{0}\" TO CURRENT_USER",
        login.role
    );
    admin.batch(&sql).map_err(|error| {
        Error::unavailable(
            "The role of the database address may not make roles. Each org has a role of its own, so that no org's \
             connection can read another's tables: give it that right with ALTER ROLE … CREATEROLE.",
            error.internal_cause().unwrap_or_default(),
        )
    })
}

/// Gives everything in the org's schema to its role.
fn take_over(admin: &mut PostgresConnection, login: &Login) -> Result<()> {
    let (schema, role) = (&login.schema, &login.role);
    admin.batch(&format!(
        r#"DO $body$
        DECLARE found record;
        BEGIN
          IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{schema}') THEN RETURN; END IF;
          EXECUTE 'ALTER SCHEMA "{schema}" OWNER TO "{role}"';
          EXECUTE 'REVOKE ALL ON SCHEMA "{schema}" FROM PUBLIC';
          FOR found IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'v', 'm') LOOP
            EXECUTE format('ALTER TABLE %s OWNER TO "{role}"', found.name);
          END LOOP;
          FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = '{schema}' LOOP
            EXECUTE format('ALTER FUNCTION %s OWNER TO "{role}"', found.name);
          END LOOP;
          FOR found IN SELECT c.oid::regcollation AS name FROM pg_collation c
            JOIN pg_namespace n ON n.oid = c.collnamespace WHERE n.nspname = '{schema}' LOOP
            EXECUTE format('ALTER COLLATION %s OWNER TO "{role}"', found.name);
          END LOOP;
        END $body$"#
    ))
}
