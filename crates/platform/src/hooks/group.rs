//! Groups, their members and the objects of queues: groups nest without rings and five deep at most, the groups of roles
//! and of the whole org are the platform's own, a queue owns only records of objects that allow it.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use policy::{Service, ServiceGrant};
use std::collections::HashSet;

pub(super) struct GroupHook;
pub(super) struct MemberHook;
pub(super) struct QueueObjectHook;

pub(crate) static GROUPS: Service = Service {
    name: "group-tree",
    purpose: "Looks up which groups hold which while members are added, so that no group holds itself. Groups are \
              settings that everybody may read.",
    grants: &[ServiceGrant::read("Group"), ServiceGrant::read("GroupMember")],
};

/// Steps from a group into a group that one chain may have.
const DEEPEST: usize = 5;

/// Public groups and queues; the others follow roles and the org.
fn is_made_by_people(kind: &Value) -> bool {
    matches!(kind.as_text(), Some("Regular" | "Queue"))
}

impl Hook for GroupHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Group"]
    }

    fn service(&self) -> &'static Service {
        &GROUPS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if ctx.ctx().user_id().is_none() {
            return Ok(());
        }
        let before = row.before.map(|before| before[type_at(row.object)].clone());
        if before.as_ref().is_some_and(|kind| !is_made_by_people(kind)) {
            return Err(refuse("Type", "This group stands for a role or the whole organization and follows it."));
        }
        if before.is_some() && row.is_changed("Type") {
            return Err(refuse("Type", "Type: a group does not become a queue, nor a queue a group"));
        }
        if !is_made_by_people(row.get("Type")) {
            return Err(refuse("Type", "Type: Regular or Queue; groups of roles come with the role"));
        }
        if !row.get("RelatedId").is_null() {
            return Err(refuse("RelatedId", "Related: only groups of roles have one"));
        }
        Ok(())
    }

    fn after_delete(&self, ctx: &mut HookCtx<'_, '_>, object: &ObjectSchema, before: &[Value]) -> Result<()> {
        if ctx.ctx().user_id().is_some() && !is_made_by_people(&before[type_at(object)]) {
            return Err(Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                "This group stands for a role or the whole organization and goes with it.",
            ));
        }
        Ok(())
    }
}

fn type_at(object: &ObjectSchema) -> usize {
    object.find_field("Type").map_or(0, |field| field.ix.index())
}

impl Hook for MemberHook {
    fn objects(&self) -> &'static [&'static str] {
        &["GroupMember"]
    }

    fn service(&self) -> &'static Service {
        &GROUPS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let (Some(group), Some(member)) = (row.get("GroupId").as_id(), row.get("UserOrGroupId").as_id()) else {
            return Ok(());
        };
        let kind = ctx.rows(&format!("SELECT Type FROM Group WHERE Id = '{group}'"))?;
        if kind.first().is_some_and(|row| !is_made_by_people(row.cells[0].value())) {
            return Err(refuse("GroupId", "Group: only public groups and queues have members of their own"));
        }
        if member.prefix() != group.prefix() {
            return Ok(());
        }
        check_nesting(ctx, group, member)
    }

    /// Members of one batch do not see each other before they are written.
    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let at = |name: &str| object.find_field(name).map_or(0, |field| field.ix.index());
        let (group, member) = (at("GroupId"), at("UserOrGroupId"));
        for (_, after) in rows.iter().filter(|_| rows.len() > 1) {
            if let (Some(group), Some(member)) = (after[group].as_id(), after[member].as_id())
                && member.prefix() == group.prefix()
            {
                check_nesting(ctx, group, member)?;
            }
        }
        Ok(())
    }
}

fn check_nesting(ctx: &mut HookCtx<'_, '_>, group: RecordId, member: RecordId) -> Result<()> {
    // Two additions at once could make a ring that neither of them sees.
    ctx.tx.lock_places()?;
    let below = walk(ctx, member, "GroupId", "UserOrGroupId", Some(group))?;
    let above = walk(ctx, group, "UserOrGroupId", "GroupId", None)?;
    match (below, above) {
        (Some(below), Some(above)) if below + 1 + above <= DEEPEST => Ok(()),
        (None, _) => Err(refuse("UserOrGroupId", "Member: a group cannot hold itself, directly or through others")),
        _ => Err(refuse("UserOrGroupId", format!("Member: groups nest at most {DEEPEST} deep"))),
    }
}

/// The longest chain of groups from `start` along members (or against them); none when it meets `forbidden`.
fn walk(
    ctx: &mut HookCtx<'_, '_>,
    start: RecordId,
    from: &str,
    to: &str,
    forbidden: Option<RecordId>,
) -> Result<Option<usize>> {
    let mut level = HashSet::from([start]);
    for steps in 0..=DEEPEST {
        if forbidden.is_some_and(|group| level.contains(&group)) {
            return Ok(None);
        }
        let mut list: Vec<_> = level.iter().map(|id| format!("'{id}'")).collect();
        list.sort_unstable();
        let found = ctx.rows(&format!("SELECT {to} FROM GroupMember WHERE {from} IN ({})", list.join(",")))?;
        level = found
            .iter()
            .filter_map(|row| row.cells[0].value().as_id())
            .filter(|id| id.prefix() == start.prefix())
            .collect();
        if level.is_empty() {
            return Ok(Some(steps));
        }
    }
    Ok(Some(DEEPEST + 1))
}

impl Hook for QueueObjectHook {
    fn objects(&self) -> &'static [&'static str] {
        &["QueueSobject"]
    }

    fn service(&self) -> &'static Service {
        &GROUPS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let name = row.get("SobjectType").as_text().unwrap_or_default().to_owned();
        match ctx.ctx().schema().find_object(&name).filter(|object| object.def.queueable) {
            Some(object) => row.set("SobjectType", object.name()),
            None => {
                return Err(refuse("SobjectType", format!("Object type: records of {name} cannot belong to a queue")));
            }
        }
        let Some(queue) = row.get("QueueId").as_id() else { return Ok(()) };
        let kind = ctx.rows(&format!("SELECT Type FROM Group WHERE Id = '{queue}'"))?;
        if kind.first().is_some_and(|row| row.cells[0].value().as_text() == Some("Queue")) {
            return Ok(());
        }
        Err(refuse("QueueId", "Queue: this group is no queue"))
    }
}
