//! What the product says about access beside granting it: the causes of an explanation, the share rows of every record
//! and UserRecordAccess, each held against the model.

use crate::load::{Loaded, level_word, share_object};
use crate::model::{Cause, Model, ObjectVerb};
use crate::verbs::{Answer, Verb};
use crate::world::*;
use model::RecordId;
use platform::{Barred, CauseKind, Ctx, Explanation, GrantSource, QueryOptions, Via};
use std::collections::BTreeSet;

type Compared = Result<usize, String>;

/// The causes of one user's access to one record, as an administrator asks for them.
pub(crate) fn explanation(loaded: &Loaded, admin: &Ctx, model: &Model<'_>, user: UserKey, key: RecordKey) -> Compared {
    let object = model.world.records[&key].object;
    let said = admin
        .record_explain(loaded.users[&user], loaded.records[&key])
        .map_err(|error| format!("the explanation of {key:?}: {error}"))?;
    let barred = if !model.has_session(user) {
        Some(Barred::UserCannotAct)
    } else if !model.may(user, object, ObjectVerb::Read) {
        Some(Barred::ObjectNotReadable)
    } else {
        None
    };
    if said.barred != barred {
        return Err(format!("{key:?}: the explanation is barred by {:?}, not {barred:?}", said.barred));
    }
    let wanted = if barred.is_some() { Vec::new() } else { strongest_permission(model.causes(user, key)) };
    let found = found_causes(loaded, &said)?;
    let mut sorted = wanted.clone();
    sorted.sort();
    if found != sorted {
        return Err(format!("{key:?}: the explanation says {found:?}, not {sorted:?}"));
    }
    let level = wanted.iter().map(|(_, level)| *level).max();
    if said.level.map(level_of) != level {
        return Err(format!("{key:?}: the explanation ends at {:?}, not {level:?}", said.level));
    }
    for source in said.causes.iter().filter_map(|cause| cause.source.as_ref()) {
        is_way(loaded, model, user, source).map_err(|why| format!("{key:?}: {why}"))?;
    }
    Ok(wanted.len().max(1))
}

/// An explanation names the strongest permission alone.
fn strongest_permission(mut causes: Vec<(Cause, Level)>) -> Vec<(Cause, Level)> {
    let order = [Cause::ModifyAllData, Cause::ModifyAll, Cause::ViewAllData, Cause::ViewAll];
    let strongest = order.into_iter().find(|one| causes.iter().any(|(cause, _)| cause == one));
    causes.retain(|(cause, _)| !order.contains(cause) || Some(*cause) == strongest);
    causes
}

fn level_of(level: platform::Level) -> Level {
    match level {
        platform::Level::Read => Level::Read,
        platform::Level::Edit => Level::Edit,
        platform::Level::All => Level::All,
    }
}

fn found_causes(loaded: &Loaded, said: &Explanation) -> Result<Vec<(Cause, Level)>, String> {
    let mut found = Vec::new();
    for cause in &said.causes {
        let through = || {
            let id = cause.through.ok_or_else(|| format!("{:?} comes through nothing", cause.kind))?;
            loaded.keys.get(&id).copied().ok_or_else(|| format!("{id} is no record of the world"))
        };
        let source = cause.source.as_ref();
        let named = match cause.kind {
            CauseKind::ModifyAllData => Cause::ModifyAllData,
            CauseKind::ModifyAllRecords => Cause::ModifyAll,
            CauseKind::ViewAllData => Cause::ViewAllData,
            CauseKind::ViewAllRecords => Cause::ViewAll,
            CauseKind::Default => Cause::Default,
            CauseKind::Owner | CauseKind::Manual | CauseKind::Rule | CauseKind::Team => granted(loaded, source)?,
            CauseKind::ImplicitParent => Cause::ImplicitParent(through()?),
            CauseKind::ImplicitChild => match granted(loaded, source)? {
                Cause::Owner | Cause::OwnerAbove => Cause::ImplicitChildOwner,
                Cause::Manual(grantee) => Cause::ImplicitChildManual(grantee),
                Cause::Rule(rule) => Cause::ImplicitChildRule(rule),
                Cause::Team(member) => Cause::ImplicitChildTeam(member),
                other => return Err(format!("an implicit child by {other:?}")),
            },
            CauseKind::Master => Cause::Master(through()?),
            CauseKind::ControlledByParent => Cause::Mirror(through()?),
            CauseKind::RelatedTo => Cause::Related(through()?),
            CauseKind::Log | CauseKind::Open => return Err("a log or an open record, which no world has".to_owned()),
        };
        found.push((named, level_of(cause.level)));
    }
    found.sort();
    Ok(found)
}

fn granted(loaded: &Loaded, source: Option<&GrantSource>) -> Result<Cause, String> {
    let source = source.ok_or("a grant without a source")?;
    let user = || loaded.user_of(source.grantee).ok_or_else(|| format!("{} is no user", source.grantee));
    Ok(match source.kind {
        CauseKind::Owner if source.via == Via::Hierarchy => Cause::OwnerAbove,
        CauseKind::Owner => Cause::Owner,
        CauseKind::Manual => Cause::Manual(loaded.grantee_of(source.grantee).ok_or("a grantee of another world")?),
        CauseKind::Team => Cause::Team(user()?),
        CauseKind::Rule => {
            let name = source.rule.as_deref().unwrap_or_default();
            let number = name.strip_prefix("rule").and_then(|number| number.parse().ok());
            Cause::Rule(RuleKey(number.ok_or_else(|| format!("a rule called {name:?}"))?))
        }
        other => return Err(format!("a grant by {other:?}")),
    })
}

/// Each step of a path follows from the one before: a group has the entry, a user the role, a role the next above (or,
/// below a role that is named with all its subordinates, the next below); the last is the user's.
fn is_way(loaded: &Loaded, model: &Model<'_>, user: UserKey, source: &GrantSource) -> Result<(), String> {
    let mut nodes = vec![source.grantee];
    nodes.extend(&source.path);
    if *nodes.last().expect("a grantee") != loaded.users[&user] {
        nodes.push(loaded.users[&user]);
    }
    let upwards = source.via == Via::Hierarchy;
    for pair in nodes.windows(2) {
        if !is_step(loaded, model, pair[0], pair[1], upwards) {
            return Err(format!("no way leads from {} to {} in {source:?}", pair[0], pair[1]));
        }
    }
    Ok(())
}

fn is_step(loaded: &Loaded, model: &Model<'_>, from: RecordId, to: RecordId, upwards: bool) -> bool {
    let (world, to_user, to_role) = (model.world, loaded.user_of(to), loaded.role_of(to));
    let has_role = |role: RoleKey| to_user.is_some_and(|user| model.role(user) == Some(role));
    if let Some(role) = loaded.role_of(from) {
        let parent = |role: RoleKey| world.roles[&role].parent;
        let next = |to: RoleKey| if upwards { parent(role) == Some(to) } else { parent(to) == Some(role) };
        return has_role(role) || to_role.is_some_and(next);
    }
    match loaded.grantee_of(from) {
        Some(Grantee::User(user)) => upwards && to_role.is_some() && model.role(user) == to_role,
        Some(Grantee::Group(group)) => {
            loaded.grantee_of(to).is_some_and(|entry| world.groups[&group].entries.contains(&entry))
        }
        Some(Grantee::Role(role) | Grantee::RoleAndSubordinates(role)) => to_role == Some(role),
        Some(Grantee::Organization) => to_user.is_some(),
        None => false,
    }
}

/// A share row as a query shows it: record, grantee, cause, level, levels on an account's children.
type ShareRow = (RecordId, RecordId, String, String, [String; 3]);

/// Every live share row of an object, stored and computed.
pub(crate) fn share_rows(loaded: &Loaded, admin: &Ctx, model: &Model<'_>, object: Object) -> Compared {
    let (share, record, level) = share_object(object);
    let carries = object == Object::Account;
    let children = if carries { ", ContactAccessLevel, OpportunityAccessLevel, CaseAccessLevel" } else { "" };
    let soql = format!("SELECT {record}, UserOrGroupId, RowCause, {level}{children} FROM {share}");
    let rows = crate::load::rows(admin, &soql);
    let ids: BTreeSet<RecordId> = rows.iter().map(|row| row.id).collect();
    if ids.len() != rows.len() {
        return Err(format!("{soql}: {} rows share {} ids", rows.len(), ids.len()));
    }
    let mut found: Vec<ShareRow> = Vec::new();
    for row in &rows {
        let id = |at: usize| row.cells[at].value().as_id().ok_or_else(|| format!("{soql}: {:?}", row.cells[at]));
        let text = |at: usize| row.cells.get(at).map_or_else(String::new, |cell| cell.value().to_plain());
        let record = id(0)?;
        if loaded.keys.get(&record).is_some_and(|key| model.world.records[key].is_live()) {
            found.push((record, id(1)?, text(2), text(3), [text(4), text(5), text(6)]));
        }
    }
    let mut wanted: Vec<ShareRow> = Vec::new();
    for key in model.world.of(object).filter(|key| model.world.records[key].is_live()) {
        for row in model.share_rows(key) {
            let word = |level: Level| level_word(level).to_plain();
            let on_children = match row.children {
                Some(levels) if carries => Object::ACCOUNT_CHILDREN.map(|child| word(levels.of(child))),
                _ => [const { String::new() }; 3],
            };
            let grantee = loaded.grantee(row.grantee);
            wanted.push((loaded.records[&key], grantee, row.cause.to_owned(), word(row.level), on_children));
        }
    }
    found.sort();
    wanted.sort();
    if found == wanted {
        return Ok(wanted.len().max(1));
    }
    let more: Vec<_> = found.iter().filter(|row| !wanted.contains(row)).collect();
    let less: Vec<_> = wanted.iter().filter(|row| !found.contains(row)).collect();
    Err(format!("{share} shows {more:?} too many and {less:?} too few ({} and {})", found.len(), wanted.len()))
}

/// Records that one query of UserRecordAccess takes.
const AT_ONCE: usize = 200;

/// UserRecordAccess, as the user asks for themselves.
pub(crate) fn user_record_access(loaded: &Loaded, ctx: &Ctx, model: &Model<'_>, user: UserKey) -> Compared {
    let live: Vec<RecordKey> =
        model.world.records.iter().filter(|(_, record)| record.is_live()).map(|(key, _)| *key).collect();
    for keys in live.chunks(AT_ONCE) {
        let ids: Vec<String> = keys.iter().map(|key| format!("'{}'", loaded.records[key])).collect();
        let soql = format!(
            "SELECT RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, HasTransferAccess, HasAllAccess, \
             MaxAccessLevel FROM UserRecordAccess WHERE UserId = '{}' AND RecordId IN ({})",
            loaded.users[&user],
            ids.join(", ")
        );
        let options = QueryOptions::default();
        let rows = ctx.query_all_rows(&soql, options).map_err(|error| format!("UserRecordAccess: {error}"))?.1;
        if rows.len() != keys.len() {
            return Err(format!("UserRecordAccess answers {} of {} questions", rows.len(), keys.len()));
        }
        for row in rows {
            let key = row.cells[0].value().as_id().and_then(|id| loaded.keys.get(&id).copied());
            let key = key.ok_or("UserRecordAccess about a record nobody asked for")?;
            let wanted = Verb::ALL.map(|verb| model.decide(user, verb, key) == Answer::Yes);
            let found = [1, 2, 3, 4, 5].map(|at| row.cells[at].value().to_plain() == "true");
            let words = ["Read", "Edit", "Delete", "Transfer", "All"];
            let max = words.iter().zip(wanted).filter(|(_, yes)| *yes).map(|(word, _)| *word).next_back();
            if found != wanted || row.cells[6].value().as_text() != Some(max.unwrap_or("None")) {
                return Err(format!("{key:?}: UserRecordAccess says {:?}, not {wanted:?}", row.cells));
            }
        }
    }
    Ok(live.len() * 6)
}
