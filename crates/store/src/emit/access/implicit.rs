//! The computed share rows that accounts and their contacts, opportunities and cases give each other.

use super::view::{Kind, Row, View, rule_rows, text};
use crate::emit::SqlText;
use model::{ObjectSchema, Result};
use policy::{AccountChild, CompiledRule, GrantColumn, Level, account_children};

/// Writes what follows ` FROM` of one part.
type From<'f> = &'f dyn Fn(&mut SqlText) -> Result<()>;

impl View<'_> {
    /// Accounts that are read because a child is shared.
    pub(super) fn by_children(&self, out: &mut SqlText) -> Result<()> {
        let mut parts = Parts::new(out);
        for (_, child, field) in account_children(self.who.schema) {
            let accounts =
                format!(" JOIN \"{}\" a ON a.\"Id\" = c.\"{}\"", self.object.table, child.field(field).column);
            if let Some(owner) = child.owner_field {
                let grantee = format!("c.\"{}\"", child.field(owner).column);
                self.parent_part(&mut parts, &grantee, &|out| {
                    out.push(&format!(" FROM \"{}\" c{accounts} WHERE c.\"IsDeleted\" = 0", child.table));
                    Ok(())
                })?;
            }
            for (grants, rows) in self.tables(child, None) {
                let (level, join) = self.level_of(rows, &grants, "t");
                let grantee = format!("t.\"{}\"", rows.field(grants.grantee).column);
                self.parent_part(&mut parts, &grantee, &|out| {
                    self.of_rows(out, rows, &grants, "t", child, "c");
                    out.push(&format!(
                        "{accounts}{join} WHERE t.\"IsDeleted\" = 0 AND c.\"IsDeleted\" = 0 AND {level} IN ('Read', 'Edit')"
                    ));
                    Ok(())
                })?;
            }
            let rules = self.who.sharing.rules.of(child.ix);
            if !rules.is_empty() {
                self.parent_part(&mut parts, "q.target", &|out| {
                    out.push(&format!(" FROM \"{}\" c{accounts} JOIN ", child.table));
                    rule_rows(out, rules, |_| true);
                    self.rules_hold(out, child, "c", rules, |_| true)?;
                    out.push(" WHERE c.\"IsDeleted\" = 0");
                    Ok(())
                })?;
            }
        }
        parts.end();
        Ok(())
    }

    fn parent_part(&self, parts: &mut Parts<'_>, grantee: &str, from: From<'_>) -> Result<()> {
        let out = parts.next();
        let row = Row {
            id: self.pair_id(Kind::Parent, "a.\"Id\"", grantee),
            record: "a.\"Id\"".to_owned(),
            grantee: grantee.to_owned(),
            level: text(out.dialect, "Read"),
            children: self.none(out),
            cause: "ImplicitParent",
            of: "a",
        };
        self.columns(out, &row);
        from(out)
    }

    /// Children that are opened by what somebody has on their account.
    pub(super) fn by_account(&self, out: &mut SqlText, child: AccountChild) -> Result<()> {
        let schema = self.who.schema;
        let Some((_, _, field)) = account_children(schema).find(|(known, _, _)| *known == child) else {
            return Ok(());
        };
        let field = self.object.field(field);
        let account = schema.object(field.targets[0]);
        let mut parts = Parts::new(out);
        let mut part = |grantee: &str, level: &str, from: From<'_>| {
            self.child_part(&mut parts, account, &field.column, grantee, level, from)
        };
        let role_level = format!("orl.\"{}\"", child.role_field());
        part("a.\"OwnerId\"", &role_level, &|out| {
            out.push(&format!(
                " JOIN \"User\" ou ON ou.\"Id\" = a.\"OwnerId\" JOIN \"UserRole\" orl ON orl.\"Id\" = \
                 ou.\"UserRoleId\" WHERE {role_level} IN ('Read', 'Edit')"
            ));
            Ok(())
        })?;
        for (grants, rows) in self.tables(account, Some(child)) {
            // The levels on children stand in the rows themselves.
            let GrantColumn::Own(level) = grants.level else { continue };
            let level = format!("t.\"{}\"", rows.field(level).column);
            let grantee = format!("t.\"{}\"", rows.field(grants.grantee).column);
            part(&grantee, &level, &|out| {
                out.push(&format!(
                    " JOIN \"{}\" t ON t.\"{}\" = a.\"Id\" WHERE t.\"IsDeleted\" = 0 AND {level} IN ('Read', 'Edit')",
                    rows.table,
                    rows.field(grants.record).column
                ));
                Ok(())
            })?;
        }
        let rules = self.who.sharing.rules.of(account.ix);
        let wanted = |rule: &CompiledRule| rule.gives(Some(child), Level::Read);
        if rules.iter().any(wanted) {
            let level = match child {
                AccountChild::Contact => "q.contacts",
                AccountChild::Opportunity => "q.opportunities",
                AccountChild::Case => "q.cases",
            };
            part("q.target", level, &|out| {
                out.push(" JOIN ");
                rule_rows(out, rules, wanted);
                self.rules_hold(out, account, "a", rules, wanted)
            })?;
        }
        parts.end();
        Ok(())
    }

    fn child_part(
        &self,
        parts: &mut Parts<'_>,
        account: &ObjectSchema,
        reference: &str,
        grantee: &str,
        level: &str,
        from: From<'_>,
    ) -> Result<()> {
        let out = parts.next();
        let row = Row {
            id: format!(
                "CASE WHEN {level} = 'Edit' THEN {} ELSE {} END",
                self.pair_id(Kind::ChildEdit, "r.\"Id\"", grantee),
                self.pair_id(Kind::ChildRead, "r.\"Id\"", grantee)
            ),
            record: "r.\"Id\"".to_owned(),
            grantee: grantee.to_owned(),
            level: level.to_owned(),
            children: self.none(out),
            cause: "ImplicitChild",
            of: "r",
        };
        self.columns(out, &row);
        out.push(&format!(
            " FROM \"{}\" r JOIN \"{}\" a ON a.\"Id\" = r.\"{reference}\"",
            self.object.table, account.table
        ));
        from(out)
    }
}

/// Parts whose rows are the same row when they say the same.
struct Parts<'o> {
    out: &'o mut SqlText,
    is_first: bool,
}

impl<'o> Parts<'o> {
    fn new(out: &'o mut SqlText) -> Self {
        Self { out, is_first: true }
    }

    fn next(&mut self) -> &mut SqlText {
        self.out.push(if self.is_first { " UNION ALL SELECT * FROM (" } else { " UNION " });
        self.is_first = false;
        self.out
    }

    fn end(self) {
        if !self.is_first {
            self.out.push(") implied");
        }
    }
}
