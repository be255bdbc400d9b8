//! What of the audit log people ask for as rows: sign-ins, and changes of how the org is set up. Noted with the log's own
//! row, in words, so that queries find and sort it; the log stays what proves it.

use crate::audit::AuditEntry;
use crate::bulk::{self, Column, Kind, column};
use crate::driver::{Connection, Param};
use model::{Error, Instant, RecordId, Result};
use serde_json::Value as Json;

/// Which view a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    SignIn = 1,
    Setup = 2,
}

/// A row of the log as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    seq: u64,
    told: Told,
    at: Instant,
    /// The user who did it; `context` names a service.
    actor: Option<RecordId>,
    context: String,
    /// The user whom a sign-in is about.
    subject: Option<RecordId>,
    /// Of a sign-in: its kind; of a change: the act.
    act: String,
    /// Of a sign-in: what came of it; of a change: the part of the setup.
    place: String,
    /// Of a sign-in: the application; of a change: what it was, in words.
    words: String,
    /// Of a sign-in: the address it came from.
    source: String,
}

const TABLE: [Column<'static>; 10] = [
    column("seq", Kind::Int),
    column("told", Kind::Int),
    column("at_ms", Kind::Int),
    column("actor_id", Kind::Int),
    column("context", Kind::Text),
    column("subject", Kind::Int),
    column("act", Kind::Text),
    column("place", Kind::Text),
    column("words", Kind::Text),
    column("source", Kind::Text),
];

/// Acts that change how the org is set up, by what their names begin with.
const SETUP_ACTS: [&str; 16] = [
    "account_",
    "client_",
    "dkim_key_",
    "field_",
    "key_",
    "lead_field_",
    "metadata_",
    "object_",
    "org_",
    "password_",
    "record_type_",
    "security_token_",
    "sharing_",
    "validation_rule_",
    "value_set_",
    "webhook_",
];

/// The longest text of a change; what is longer ends in a mark that says so.
const LONGEST: usize = 3_900;

impl Line {
    /// What an entry of the log tells, if it is for these views.
    pub(crate) fn of(seq: u64, at: Instant, actor: &str, entry: &AuditEntry<'_>) -> Option<Self> {
        // Everyday work is most of the log: nothing of it is looked at twice.
        let told = if matches!(entry.action, "session_open" | "session_refuse") { Told::SignIn } else { Told::Setup };
        let changed = act_name(entry.action, entry.object);
        if told == Told::Setup && changed.is_none() {
            return None;
        }
        let detail: Json = serde_json::from_str(&entry.detail).unwrap_or(Json::Null);
        let (act, place, words) = match (changed, entry.action) {
            (Some(act), action) => (act, place(action, entry.object), said(entry, &detail)),
            (None, "session_open") => (login_type(&detail), "Success", application(&detail)),
            (None, _) => (login_type(&detail), refusal(&detail), application(&detail)),
        };
        let subject = entry.record.filter(|_| told == Told::SignIn);
        let user = RecordId::parse(actor).ok();
        // PostgreSQL's text holds no NUL.
        let clean = |text: String| text.replace('\0', " ");
        Some(Self {
            seq,
            told,
            at,
            actor: user,
            context: if user.is_some() { String::new() } else { clean(actor.to_owned()) },
            subject,
            act: clean(act),
            place: clean(place.to_owned()),
            words: clean(words),
            source: if told == Told::SignIn { clean(text(&detail, "address").to_owned()) } else { String::new() },
        })
    }
}

/// Keeps lines.
///
/// # Errors
/// What the database reports.
pub(crate) fn put(connection: &mut dyn Connection, lines: Vec<Line>) -> Result<()> {
    put_columns(connection, lines, &TABLE)
}

/// The same in a table that has no column for addresses yet.
///
/// # Errors
/// What the database reports.
pub(crate) fn put_without_source(connection: &mut dyn Connection, lines: Vec<Line>) -> Result<()> {
    put_columns(connection, lines, &TABLE[..TABLE.len() - 1])
}

fn put_columns(connection: &mut dyn Connection, lines: Vec<Line>, columns: &[Column<'static>]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut params = Vec::with_capacity(lines.len() * columns.len());
    for line in lines {
        let values = [
            Param::Int(i64::try_from(line.seq).map_err(Error::internal)?),
            Param::Int(line.told as i64),
            line.at.ms().into(),
            line.actor.map_or(Param::Null, |id| id.as_i64().into()),
            line.context.into(),
            line.subject.map_or(Param::Null, |id| id.as_i64().into()),
            line.act.into(),
            line.place.into(),
            line.words.into(),
            line.source.into(),
        ];
        params.extend(values.into_iter().take(columns.len()));
    }
    bulk::insert(connection, "hf_trail", columns, params)
}

fn text<'a>(detail: &'a Json, name: &str) -> &'a str {
    detail.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn application(detail: &Json) -> String {
    text(detail, "client").to_owned()
}

/// In the words of the public reference.
fn login_type(detail: &Json) -> String {
    match (text(detail, "kind"), text(detail, "proof")) {
        ("browser", _) => "Application",
        (_, "password" | "") => "Other Apex API",
        _ => "Remote Access 2.0",
    }
    .to_owned()
}

fn refusal(detail: &Json) -> &'static str {
    match text(detail, "why") {
        "wrong password" | "no password set" => "Invalid Password",
        "wrong security token" => "Failed: API security token required",
        "user inactive" => "User is Inactive",
        "locked after wrong passwords" => "Password Lockout",
        "password sign-in over the API is off in this org" => "Failed: Login over insecure channel",
        _ => "Failed",
    }
}

/// `changedUser` for a record of the setup, the log's own word for any other act of it.
fn act_name(action: &str, object: &str) -> Option<String> {
    if SETUP_ACTS.iter().any(|known| action.starts_with(known)) {
        return Some(action.to_owned());
    }
    let verb = match action {
        "record_create" => "created",
        "record_update" | "record_derive" => "changed",
        "record_delete" => "deleted",
        "record_undelete" => "restored",
        "record_purge" => "removed",
        _ => return None,
    };
    policy::is_setup(object).then(|| format!("{verb}{object}"))
}

fn place(action: &str, object: &str) -> &'static str {
    match (action.split('_').next().unwrap_or_default(), object) {
        ("record", "OpportunityStage" | "LeadStatus") => "Customize",
        ("record", "RecordType" | "RecordTypeVisibility") => "Record Types",
        ("record", "UserRole") => "Roles",
        ("record", "Group" | "GroupMember" | "QueueSobject") => "Groups",
        ("record", "User") | ("account" | "password" | "security", _) => "Manage Users",
        ("record", _) if action.starts_with("record_type") => "Record Types",
        ("record", _) => "Permissions",
        ("client", _) => "Connected Apps",
        ("dkim", _) => "DKIM Keys",
        ("webhook", _) => "Webhooks",
        ("sharing", _) => "Sharing Settings",
        ("key", _) => "Security Controls",
        ("org" | "metadata", _) => "Company Information",
        (_, name) if name.ends_with("__c") => "Custom Objects",
        _ => "Customize",
    }
}

/// `Changed User 005…: IsActive from true to false`.
fn said(entry: &AuditEntry<'_>, detail: &Json) -> String {
    let mut words = entry.action.replace('_', " ");
    if let Some(first) = words.get(..1).map(str::to_ascii_uppercase) {
        words.replace_range(..1, &first);
    }
    if !entry.object.is_empty() {
        words = format!("{words}: {}", entry.object);
    }
    if let Some(record) = entry.record {
        words = format!("{words} {record}");
    }
    let parts: Vec<String> = detail.as_object().into_iter().flatten().map(|(name, value)| part(name, value)).collect();
    if !parts.is_empty() {
        words = format!("{words}; {}", parts.join(", "));
    }
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… (the audit log has all of it)", &words[..end]),
        None => words,
    }
}

fn part(name: &str, value: &Json) -> String {
    // What fields of the org's own hold is not for everybody who may look at the setup.
    if name.ends_with("__c") && value.is_array() {
        return format!("{name} changed");
    }
    let plain = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value.as_array().map(Vec::as_slice) {
        Some([old, new]) if name != "fields" => match (plain(old), plain(new)) {
            (old, new) if old.is_empty() => format!("{name} set to {new}"),
            (old, new) if new.is_empty() => format!("{name} {old} taken away"),
            (old, new) => format!("{name} from {old} to {new}"),
        },
        Some(items) => format!("{name} {}", items.iter().map(plain).collect::<Vec<_>>().join(" ")),
        None => format!("{name} {}", plain(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(action: &str, object: &str, detail: &str) -> Option<Line> {
        let entry = AuditEntry { action, object, record: None, detail: detail.to_owned() };
        Line::of(1, Instant::from_ms(0), "service:x", &entry)
    }

    #[test]
    fn the_setup_is_told_and_everyday_work_is_not() {
        for (action, object) in
            [("record_create", "Account"), ("session_close", "User"), ("share_remove", "Account"), ("mail_queue", "")]
        {
            assert_eq!(line(action, object, "{}"), None, "{action}");
        }
        let told = line("record_update", "User", r#"{"IsActive":["true","false"],"Title":["","Boss"]}"#).expect("told");
        assert_eq!((told.act.as_str(), told.place.as_str()), ("changedUser", "Manage Users"));
        assert_eq!(told.words, "Record update: User; IsActive from true to false, Title set to Boss");
        let told = line("record_update", "User", r#"{"Cost_Rate__c":["90","120"]}"#).expect("told");
        assert_eq!(told.words, "Record update: User; Cost_Rate__c changed");
        let told = line("field_create", "Site__c", r#"{"fields":["A__c","B__c"]}"#).expect("told");
        assert_eq!(
            (told.place.as_str(), told.words.as_str()),
            ("Custom Objects", "Field create: Site__c; fields A__c B__c")
        );
    }

    #[test]
    fn no_text_breaks_a_sign_in_or_grows_without_end() {
        let told =
            line("session_refuse", "User", "{\"client\":\"a\\u0000b\",\"why\":\"wrong password\",\"kind\":\"api\"}");
        let told = told.expect("told");
        assert_eq!((told.words.as_str(), told.place.as_str()), ("a b", "Invalid Password"));
        let long = format!("{{\"name\":\"{}\"}}", "ü".repeat(9_000));
        let told = line("org_create", "Organization", &long).expect("told");
        assert!(told.words.ends_with("(the audit log has all of it)") && told.words.chars().count() < 4_000);
    }
}
