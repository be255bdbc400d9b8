//! The first tables: settings, metadata, sequences, role closure, audit, history, outbox, jobs, sign-in, cursors.

use super::{Migration, batch};
use crate::driver::{Connection, Dialect};
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 1, name: "the platform's first tables", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    if connection.dialect() == Dialect::Postgres {
        connection.batch(POSTGRES_PREPARATION)?;
    }
    batch(connection, PLATFORM_TABLES)
}

const PLATFORM_TABLES: &str = r#"
CREATE TABLE hf_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE hf_object (name TEXT PRIMARY KEY, position {int} NOT NULL, def TEXT NOT NULL);
CREATE TABLE hf_sequence (name TEXT PRIMARY KEY, next {int} NOT NULL);
CREATE TABLE hf_role_closure (ancestor {int} NOT NULL, descendant {int} NOT NULL, PRIMARY KEY (ancestor, descendant));
CREATE INDEX hf_role_closure_down ON hf_role_closure (descendant);
CREATE TABLE hf_audit (
  seq {int} PRIMARY KEY, at_ms {int} NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  object TEXT NOT NULL, record {int} NOT NULL, detail TEXT NOT NULL, hash {blob} NOT NULL, mac {blob} NOT NULL);
CREATE INDEX hf_audit_record ON hf_audit (record, seq);
CREATE TABLE hf_history (
  seq {int} PRIMARY KEY, record {int} NOT NULL, object TEXT NOT NULL, field TEXT NOT NULL,
  old_value TEXT NOT NULL, new_value TEXT NOT NULL, at_ms {int} NOT NULL, actor TEXT NOT NULL);
CREATE INDEX hf_history_record ON hf_history (record, seq);
CREATE TABLE hf_outbox (
  seq {int} PRIMARY KEY, kind TEXT NOT NULL, created_ms {int} NOT NULL, due_ms {int} NOT NULL, state TEXT NOT NULL,
  attempts {int} NOT NULL, lease_ms {int} NOT NULL, epoch {int} NOT NULL, reference {int} NOT NULL,
  summary TEXT NOT NULL, payload {blob} NOT NULL, reply TEXT NOT NULL);
CREATE INDEX hf_outbox_due ON hf_outbox (state, due_ms);
CREATE TABLE hf_job (
  seq {int} PRIMARY KEY, kind TEXT NOT NULL, unique_key TEXT NOT NULL UNIQUE, run_as {int} NOT NULL,
  payload TEXT NOT NULL, due_ms {int} NOT NULL, state TEXT NOT NULL, attempts {int} NOT NULL,
  lease_ms {int} NOT NULL, epoch {int} NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX hf_job_due ON hf_job (state, due_ms);
CREATE TABLE hf_credential (
  user_id {int} PRIMARY KEY, password_hash TEXT NOT NULL, token_hash {blob} NOT NULL, failures {int} NOT NULL,
  locked_until_ms {int} NOT NULL, changed_ms {int} NOT NULL);
CREATE TABLE hf_session (
  token_hash {blob} PRIMARY KEY, user_id {int} NOT NULL, kind TEXT NOT NULL, client TEXT NOT NULL,
  created_ms {int} NOT NULL, expires_ms {int} NOT NULL, used_ms {int} NOT NULL, csrf TEXT NOT NULL);
CREATE INDEX hf_session_user ON hf_session (user_id);
CREATE TABLE hf_client (client_id TEXT PRIMARY KEY, def TEXT NOT NULL);
CREATE TABLE hf_grant (
  token_hash {blob} PRIMARY KEY, kind TEXT NOT NULL, user_id {int} NOT NULL, client TEXT NOT NULL, family TEXT NOT NULL,
  created_ms {int} NOT NULL, expires_ms {int} NOT NULL, used_ms {int} NOT NULL, spent {int} NOT NULL, terms TEXT NOT NULL);
CREATE INDEX hf_grant_user ON hf_grant (user_id);
CREATE TABLE hf_cursor (
  seq {int} PRIMARY KEY, user_id {int} NOT NULL, created_ms {int} NOT NULL, query TEXT NOT NULL, scope TEXT NOT NULL,
  total {int} NOT NULL, ids {blob} NOT NULL);
CREATE TABLE hf_recent (
  user_id {int} NOT NULL, record {int} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY (user_id, record));
CREATE TABLE hf_import (file TEXT NOT NULL, line {int} NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (file, line));
"#;

/// What PostgreSQL needs beside tables: the order of text, and its form for equality.
const POSTGRES_PREPARATION: &str = r#"
CREATE COLLATION hf_order (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FUNCTION hf_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(value COLLATE "und-x-icu") COLLATE "C";
"#;
