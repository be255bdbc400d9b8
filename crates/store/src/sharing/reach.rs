//! One user's place: the role, who stands below, the groups that reach the user and why.

use super::closure::{self, EVERYBODY, ROLE, ROLE_AND_BELOW, USER};
use crate::driver::{Connection, collect, placeholders};
use crate::read::{int_column, text_column};
use model::schema::GrantLevel;
use model::{OrgSchema, RecordId, Result};
use policy::AccountChild;
use std::collections::HashSet;

/// How a grantee reaches a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// The user is the grantee.
    Own,
    /// The user is a member of the group.
    Member,
    /// The user's role stands above.
    Hierarchy,
}

/// One user's place in roles and groups.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) user: i64,
    /// None too when the user is not there.
    pub(crate) role: Option<i64>,
    /// Users whose role stands strictly below.
    below: HashSet<i64>,
    /// Groups of any type that the user is a member of.
    member: HashSet<i64>,
    /// Groups that pass on to the user as somebody above.
    above: HashSet<i64>,
    queues: HashSet<i64>,
    /// Users of the org, to judge how much stands below.
    users: usize,
    /// The most that the user's role and those below give account owners on each child.
    child_levels: [GrantLevel; 3],
    /// Tables of shares and teams that may have rows; not known, any may.
    granted: Option<HashSet<String>>,
}

/// Below this share of all users, what the user owns through others is found faster by index than by looking at every
/// record.
const NARROW: usize = 20;

impl Reach {
    pub(super) fn load(connection: &mut dyn Connection, schema: &OrgSchema, user: RecordId) -> Result<Self> {
        let dialect = connection.dialect();
        let ids = |connection: &mut dyn Connection, sql: &str, params: &[i64]| -> Result<HashSet<i64>> {
            let params: Vec<_> = params.iter().map(|id| (*id).into()).collect();
            let found = collect(connection, &placeholders(dialect, sql), &params, |row| int_column(row, 0))?;
            Ok(found.into_iter().collect())
        };
        let me = user.as_i64();
        let sql = placeholders(dialect, "SELECT u.\"UserRoleId\" FROM \"User\" u WHERE u.\"Id\" = ?");
        let role = collect(connection, &sql, &[me.into()], |row| row.int(0))?.into_iter().next().flatten();
        let granted = Some(closure::granted(connection)?);
        let mut reach = Self { user: me, role, granted, ..Self::default() };
        reach.users = collect(connection, "SELECT COUNT(*) FROM \"User\"", &[], |row| int_column(row, 0))?
            .first()
            .and_then(|count| usize::try_from(*count).ok())
            .unwrap_or_default();
        reach.member = ids(
            connection,
            &format!("SELECT grp FROM hf_group_leaf WHERE (kind = {USER} AND ref = ?) OR kind = {EVERYBODY}"),
            &[me],
        )?;
        if let Some(role) = role {
            reach.member.extend(ids(
                connection,
                &format!(
                    "SELECT grp FROM hf_group_leaf WHERE kind IN ({ROLE}, {ROLE_AND_BELOW}) AND ref = ? UNION \
                     SELECT l.grp FROM hf_role_closure c JOIN hf_group_leaf l ON l.ref = c.ancestor \
                     WHERE c.descendant = ? AND l.kind = {ROLE_AND_BELOW}"
                ),
                &[role, role],
            )?);
            reach.above = ids(
                connection,
                &format!(
                    "SELECT l.grp FROM hf_subordinate s JOIN hf_group_leaf l ON l.ref = s.subordinate \
                     WHERE s.role = ? AND l.kind = {USER} AND l.bosses = 1 UNION \
                     SELECT l.grp FROM hf_role_closure c JOIN hf_group_leaf l ON l.ref = c.descendant \
                     WHERE c.ancestor = ? AND l.kind IN ({ROLE}, {ROLE_AND_BELOW}) AND l.bosses = 1"
                ),
                &[role, role],
            )?;
            reach.below = ids(connection, "SELECT subordinate FROM hf_subordinate WHERE role = ?", &[role])?;
            reach.child_levels = child_levels(connection, schema, role)?;
        }
        if schema.find_object("Group").is_some() {
            let sql = "SELECT \"Id\" FROM \"Group\" WHERE \"Type\" = 'Queue' AND \"IsDeleted\" = 0";
            reach.queues = ids(connection, sql, &[])?;
        }
        Ok(reach)
    }

    /// A user in a role with nobody below, among a few others, in one group.
    #[cfg(test)]
    pub(crate) fn in_group(user: i64, role: i64, group: i64) -> Self {
        Self { user, role: Some(role), member: HashSet::from([group]), users: 5, ..Self::default() }
    }

    /// A user in a role with one user below, among so few that most records are seen.
    #[cfg(test)]
    pub(crate) fn above_one(user: i64, role: i64, below: i64) -> Self {
        Self { user, role: Some(role), below: HashSet::from([below]), users: 5, ..Self::default() }
    }

    /// How a user or group reaches this user, if it does.
    pub(crate) fn via(&self, grantee: i64, hierarchy: bool) -> Option<Via> {
        if grantee == self.user {
            Some(Via::Own)
        } else if self.member.contains(&grantee) {
            Some(Via::Member)
        } else if hierarchy && (self.below.contains(&grantee) || self.above.contains(&grantee)) {
            Some(Via::Hierarchy)
        } else {
            None
        }
    }

    pub(crate) fn reaches(&self, grantee: i64, hierarchy: bool) -> bool {
        self.via(grantee, hierarchy).is_some()
    }

    /// Groups that reach the user, in order.
    pub(crate) fn groups(&self, hierarchy: bool) -> Vec<i64> {
        let mut groups: Vec<i64> = self.member.iter().copied().collect();
        if hierarchy {
            groups.extend(self.above.difference(&self.member));
        }
        groups.sort_unstable();
        groups
    }

    /// Queues that reach the user, in order.
    pub(crate) fn queues(&self, hierarchy: bool) -> Vec<i64> {
        let mut queues: Vec<i64> = self.queues.iter().copied().collect();
        queues.retain(|queue| self.reaches(*queue, hierarchy));
        queues.sort_unstable();
        queues
    }

    /// The role whose subordinates pass on to the user, if there are any.
    pub(crate) fn role_above(&self, hierarchy: bool) -> Option<i64> {
        self.role.filter(|_| hierarchy && !self.below.is_empty())
    }

    pub(crate) fn child_level(&self, child: AccountChild) -> GrantLevel {
        self.child_levels[child as usize]
    }

    /// Whether a table of shares or teams may have rows.
    pub(crate) fn may_grant(&self, table: &str) -> bool {
        self.granted.as_ref().is_none_or(|granted| granted.contains(table))
    }

    /// Whether few of the org's users stand below.
    pub(crate) fn is_narrow(&self) -> bool {
        self.below.len() * NARROW <= self.users
    }
}

fn child_levels(connection: &mut dyn Connection, schema: &OrgSchema, role: i64) -> Result<[GrantLevel; 3]> {
    let mut levels = [GrantLevel::None; 3];
    let Some(roles) = schema.find_object("UserRole") else { return Ok(levels) };
    for child in AccountChild::ALL {
        let Some(field) = roles.find_field(child.role_field()) else { continue };
        let sql = placeholders(
            connection.dialect(),
            &format!(
                "SELECT DISTINCT r.\"{0}\" FROM \"UserRole\" r WHERE r.\"{0}\" IS NOT NULL AND \
                 (r.\"Id\" = ? OR r.\"Id\" IN (SELECT descendant FROM hf_role_closure WHERE ancestor = ?))",
                field.column
            ),
        );
        let found = collect(connection, &sql, &[role.into(), role.into()], |row| text_column(row, 0))?;
        levels[child as usize] = found.iter().filter_map(|text| GrantLevel::parse(text)).max().unwrap_or_default();
    }
    Ok(levels)
}
