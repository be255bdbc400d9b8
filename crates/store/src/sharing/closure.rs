//! The closure tables: roles above roles, users below roles, and what each group comes down to. They are derived from
//! `UserRole`, `User`, `Group` and `GroupMember` in the transaction that changes those.
//!
//! The epoch counts such transactions. It is raised first, which on PostgreSQL makes two of them wait for each other,
//! so that each derives from what the other has committed.

use crate::driver::{Connection, Param, collect, placeholders};
use crate::emit::SqlText;
use crate::read::{int_column, text_column};
use model::{FieldIx, ObjectSchema, RecordId, Result, Value};
use std::collections::{BTreeSet, HashSet};

/// The kinds of entries of a group, as `hf_group_leaf.kind` holds them.
pub(super) const USER: i64 = 0;
pub(super) const ROLE: i64 = 1;
pub(super) const ROLE_AND_BELOW: i64 = 2;
pub(super) const EVERYBODY: i64 = 3;

/// What has been written since the closure tables were last true.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stale {
    roles: bool,
    groups: bool,
    /// What roles give has changed, but not the tree.
    levels: bool,
    users: Vec<RecordId>,
    everybody: bool,
    /// Tables of shares and teams that rows were added to, to be marked.
    granted: BTreeSet<String>,
    /// Those that were marked by this transaction; a part of it that is undone takes its marks along.
    marked: BTreeSet<String>,
}

impl Stale {
    pub(crate) fn is_empty(&self) -> bool {
        !self.moves() && self.granted.is_empty()
    }

    /// What is to be brought up; what remains is only what an undone part would take along.
    pub(super) fn take(&mut self) -> Self {
        let mut marked = std::mem::take(&mut self.marked);
        marked.extend(self.granted.iter().cloned());
        std::mem::replace(self, Self { marked, ..Self::default() })
    }

    /// Whether somebody's place may be another now.
    fn moves(&self) -> bool {
        self.roles || self.groups || self.levels || self.everybody || !self.users.is_empty()
    }

    /// Everything may have changed: a part of the transaction was undone.
    pub(crate) fn undone(&mut self) {
        (self.roles, self.groups, self.levels, self.everybody) = (true, true, true, true);
        self.granted.append(&mut self.marked);
    }

    /// Notes fields of a record that were set.
    pub(crate) fn note(&mut self, object: &ObjectSchema, id: RecordId, fields: impl IntoIterator<Item = FieldIx>) {
        let names: &[&str] = match object.name() {
            "UserRole" => &["ParentRoleId"],
            "User" => &["UserRoleId"],
            "Group" => &["Type", "RelatedId", "DoesIncludeBosses"],
            "GroupMember" => &["GroupId", "UserOrGroupId"],
            _ => return,
        };
        let mut place = false;
        for field in fields {
            let name = object.field(field).name();
            place |= names.contains(&name);
            self.levels |= object.name() == "UserRole" && name.ends_with("AccessForAccountOwner");
        }
        match object.name() {
            "UserRole" => self.roles |= place,
            "User" if place => self.users.push(id),
            "Group" | "GroupMember" => self.groups |= place,
            _ => {}
        }
    }

    /// Notes a new record.
    pub(crate) fn note_new(&mut self, object: &ObjectSchema, row: &[Value]) {
        let table = &object.table;
        if object.grant_rows().is_some() && !self.granted.contains(table) && !self.marked.contains(table) {
            self.granted.insert(table.clone());
        }
        if let Some(id) = row.first().and_then(Value::as_id) {
            self.note(object, id, object.fields.iter().map(|field| field.ix).filter(|ix| !row[ix.index()].is_null()));
        }
    }

    /// Notes records that went into the recycle bin or came back.
    pub(crate) fn note_deleted(&mut self, object: &ObjectSchema) {
        match object.name() {
            "UserRole" => self.roles = true,
            "User" => self.everybody = true,
            "Group" | "GroupMember" => self.groups = true,
            _ => {}
        }
    }
}

/// Counts the transactions that changed places; the same number means the same places.
pub(super) fn epoch(connection: &mut dyn Connection) -> Result<i64> {
    let found =
        collect(connection, "SELECT next FROM hf_sequence WHERE name = 'access'", &[], |row| int_column(row, 0))?;
    Ok(found.first().copied().unwrap_or_default())
}

const RAISE_EPOCH: &str = "INSERT INTO hf_sequence (name, next) VALUES ('access', 1) \
     ON CONFLICT (name) DO UPDATE SET next = hf_sequence.next + 1";

pub(super) fn raise_epoch(connection: &mut dyn Connection) -> Result<()> {
    connection.execute(RAISE_EPOCH, &[]).map(|_| ())
}

/// Marks a table of shares or teams that has, or ever had, a row. The mark is never taken away, so whoever finds none
/// may leave the table out for as long as the epoch stays.
const MARK: &str = "INSERT INTO hf_sequence (name, next) VALUES (?, 1) ON CONFLICT (name) DO NOTHING";
const MARKED: &str = "granted ";

/// Marks a table; whether it had no mark.
pub(crate) fn mark_granted(connection: &mut dyn Connection, table: &str) -> Result<bool> {
    let sql = placeholders(connection.dialect(), MARK);
    Ok(connection.execute(&sql, &[format!("{MARKED}{table}").into()])? > 0)
}

/// The tables of shares and teams that may have rows.
pub(super) fn granted(connection: &mut dyn Connection) -> Result<HashSet<String>> {
    let sql = format!("SELECT name FROM hf_sequence WHERE name LIKE '{MARKED}%'");
    let names = collect(connection, &sql, &[], |row| text_column(row, 0))?;
    Ok(names.iter().filter_map(|name| name.strip_prefix(MARKED)).map(str::to_owned).collect())
}

/// Makes the closure tables and marks true again; whether that changes what anybody may see.
pub(super) fn bring_up(connection: &mut dyn Connection, stale: &Stale) -> Result<bool> {
    let mut is_first = false;
    for table in &stale.granted {
        is_first |= mark_granted(connection, table)?;
    }
    if !stale.moves() {
        if is_first {
            raise_epoch(connection)?;
        }
        return Ok(is_first);
    }
    raise_epoch(connection)?;
    if stale.roles {
        connection.batch(ROLES)?;
    }
    if stale.roles || stale.everybody {
        connection.batch("DELETE FROM hf_subordinate")?;
        connection.execute(&format!("INSERT INTO hf_subordinate (role, subordinate) {SUBORDINATES}"), &[])?;
    } else if !stale.users.is_empty() {
        for statement in [
            "DELETE FROM hf_subordinate WHERE subordinate".to_owned(),
            format!("INSERT INTO hf_subordinate (role, subordinate) {SUBORDINATES} WHERE u.\"Id\""),
        ] {
            let mut out = SqlText::new(connection.dialect());
            out.push(&statement);
            out.bind_list(Param::Ints(stale.users.iter().map(|id| id.as_i64()).collect()));
            let statement = out.finish();
            connection.execute(&statement.sql, &statement.params)?;
        }
    }
    if stale.groups {
        let sql = placeholders(connection.dialect(), GROUPS);
        connection.batch("DELETE FROM hf_group_leaf")?;
        connection.execute(&sql, &[])?;
    }
    Ok(true)
}

/// Derives everything, for a database whose records are older than these tables.
pub(crate) fn derive(connection: &mut dyn Connection) -> Result<()> {
    let mut stale = Stale::default();
    stale.undone();
    bring_up(connection, &stale).map(|_| ())
}

const ROLES: &str = "DELETE FROM hf_role_closure;
     INSERT INTO hf_role_closure (ancestor, descendant)
     WITH RECURSIVE below (ancestor, descendant) AS (
       SELECT \"ParentRoleId\", \"Id\" FROM \"UserRole\" WHERE \"ParentRoleId\" IS NOT NULL AND \"IsDeleted\" = 0
       UNION
       SELECT below.ancestor, r.\"Id\" FROM below JOIN \"UserRole\" r ON r.\"ParentRoleId\" = below.descendant
       WHERE r.\"IsDeleted\" = 0
     )
     SELECT ancestor, descendant FROM below WHERE ancestor <> descendant;";

/// Every user with every role that stands strictly above theirs.
const SUBORDINATES: &str = "SELECT c.ancestor, u.\"Id\" FROM \"User\" u \
     JOIN hf_role_closure c ON c.descendant = u.\"UserRoleId\"";

/// Group by group the users and roles it comes down to, through groups in groups. `bosses` says whether some way
/// there passes on to those above: a public group passes on when its flag is set, a queue always.
const GROUPS: &str = "INSERT INTO hf_group_leaf (grp, kind, ref, bosses)
     WITH RECURSIVE
     passing (grp, bosses) AS (
       SELECT \"Id\", CASE WHEN \"Type\" = 'Queue' OR \"DoesIncludeBosses\" = 1 THEN 1 ELSE 0 END
       FROM \"Group\" WHERE \"Type\" IN ('Regular', 'Queue') AND \"IsDeleted\" = 0
     ),
     nest (grp, entry, bosses) AS (
       SELECT p.grp, m.\"UserOrGroupId\", p.bosses
       FROM passing p JOIN \"GroupMember\" m ON m.\"GroupId\" = p.grp WHERE m.\"IsDeleted\" = 0
       UNION
       SELECT n.grp, m.\"UserOrGroupId\", n.bosses * p.bosses
       FROM nest n JOIN passing p ON p.grp = n.entry JOIN \"GroupMember\" m ON m.\"GroupId\" = p.grp
       WHERE m.\"IsDeleted\" = 0
     ),
     entries (grp, entry, bosses) AS (
       SELECT grp, entry, bosses FROM nest
       UNION ALL
       SELECT \"Id\", \"Id\", 1 FROM \"Group\" WHERE \"Type\" NOT IN ('Regular', 'Queue') AND \"IsDeleted\" = 0
     ),
     leaves (grp, kind, ref, bosses) AS (
       SELECT e.grp, 0, u.\"Id\", e.bosses FROM entries e JOIN \"User\" u ON u.\"Id\" = e.entry
       UNION ALL
       SELECT e.grp,
         CASE WHEN g.\"Type\" = 'Role' THEN 1 WHEN g.\"Type\" = 'RoleAndSubordinates' THEN 2 ELSE 3 END,
         COALESCE(g.\"RelatedId\", 0), e.bosses
       FROM entries e JOIN \"Group\" g ON g.\"Id\" = e.entry
       WHERE g.\"Type\" NOT IN ('Regular', 'Queue') AND g.\"IsDeleted\" = 0
     )
     SELECT grp, kind, ref, MAX(bosses) FROM leaves GROUP BY grp, kind, ref";
