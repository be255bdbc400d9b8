//! The way from a grantee to a user: through groups in groups to a user or a role, then up the roles.

use super::walk::Walk;
use model::{RecordId, Result};
use store::Via;

/// Groups nest no deeper, and roles that stand higher are counted, not named.
const LONGEST: usize = 64;

impl Walk<'_, '_, '_> {
    /// What stands between a grantee and the user that it reaches: the first way there is.
    pub(super) fn path(&mut self, grantee: RecordId, via: Via) -> Result<Vec<RecordId>> {
        let mut path = Vec::new();
        let mut at = grantee;
        while at != self.user && path.len() < LONGEST {
            let is_user = self.schema.find_by_prefix(at.prefix()).is_some_and(|object| object.name() == "User");
            if is_user {
                let role = self.one(&format!("SELECT UserRoleId FROM User WHERE Id = '{at}'"))?;
                self.roles_up(role, &mut path)?;
                break;
            }
            if let Some(role) = self.one(&format!("SELECT RelatedId FROM Group WHERE Id = '{at}'"))? {
                if via == Via::Hierarchy {
                    self.roles_up(Some(role), &mut path)?;
                } else {
                    self.roles_down(role, &mut path)?;
                }
                break;
            }
            let Some(entry) = self.entry(at, via)? else { break };
            if entry != self.user {
                path.push(entry);
            }
            at = entry;
        }
        Ok(path)
    }

    /// The entry of a group by which the group reaches the user.
    fn entry(&mut self, group: RecordId, via: Via) -> Result<Option<RecordId>> {
        let rows = self
            .rows(&format!("SELECT UserOrGroupId FROM GroupMember WHERE GroupId = '{group}' ORDER BY UserOrGroupId"))?;
        let entries: Vec<RecordId> = rows.iter().filter_map(|row| row.cells[0].value().as_id()).collect();
        let schema = self.schema.clone();
        let ways = self.tx.ways(self.user, &schema, true, &entries)?;
        let fits = |found: Via| (found == Via::Hierarchy) == (via == Via::Hierarchy);
        let found = entries.iter().zip(ways).find(|(_, found)| found.is_some_and(fits));
        Ok(found.map(|(entry, _)| *entry))
    }

    /// From a role up to the user's own.
    fn roles_up(&mut self, role: Option<RecordId>, path: &mut Vec<RecordId>) -> Result<()> {
        let own = self.own_role()?;
        let mut at = role;
        while let Some(role) = at.filter(|_| path.len() < LONGEST) {
            path.push(role);
            if Some(role) == own {
                break;
            }
            at = self.one(&format!("SELECT ParentRoleId FROM UserRole WHERE Id = '{role}'"))?;
        }
        Ok(())
    }

    /// From a role down to the user's own, which is the way up turned round.
    fn roles_down(&mut self, role: RecordId, path: &mut Vec<RecordId>) -> Result<()> {
        let mut way = Vec::new();
        let mut at = self.own_role()?;
        while let Some(found) = at.filter(|_| way.len() < LONGEST) {
            way.push(found);
            if found == role {
                break;
            }
            at = self.one(&format!("SELECT ParentRoleId FROM UserRole WHERE Id = '{found}'"))?;
        }
        path.extend(way.into_iter().rev());
        Ok(())
    }

    fn own_role(&mut self) -> Result<Option<RecordId>> {
        let user = self.user;
        self.one(&format!("SELECT UserRoleId FROM User WHERE Id = '{user}'"))
    }

    fn one(&mut self, text: &str) -> Result<Option<RecordId>> {
        Ok(self.rows(text)?.first().and_then(|row| row.cells[0].value().as_id()))
    }
}
