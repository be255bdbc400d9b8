//! Owners, stored rows of shares and teams, and what the role of an account's owner gives.

use super::{Approach, Who, within_end, within_start};
use crate::driver::{Dialect, Param};
use crate::emit::SqlText;
use model::schema::GrantLevel;
use model::{FieldIx, ObjectSchema};
use policy::{AccountChild, GrantColumn, Grants, Level};

impl Who<'_> {
    pub(super) fn owner(
        self,
        out: &mut SqlText,
        object: &ObjectSchema,
        alias: &str,
        field: FieldIx,
        hierarchy: bool,
        approach: Approach,
    ) {
        let field = object.field(field);
        let queues = if field.is_polymorphic() { self.sharing.reach.queues(hierarchy) } else { Vec::new() };
        out.push("(");
        self.user(out, alias, &field.column, hierarchy, approach);
        if !queues.is_empty() {
            out.push(" OR ");
            out.column(alias, &field.column);
            out.bind_list(Param::Ints(queues));
        }
        out.push(")");
    }

    /// The column holds the asker or, with the hierarchy, somebody below.
    fn user(self, out: &mut SqlText, alias: &str, column: &str, hierarchy: bool, approach: Approach) {
        let reach = &self.sharing.reach;
        match (reach.role_above(hierarchy), approach) {
            (None, _) => {
                out.column(alias, column);
                out.push(" = ");
                out.bind(Param::Int(reach.user));
            }
            (Some(role), Approach::Probe) => {
                out.push("(");
                out.column(alias, column);
                out.push(" = ");
                out.bind(Param::Int(reach.user));
                out.push(" OR EXISTS (SELECT 1 FROM hf_subordinate hs WHERE hs.role = ");
                out.bind(Param::Int(role));
                out.push(" AND hs.subordinate = ");
                out.column(alias, column);
                out.push("))");
            }
            (Some(_), _) => {
                within_start(out, alias, column, approach);
                self.users(out, hierarchy);
                within_end(out, approach);
            }
        }
    }

    /// A query for the asker and those below.
    fn users(self, out: &mut SqlText, hierarchy: bool) {
        let reach = &self.sharing.reach;
        if let Some(role) = reach.role_above(hierarchy) {
            out.push("SELECT hs.subordinate FROM hf_subordinate hs WHERE hs.role = ");
            out.bind(Param::Int(role));
            out.push(" UNION ALL ");
        }
        out.push("SELECT ");
        out.bind(Param::Int(reach.user));
    }

    pub(super) fn granted(self, out: &mut SqlText, alias: &str, grants: &Grants, approach: Approach) {
        let table = self.schema.object(grants.table);
        let record = &table.field(grants.record).column;
        let rows = format!("{alias}g{}", grants.table.index());
        if approach == Approach::Probe {
            out.push("EXISTS (SELECT 1 FROM ");
        } else {
            within_start(out, alias, "Id", approach);
            out.push("SELECT ");
            out.column(&rows, record);
            out.push(" FROM ");
        }
        out.name(&table.table);
        out.push(&format!(" {rows}"));
        let levels = level_names(grants.at_least);
        let level = match grants.level {
            GrantColumn::Own(level) => (rows.clone(), table.field(level).column.clone()),
            GrantColumn::OfRole { reference, object, level } => {
                let roles = self.schema.object(object);
                out.push(" JOIN ");
                out.name(&roles.table);
                out.push(&format!(" {rows}r ON {rows}r.\"Id\" = "));
                out.column(&rows, &table.field(reference).column);
                (format!("{rows}r"), roles.field(level).column.clone())
            }
        };
        out.push(" WHERE ");
        if approach == Approach::Probe {
            out.column(&rows, record);
            out.push(" = ");
            out.column(alias, "Id");
            out.push(" AND ");
        }
        out.push(&format!("{rows}.\"IsDeleted\" = 0 AND "));
        out.column(&level.0, &level.1);
        out.push(levels);
        out.push(" AND ");
        self.grantee(out, table, &rows, grants, approach);
        if approach == Approach::Probe {
            out.push(")");
        } else {
            within_end(out, approach);
        }
    }

    /// The grantee of a row reaches the asker.
    fn grantee(self, out: &mut SqlText, table: &ObjectSchema, rows: &str, grants: &Grants, approach: Approach) {
        let field = table.field(grants.grantee);
        let groups = if field.is_polymorphic() { self.sharing.reach.groups(grants.hierarchy) } else { Vec::new() };
        if groups.is_empty() {
            return self.user(out, rows, &field.column, grants.hierarchy, approach);
        }
        if approach == Approach::Probe {
            out.push("(");
            self.user(out, rows, &field.column, grants.hierarchy, approach);
            out.push(" OR ");
            out.column(rows, &field.column);
            out.bind_list(Param::Ints(groups));
            out.push(")");
            return;
        }
        within_start(out, rows, &field.column, approach);
        self.users(out, grants.hierarchy);
        out.push(" UNION ALL ");
        values(out, groups);
        within_end(out, approach);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one node, and where it stands")]
    pub(super) fn owner_role(
        self,
        out: &mut SqlText,
        object: &ObjectSchema,
        alias: &str,
        owner: FieldIx,
        child: AccountChild,
        at_least: Level,
        approach: Approach,
    ) {
        let column = &object.field(owner).column;
        let (user, role) = (format!("{alias}u"), format!("{alias}ur"));
        if approach == Approach::Probe {
            out.push("EXISTS (SELECT 1 FROM ");
        } else {
            within_start(out, alias, column, approach);
            out.push(&format!("SELECT {user}.\"Id\" FROM "));
        }
        out.push(&format!("\"User\" {user} JOIN \"UserRole\" {role} ON {role}.\"Id\" = {user}.\"UserRoleId\" WHERE "));
        if approach == Approach::Probe {
            out.push(&format!("{user}.\"Id\" = "));
            out.column(alias, column);
            out.push(" AND ");
        }
        out.column(&role, child.role_field());
        out.push(level_names(at_least));
        out.push(" AND ");
        // Accounts always use the hierarchy.
        self.user(out, &user, "Id", true, approach);
        if approach == Approach::Probe {
            out.push(")");
        } else {
            within_end(out, approach);
        }
    }
}

/// The levels that suffice, as the second half of a test.
fn level_names(at_least: Level) -> &'static str {
    match at_least {
        Level::Read => " IN ('Read', 'Edit', 'All')",
        Level::Edit => " IN ('Edit', 'All')",
        Level::All => " = 'All'",
    }
}

pub(super) fn suffices(given: GrantLevel, at_least: Level) -> bool {
    match at_least {
        Level::Read => given >= GrantLevel::Read,
        Level::Edit => given >= GrantLevel::Edit,
        Level::All => false,
    }
}

/// A query that yields the given numbers.
pub(super) fn values(out: &mut SqlText, numbers: Vec<i64>) {
    let numbers = out.shared(Param::Ints(numbers));
    out.push(&match out.dialect {
        Dialect::Sqlite => format!("SELECT value FROM json_each({numbers})"),
        Dialect::Postgres => format!("SELECT unnest({numbers})"),
    });
}
