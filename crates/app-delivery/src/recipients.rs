//! Who gets a report: read from the schedule when it is saved, resolved to addresses when it runs, with the rights of
//! the running user.

use crate::bursting::PartAddress;
use crate::{domains, groups, parts};
use model::{Error, ErrorCode, RecordId, Result, Value};
use platform::{Ctx, QueryOptions, ReportRequest, SystemPermission};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

const MAX_RECIPIENTS: usize = 500;

/// One recipient as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Recipient {
    User {
        id: RecordId,
    },
    Contact {
        id: RecordId,
    },
    Lead {
        id: RecordId,
    },
    /// Everybody in a public group, and in the groups and roles that are in it.
    Group {
        id: RecordId,
    },
    /// Whom a column of the report names, each once.
    Rows(PartAddress),
    /// Anybody: needs the permission to send to external addresses.
    Address {
        address: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

impl Recipient {
    pub(crate) fn is_column_of_addresses(&self) -> bool {
        matches!(self, Self::Rows(PartAddress::Column(_)))
    }

    /// The address that is written down itself, and not that of a person.
    pub(crate) fn written_address(&self) -> Option<&str> {
        match self {
            Self::Address { address, .. } => Some(address),
            _ => None,
        }
    }
}

/// A recipient at the moment of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) name: String,
    /// Empty where there is none.
    pub(crate) address: String,
    /// Why nothing is sent.
    pub(crate) skipped: Option<String>,
    /// What the ledger knows the recipient by: the address, or the record without one.
    pub(crate) key: String,
    /// The user it is, when it is one.
    pub(crate) user: Option<RecordId>,
    /// A column of the report says the address.
    pub(crate) is_of_column: bool,
}

pub(crate) fn refused(words: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("Recipients: {words}")).with_field("Recipients")
}

/// Reads a saved list.
///
/// # Errors
/// For a list that is none, is empty or too long, or has an address that is none.
pub(crate) fn parse(json: &str) -> Result<Vec<Recipient>> {
    let list: Vec<Recipient> = serde_json::from_str(json).map_err(|error| {
        let words = error.to_string();
        refused(words.split(" at line ").next().unwrap_or_default())
    })?;
    if list.is_empty() || list.len() > MAX_RECIPIENTS {
        return Err(refused(format!("name 1 to {MAX_RECIPIENTS} recipients.")));
    }
    for recipient in &list {
        if let Recipient::Address { address, .. } = recipient
            && !is_address(address)
        {
            return Err(refused(format!("\"{}\" is no e-mail address.", address.chars().take(80).collect::<String>())));
        }
    }
    Ok(list)
}

/// Close enough to tell a slip of the pen; the mail writer judges the address fully.
pub(crate) fn is_address(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';'));
    plain
        && text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

/// Resolves recipients, each address once.
///
/// # Errors
/// What the database reports.
pub(crate) fn resolve(ctx: &Ctx, request: &ReportRequest, list: &[Recipient]) -> Result<Vec<Resolved>> {
    let mut all = Vec::with_capacity(list.len());
    for recipient in list {
        match recipient {
            Recipient::User { id } => all.push(of_record(ctx, *id)?),
            Recipient::Contact { id } | Recipient::Lead { id } => all.push(of_record(ctx, *id)?),
            Recipient::Group { id } => {
                for user in groups::users_of(ctx, *id)? {
                    all.push(of_record(ctx, user)?);
                }
            }
            Recipient::Rows(whom) => all.extend(parts::whom_of(ctx, request, whom)?),
            Recipient::Address { address, name } => all.push(of_address(ctx, address, name.as_deref())),
        }
    }
    let mut seen = HashSet::new();
    all.retain(|resolved| seen.insert(resolved.key.clone()));
    Ok(all)
}

/// An address that is written down, or that a row of the report says.
pub(crate) fn of_address(ctx: &Ctx, address: &str, name: Option<&str>) -> Resolved {
    let skipped = if !is_address(address) {
        Some(format!("\"{}\" is no e-mail address", address.chars().take(80).collect::<String>()))
    } else if !ctx.has(SystemPermission::SendExternal) {
        Some(format!(
            "{} may not send to external addresses; an administrator can grant it with a permission set",
            ctx.user().name
        ))
    } else {
        None
    };
    Resolved {
        name: name.unwrap_or(address).to_owned(),
        address: address.to_owned(),
        skipped,
        key: domains::folded(address),
        ..Resolved::default()
    }
}

/// A user, a contact or a lead.
///
/// # Errors
/// What the database reports.
pub(crate) fn of_record(ctx: &Ctx, id: RecordId) -> Result<Resolved> {
    let object = ctx.schema().find_by_prefix(id.prefix()).map(|object| object.name().to_owned());
    match object.as_deref() {
        Some("User") => {
            let found = person(ctx, "User", id, "IsActive", true, "the user is inactive")?;
            Ok(Resolved { user: Some(id), ..found })
        }
        Some("Contact") => person(ctx, "Contact", id, "HasOptedOutOfEmail", false, "the contact opted out of e-mail"),
        Some("Lead") => person(ctx, "Lead", id, "HasOptedOutOfEmail", false, "the lead opted out of e-mail"),
        _ => Ok(Resolved {
            name: id.to_string(),
            skipped: Some("it is no user, contact or lead".to_owned()),
            key: id.to_string(),
            ..Resolved::default()
        }),
    }
}

/// A person by record: name and address as the running user may read them.
fn person(ctx: &Ctx, object: &str, id: RecordId, flag: &str, wanted: bool, otherwise: &str) -> Result<Resolved> {
    let gone = || Resolved {
        name: id.to_string(),
        address: String::new(),
        skipped: Some(format!("the {} is not there, or {} may not see it", object.to_lowercase(), ctx.user().name)),
        key: id.to_string(),
        ..Resolved::default()
    };
    let Ok(schema) = ctx.object(object) else { return Ok(gone()) };
    let readable = |name: &str| schema.find_field(name).is_some_and(|field| ctx.can_read_field(schema.ix, field.ix));
    if id.prefix() != schema.key_prefix() || !readable("Email") || !readable(flag) {
        return Ok(gone());
    }
    let text = format!("SELECT Name, Email, {flag} FROM {object} WHERE Id = '{id}'");
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let Some(row) = rows.first() else { return Ok(gone()) };
    let text = |at: usize| row.cells[at].value().as_text().unwrap_or_default().to_owned();
    let (name, address) = (text(0), text(1));
    let skipped = if row.cells[2].value() != &Value::Bool(wanted) {
        Some(otherwise.to_owned())
    } else if address.is_empty() {
        Some("there is no e-mail address".to_owned())
    } else {
        None
    };
    let key = if address.is_empty() { id.to_string() } else { domains::folded(&address) };
    let broken = skipped.is_none() && !is_address(&address);
    let skipped = if broken { Some(format!("\"{address}\" is no e-mail address")) } else { skipped };
    Ok(Resolved { name, address, skipped, key, ..Resolved::default() })
}
