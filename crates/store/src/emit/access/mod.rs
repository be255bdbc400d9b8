//! Record access as SQL over the record's own table alias.
//!
//! What does not concern the asker (a rule whose target does not reach them, levels that no role gives) never enters
//! the text. The same predicate can be said in three ways, which differ in speed alone.

mod implicit;
mod rows;
mod rules;
mod view;

use super::SqlText;
use crate::driver::{Dialect, Param};
use crate::sharing::Sharing;
use model::{FieldIx, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result};
use policy::Access;

/// How a predicate is best said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approach {
    /// Rows come from elsewhere: each is tested by itself, by look-ups.
    Probe,
    /// The asker sees few rows: each part names them as a set that an index can be driven by.
    Drive,
    /// All rows are read: tests are look-ups in sets that are made once.
    Scan,
}

/// Who asks, and of which schema.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) schema: &'a OrgSchema,
    pub(crate) sharing: &'a Sharing,
}

impl Who<'_> {
    /// Writes a column that says, 1 or 0, whether `access` admits the record under `alias`.
    pub(crate) fn verdict(self, out: &mut SqlText, object: ObjectIx, alias: &str, access: &Access) -> Result<()> {
        out.push("CASE WHEN ");
        self.access(out, object, alias, access, Approach::Probe)?;
        out.push(match out.dialect {
            Dialect::Sqlite => " THEN 1 ELSE 0 END",
            Dialect::Postgres => " THEN 1::bigint ELSE 0::bigint END",
        });
        Ok(())
    }

    /// Writes a condition that holds for the records of `object` (under `alias`) that `access` admits.
    pub(crate) fn access(
        self,
        out: &mut SqlText,
        object: ObjectIx,
        alias: &str,
        access: &Access,
        approach: Approach,
    ) -> Result<()> {
        let schema = self.schema.object(object);
        if self.is_empty(object, access) {
            out.push("1=0");
            return Ok(());
        }
        match access {
            Access::Everything => out.push("1=1"),
            Access::Nothing => out.push("1=0"),
            Access::AnyOf(parts) => {
                let parts: Vec<_> = parts.iter().filter(|part| !self.is_empty(object, part)).collect();
                self.joined(out, object, alias, &parts, " OR ", approach)?;
            }
            Access::AllOf(parts) => {
                self.joined(out, object, alias, &parts.iter().collect::<Vec<_>>(), " AND ", approach)?;
            }
            Access::Owner { field, hierarchy } => self.owner(out, schema, alias, *field, *hierarchy, approach),
            Access::Granted(grants) => self.granted(out, alias, grants, approach),
            Access::Ruled { child, at_least, hierarchy } => {
                self.ruled(out, schema, alias, *child, *at_least, *hierarchy, approach)?;
            }
            Access::OwnerRole { owner, child, at_least } => {
                self.owner_role(out, schema, alias, *owner, *child, *at_least, approach);
            }
            Access::Parent { field, targets } => self.parents(out, schema, alias, *field, targets, approach)?,
            Access::Child { child, field, access } => self.child(out, alias, *child, *field, access, approach)?,
            Access::OneOf { field, values } => {
                out.column(alias, &schema.field(*field).column);
                out.bind_list(Param::Texts(values.clone()));
            }
            Access::Unticked { field } => {
                out.column(alias, &schema.field(*field).column);
                out.push(" = 0");
            }
            Access::Unset { field } => {
                out.column(alias, &schema.field(*field).column);
                out.push(" IS NULL");
            }
        }
        Ok(())
    }

    fn joined(
        self,
        out: &mut SqlText,
        object: ObjectIx,
        alias: &str,
        parts: &[&Access],
        word: &str,
        approach: Approach,
    ) -> Result<()> {
        out.push("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                out.push(word);
            }
            self.access(out, object, alias, part, approach)?;
        }
        out.push(")");
        Ok(())
    }

    /// Whether what a predicate admits can be gone through record by record: nothing in it opens records of others than
    /// those who stand below the asker, except one by one. Rules open as many as there are.
    pub(crate) fn is_few(self, object: ObjectIx, access: &Access) -> bool {
        match access {
            Access::Everything
            | Access::Nothing
            | Access::OneOf { .. }
            | Access::Unticked { .. }
            | Access::Unset { .. } => false,
            Access::AnyOf(parts) => {
                let mut parts = parts.iter().filter(|part| !self.is_empty(object, part)).peekable();
                parts.peek().is_some() && parts.all(|part| self.is_few(object, part))
            }
            Access::AllOf(parts) => parts.iter().any(|part| self.is_few(object, part)),
            Access::Ruled { .. } => self.is_empty(object, access),
            Access::Parent { targets, .. } => targets
                .iter()
                .filter(|(target, inner)| !self.is_empty(*target, inner))
                .all(|(target, inner)| self.is_few(*target, inner)),
            Access::Child { child, access, .. } => self.is_few(*child, access),
            Access::Owner { .. } | Access::Granted(_) | Access::OwnerRole { .. } => true,
        }
    }

    /// Whether a predicate admits nothing, as far as that follows from the asker's place and the rules.
    pub(crate) fn is_empty(self, object: ObjectIx, access: &Access) -> bool {
        match access {
            Access::Nothing => true,
            Access::AnyOf(parts) => parts.iter().all(|part| self.is_empty(object, part)),
            Access::AllOf(parts) => parts.iter().any(|part| self.is_empty(object, part)),
            Access::Ruled { child, at_least, hierarchy } => {
                self.reaching_rules(object, *child, *at_least, *hierarchy).next().is_none()
            }
            Access::OwnerRole { child, at_least, .. } => {
                !rows::suffices(self.sharing.reach.child_level(*child), *at_least)
            }
            Access::Parent { targets, .. } => targets.iter().all(|(target, inner)| self.is_empty(*target, inner)),
            Access::Child { child, access, .. } => self.is_empty(*child, access),
            Access::Granted(grants) => !self.sharing.reach.may_grant(&self.schema.object(grants.table).table),
            Access::Everything
            | Access::Owner { .. }
            | Access::OneOf { .. }
            | Access::Unticked { .. }
            | Access::Unset { .. } => false,
        }
    }

    fn parents(
        self,
        out: &mut SqlText,
        object: &ObjectSchema,
        alias: &str,
        field: FieldIx,
        targets: &[(ObjectIx, Access)],
        approach: Approach,
    ) -> Result<()> {
        let column = &object.field(field).column;
        let targets = targets.iter().filter(|(target, inner)| !self.is_empty(*target, inner));
        out.push("(");
        for (at, (target, inner)) in targets.enumerate() {
            if at > 0 {
                out.push(" OR ");
            }
            let target = self.schema.object(*target);
            let parent = format!("{alias}p{}", target.ix.index());
            match (approach, inner) {
                (Approach::Drive, Access::Everything) => {
                    // Every record of the object: a range of ids.
                    out.push("(");
                    out.column(alias, column);
                    out.push(" >= ");
                    out.bind(Param::Int(RecordId::new(target.key_prefix(), 0).as_i64()));
                    out.push(" AND ");
                    out.column(alias, column);
                    out.push(" <= ");
                    out.bind(Param::Int(RecordId::new(target.key_prefix(), RecordId::MAX_SEQUENCE).as_i64()));
                    out.push(" AND ");
                    self.parent_exists(out, target, &parent, alias, column, inner)?;
                    out.push(")");
                }
                (Approach::Drive, _) => {
                    within_start(out, alias, column, approach);
                    out.push("SELECT ");
                    out.column(&parent, "Id");
                    out.push(" FROM ");
                    out.name(&target.table);
                    out.push(&format!(" {parent} WHERE "));
                    self.access(out, target.ix, &parent, inner, approach)?;
                    within_end(out, approach);
                }
                _ => self.parent_exists(out, target, &parent, alias, column, inner)?,
            }
        }
        out.push(")");
        Ok(())
    }

    fn parent_exists(
        self,
        out: &mut SqlText,
        target: &ObjectSchema,
        parent: &str,
        alias: &str,
        column: &str,
        inner: &Access,
    ) -> Result<()> {
        out.push("EXISTS (SELECT 1 FROM ");
        out.name(&target.table);
        out.push(" ");
        out.push(parent);
        out.push(" WHERE ");
        out.column(parent, "Id");
        out.push(" = ");
        out.column(alias, column);
        if *inner != Access::Everything {
            out.push(" AND ");
            self.access(out, target.ix, parent, inner, Approach::Probe)?;
        }
        out.push(")");
        Ok(())
    }

    fn child(
        self,
        out: &mut SqlText,
        alias: &str,
        child: ObjectIx,
        field: FieldIx,
        inner: &Access,
        approach: Approach,
    ) -> Result<()> {
        let object = self.schema.object(child);
        let column = &object.field(field).column;
        let below = format!("{alias}c{}", child.index());
        if approach == Approach::Drive {
            within_start(out, alias, "Id", approach);
            out.push("SELECT ");
            out.column(&below, column);
            out.push(" FROM ");
            out.name(&object.table);
            out.push(&format!(" {below} WHERE {below}.\"IsDeleted\" = 0 AND "));
            out.column(&below, column);
            out.push(" IS NOT NULL AND ");
            self.access(out, child, &below, inner, approach)?;
            within_end(out, approach);
            return Ok(());
        }
        out.push("EXISTS (SELECT 1 FROM ");
        out.name(&object.table);
        out.push(&format!(" {below} WHERE "));
        out.column(&below, column);
        out.push(" = ");
        out.column(alias, "Id");
        out.push(&format!(" AND {below}.\"IsDeleted\" = 0 AND "));
        self.access(out, child, &below, inner, Approach::Probe)?;
        out.push(")");
        Ok(())
    }
}

/// Begins "this column is among the values of a query"; [`within_end`] ends it.
pub(super) fn within_start(out: &mut SqlText, alias: &str, column: &str, approach: Approach) {
    // A plus keeps SQLite from walking an index on the column when most rows pass anyway.
    if approach == Approach::Scan && out.dialect == Dialect::Sqlite {
        out.push("+");
    }
    out.column(alias, column);
    // PostgreSQL drives an index by an array, never by a sub-query under OR.
    let as_array = approach == Approach::Drive && out.dialect == Dialect::Postgres;
    out.push(if as_array { " = ANY(ARRAY(" } else { " IN (" });
}

pub(super) fn within_end(out: &mut SqlText, approach: Approach) {
    let as_array = approach == Approach::Drive && out.dialect == Dialect::Postgres;
    out.push(if as_array { "))" } else { ")" });
}
