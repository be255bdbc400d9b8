//! Who is in a public group: its users, those of the groups in it, and those of the roles that groups stand for.

use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, QueryOptions, RecordRow};
use std::collections::{BTreeSet, VecDeque};

/// Users of one group.
const MAX_USERS: usize = 1_000;

/// The active users of a group, as the running user may see them.
///
/// # Errors
/// For a group of too many users; what the database reports.
pub(crate) fn users_of(ctx: &Ctx, group: RecordId) -> Result<Vec<RecordId>> {
    let mut users = BTreeSet::new();
    let mut seen = BTreeSet::from([group]);
    let mut waiting = VecDeque::from([group]);
    while let Some(group) = waiting.pop_front() {
        for row in rows(ctx, &format!("SELECT Type, RelatedId FROM Group WHERE Id = '{group}'"))? {
            let below = match row.cells[0].value().as_text() {
                Some("Organization") => {
                    users.extend(rows(ctx, "SELECT Id FROM User WHERE IsActive = true")?.iter().map(|row| row.id));
                    continue;
                }
                Some("Role") => false,
                Some("RoleAndSubordinates") => true,
                _ => continue,
            };
            if let Some(role) = row.cells[1].value().as_id() {
                of_role(ctx, role, below, &mut users)?;
            }
        }
        for row in rows(ctx, &format!("SELECT UserOrGroupId FROM GroupMember WHERE GroupId = '{group}'"))? {
            let Some(member) = row.cells[0].value().as_id() else { continue };
            let is_user = ctx.schema().find_by_prefix(member.prefix()).is_some_and(|object| object.name() == "User");
            if is_user {
                users.insert(member);
            } else if seen.insert(member) {
                waiting.push_back(member);
            }
        }
        if users.len() > MAX_USERS {
            return Err(Error::new(
                ErrorCode::FieldIntegrityException,
                format!("Recipients: the group has more than {MAX_USERS} users."),
            )
            .with_field("Recipients"));
        }
    }
    Ok(users.into_iter().collect())
}

fn of_role(ctx: &Ctx, role: RecordId, below: bool, users: &mut BTreeSet<RecordId>) -> Result<()> {
    let mut seen = BTreeSet::from([role]);
    let mut waiting = VecDeque::from([role]);
    while let Some(role) = waiting.pop_front() {
        let of = rows(ctx, &format!("SELECT Id FROM User WHERE UserRoleId = '{role}' AND IsActive = true"))?;
        users.extend(of.iter().map(|row| row.id));
        if below {
            for row in rows(ctx, &format!("SELECT Id FROM UserRole WHERE ParentRoleId = '{role}'"))? {
                if seen.insert(row.id) {
                    waiting.push_back(row.id);
                }
            }
        }
    }
    Ok(())
}

fn rows(ctx: &Ctx, text: &str) -> Result<Vec<RecordRow>> {
    ctx.query_all_rows(text, QueryOptions::default()).map(|(_, rows)| rows)
}
