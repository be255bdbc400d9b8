//! Record access as SQL over the record's own table alias.

use super::SqlText;
use crate::driver::Param;
use model::{ObjectIx, OrgSchema};
use policy::Access;

/// Writes a condition that holds for the records of `object` (under `alias`) that `access` admits.
pub(crate) fn access_sql(out: &mut SqlText, schema: &OrgSchema, object: ObjectIx, alias: &str, access: &Access) {
    let object = schema.object(object);
    match access {
        Access::Everything => out.push("1=1"),
        Access::Nothing => out.push("1=0"),
        Access::AnyOf(parts) => joined(out, schema, object.ix, alias, parts, " OR "),
        Access::AllOf(parts) => joined(out, schema, object.ix, alias, parts, " AND "),
        Access::OwnedBy { owner, user } => {
            out.column(alias, &object.field(*owner).column);
            out.push(" = ");
            out.bind(Param::Int(user.as_i64()));
        }
        Access::OwnedBelow { owner, role } => {
            out.column(alias, &object.field(*owner).column);
            out.push(
                " IN (SELECT hu.\"Id\" FROM \"User\" hu JOIN hf_role_closure hc ON hc.descendant = hu.\"UserRoleId\" \
                 WHERE hc.ancestor = ",
            );
            out.bind(Param::Int(role.as_i64()));
            out.push(")");
        }
        Access::Parent { field, targets } => {
            out.push("(");
            for (at, (target, inner)) in targets.iter().enumerate() {
                if at > 0 {
                    out.push(" OR ");
                }
                let target = schema.object(*target);
                let parent = format!("{alias}p{}", target.ix.index());
                out.push("EXISTS (SELECT 1 FROM ");
                out.name(&target.table);
                out.push(" ");
                out.push(&parent);
                out.push(" WHERE ");
                out.column(&parent, "Id");
                out.push(" = ");
                out.column(alias, &object.field(*field).column);
                out.push(" AND ");
                access_sql(out, schema, target.ix, &parent, inner);
                out.push(")");
            }
            out.push(")");
        }
    }
}

fn joined(out: &mut SqlText, schema: &OrgSchema, object: ObjectIx, alias: &str, parts: &[Access], word: &str) {
    out.push("(");
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push(word);
        }
        access_sql(out, schema, object, alias, part);
    }
    out.push(")");
}
