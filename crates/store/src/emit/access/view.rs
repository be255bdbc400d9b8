//! Shares as a table that can be asked: rows made by hand as they are stored, and beside them the rows that follow from
//! owners, rules and teams, computed when asked for; those that accounts and their children give each other are in
//! `implicit`.
//!
//! A computed row has an id of its own, made of what it follows from, so that the same row has the same id each time.
//! Implicit rows stand once for each record and grantee, however many records lead there.

use super::Who;
use super::rules::members;
use crate::driver::{Dialect, Param};
use crate::emit::{Emitter, SqlText};
use model::schema::GrantRows;
use model::{Error, FieldIx, ObjectSchema, RecordId, Result};
use policy::{AccountChild, CompiledRule, CompiledSource, GrantColumn, Grants, Level, grants_on, is_mirrored};

/// What a row says, each piece as SQL.
pub(super) struct Row<'a> {
    pub(super) id: String,
    pub(super) record: String,
    pub(super) grantee: String,
    pub(super) level: String,
    /// On accounts: the levels on contacts, opportunities and cases.
    pub(super) children: [String; 3],
    pub(super) cause: &'a str,
    /// The alias of the record whose deletion and instants the row has.
    pub(super) of: &'a str,
}

/// Which kind of computed row an id belongs to; it stands above what tells rows of a kind apart.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Owner = 1,
    Rule = 2,
    Team = 3,
    Parent = 4,
    ChildRead = 5,
    ChildEdit = 6,
}

const KIND_BITS: u32 = 42;
const LOW: i64 = (1 << KIND_BITS) - 1;
/// Where a rule's place in its object's list stands in the id of its rows.
const RULE_BITS: u32 = 32;
/// Grantees are spread over the ids by the golden ratio of their range, which keeps the records of one apart from those
/// of every other for as long as possible: with 4,000 grantees up to 400 million records.
const SPREAD: i64 = 2_718_142_227_965;
const SPREAD_LOW: i64 = (1 << 19) - 1;

impl<'a> Who<'a> {
    /// Writes the shares of an object's records as a query in parentheses.
    pub(crate) fn shares(self, out: &mut SqlText, table: &ObjectSchema) -> Result<()> {
        let record = table.masters.first().copied().ok_or_else(|| Error::internal("shares of no record"))?;
        let target = *table.field(record).targets.first().ok_or_else(|| Error::internal("shares of no object"))?;
        let view = View { who: self, table, record, object: self.schema.object(target) };
        out.push("(");
        view.stored(out);
        if is_mirrored(view.object) {
            // Its records copy their account: nothing of their own counts.
            out.push(")");
            return Ok(());
        }
        view.owners(out);
        view.rules(out)?;
        view.teams(out);
        if view.object.name() == "Account" {
            view.by_children(out)?;
        }
        if let Some(child) = AccountChild::of(view.object) {
            view.by_account(out, child)?;
        }
        out.push(")");
        Ok(())
    }
}

pub(super) struct View<'a> {
    pub(super) who: Who<'a>,
    table: &'a ObjectSchema,
    record: FieldIx,
    pub(super) object: &'a ObjectSchema,
}

impl<'a> View<'a> {
    /// The select list of one part, in the order of the table's columns.
    pub(super) fn columns(&self, out: &mut SqlText, row: &Row<'_>) {
        out.push("SELECT ");
        let stored = self.table.fields.iter().filter(|field| !field.column.is_empty());
        for (at, field) in stored.enumerate() {
            if at > 0 {
                out.push(", ");
            }
            let child = AccountChild::ALL.iter().position(|child| child.level_field() == field.name());
            let own_child = self.object.name() == "Account";
            let sql = match (field.name(), child) {
                ("Id", _) => row.id.clone(),
                ("UserOrGroupId", _) => row.grantee.clone(),
                ("RowCause", _) => text(out.dialect, row.cause),
                ("IsDeleted", _) => format!("{}.\"IsDeleted\"", row.of),
                ("CreatedDate" | "LastModifiedDate" | "SystemModstamp", _) => {
                    format!("{}.\"SystemModstamp\"", row.of)
                }
                ("CreatedById" | "LastModifiedById", _) => format!("{}.\"LastModifiedById\"", row.of),
                (_, Some(child)) if own_child => row.children[child].clone(),
                _ if field.ix == self.record => row.record.clone(),
                _ => row.level.clone(),
            };
            out.push(&sql);
            out.push(" AS ");
            out.name(&field.column);
        }
    }

    fn stored(&self, out: &mut SqlText) {
        out.push("SELECT ");
        let stored = self.table.fields.iter().filter(|field| !field.column.is_empty());
        for (at, field) in stored.enumerate() {
            out.push(if at > 0 { ", sh." } else { "sh." });
            out.name(&field.column);
        }
        out.push(" FROM ");
        out.name(&self.table.table);
        out.push(" sh");
    }

    pub(super) fn none(&self, out: &SqlText) -> [String; 3] {
        std::array::from_fn(|_| text(out.dialect, "None"))
    }

    /// An id of a computed row: the kind, and what tells its rows apart.
    fn id(&self, kind: Kind, low: &str) -> String {
        let base = RecordId::new(self.table.key_prefix(), (kind as u64) << KIND_BITS).as_i64();
        format!("({base} + {low})")
    }

    /// An id of an implicit row: the kind, the record and the grantee.
    pub(super) fn pair_id(&self, kind: Kind, record: &str, grantee: &str) -> String {
        let group = self.table.find_field("UserOrGroupId").and_then(|field| field.targets.get(1));
        let group = group.map_or(0, |group| RecordId::new(self.who.schema.object(*group).key_prefix(), 0).as_i64());
        let last = group + RecordId::MAX_SEQUENCE.cast_signed();
        let number = format!(
            "(({grantee} & {SPREAD_LOW}) * 2 + CASE WHEN {grantee} >= {group} AND {grantee} <= {last} THEN 1 ELSE 0 END)"
        );
        self.id(kind, &format!("((({record} & {LOW}) + {number} * {SPREAD}) & {LOW})"))
    }

    fn owners(&self, out: &mut SqlText) {
        let Some(owner) = self.object.owner_field else { return };
        let mut children = self.none(out);
        let roles = self.object.name() == "Account";
        if roles {
            for (slot, child) in children.iter_mut().zip(AccountChild::ALL) {
                *slot = format!("COALESCE(orl.\"{}\", {})", child.role_field(), text(out.dialect, "None"));
            }
        }
        let row = Row {
            id: self.id(Kind::Owner, &format!("(r.\"Id\" & {LOW})")),
            record: "r.\"Id\"".to_owned(),
            grantee: format!("r.\"{}\"", self.object.field(owner).column),
            level: text(out.dialect, "All"),
            children,
            cause: "Owner",
            of: "r",
        };
        out.push(" UNION ALL ");
        self.columns(out, &row);
        out.push(" FROM ");
        out.name(&self.object.table);
        out.push(" r");
        if roles {
            out.push(" LEFT JOIN \"User\" ou ON ou.\"Id\" = r.\"OwnerId\"");
            out.push(" LEFT JOIN \"UserRole\" orl ON orl.\"Id\" = ou.\"UserRoleId\"");
        }
    }

    fn rules(&self, out: &mut SqlText) -> Result<()> {
        let rules = self.who.sharing.rules.of(self.object.ix);
        if rules.is_empty() {
            return Ok(());
        }
        let row = Row {
            id: self.id(Kind::Rule, &format!("((q.n << {RULE_BITS}) + (r.\"Id\" & 4294967295))")),
            record: "r.\"Id\"".to_owned(),
            grantee: "q.target".to_owned(),
            level: "q.level".to_owned(),
            children: ["q.contacts", "q.opportunities", "q.cases"].map(str::to_owned),
            cause: "Rule",
            of: "r",
        };
        out.push(" UNION ALL ");
        self.columns(out, &row);
        out.push(" FROM ");
        out.name(&self.object.table);
        out.push(" r JOIN ");
        rule_rows(out, rules, |_| true);
        self.rules_hold(out, self.object, "r", rules, |_| true)
    }

    /// The join condition under which rule `q` opens the record under `alias`.
    pub(super) fn rules_hold(
        &self,
        out: &mut SqlText,
        object: &ObjectSchema,
        alias: &str,
        rules: &[CompiledRule],
        wanted: impl Fn(&CompiledRule) -> bool,
    ) -> Result<()> {
        let owner = object.owner_field.ok_or_else(|| Error::internal("a rule on an object without owners"))?;
        out.push(" ON CASE q.n");
        for (n, rule) in rules.iter().enumerate().filter(|(_, rule)| wanted(rule)) {
            out.push(&format!(" WHEN {n} THEN (CASE WHEN "));
            match &rule.source {
                CompiledSource::Owner(source) => {
                    out.column(alias, &object.field(owner).column);
                    out.push(" IN (");
                    members(out, &[source.as_i64()]);
                    out.push(")");
                }
                CompiledSource::Criteria(plan) => Emitter::condition(out, plan, alias)?,
            }
            out.push(" THEN 1 ELSE 0 END)");
        }
        out.push(" ELSE 0 END = 1");
        Ok(())
    }

    fn teams(&self, out: &mut SqlText) {
        let Some((grants, team)) = self.team(self.object, None) else { return };
        let (level, join) = self.level_of(team, &grants, "t");
        let children = AccountChild::ALL.map(|child| match team.find_field(child.level_field()) {
            Some(field) if self.object.name() == "Account" => format!("t.\"{}\"", field.column),
            _ => text(out.dialect, "None"),
        });
        let row = Row {
            id: self.id(Kind::Team, &format!("(t.\"Id\" & {LOW})")),
            record: "r.\"Id\"".to_owned(),
            grantee: format!("t.\"{}\"", team.field(grants.grantee).column),
            level: level.clone(),
            children,
            cause: "Team",
            of: "r",
        };
        out.push(" UNION ALL ");
        self.columns(out, &row);
        self.of_rows(out, team, &grants, "t", self.object, "r");
        out.push(&join);
        out.push(" WHERE t.\"IsDeleted\" = 0 AND ");
        out.push(&level);
        out.push(" IN ('Read', 'Edit')");
    }

    /// ` FROM rows JOIN object`.
    pub(super) fn of_rows(
        &self,
        out: &mut SqlText,
        rows: &ObjectSchema,
        grants: &Grants,
        alias: &str,
        object: &ObjectSchema,
        joined: &str,
    ) {
        out.push(" FROM ");
        out.name(&rows.table);
        out.push(&format!(" {alias} JOIN "));
        out.name(&object.table);
        out.push(&format!(" {joined} ON {joined}.\"Id\" = "));
        out.column(alias, &rows.field(grants.record).column);
    }

    fn team(&self, object: &'a ObjectSchema, child: Option<AccountChild>) -> Option<(Grants, &'a ObjectSchema)> {
        self.tables(object, child).find(|(_, table)| table.grant_rows() == Some(GrantRows::Team))
    }

    pub(super) fn tables(
        &self,
        object: &'a ObjectSchema,
        child: Option<AccountChild>,
    ) -> impl Iterator<Item = (Grants, &'a ObjectSchema)> {
        let schema = self.who.schema;
        grants_on(schema, object, child, Level::Read).map(|grants| (grants, schema.object(grants.table)))
    }

    /// The level of a row under `alias`, and the join that it takes.
    pub(super) fn level_of(&self, table: &ObjectSchema, grants: &Grants, alias: &str) -> (String, String) {
        match grants.level {
            GrantColumn::Own(level) => (format!("{alias}.\"{}\"", table.field(level).column), String::new()),
            GrantColumn::OfRole { reference, object, level } => {
                let roles = self.who.schema.object(object);
                let join = format!(
                    " JOIN \"{}\" {alias}r ON {alias}r.\"Id\" = {alias}.\"{}\"",
                    roles.table,
                    table.field(reference).column
                );
                (format!("{alias}r.\"{}\"", roles.field(level).column), join)
            }
        }
    }
}

/// The rules as rows of a query: place, target and levels.
pub(super) fn rule_rows(out: &mut SqlText, rules: &[CompiledRule], wanted: impl Fn(&CompiledRule) -> bool) {
    out.push("(");
    for (at, (n, rule)) in rules.iter().enumerate().filter(|(_, rule)| wanted(rule)).enumerate() {
        if at > 0 {
            out.push(" UNION ALL ");
        }
        out.push(&match out.dialect {
            Dialect::Sqlite => format!("SELECT {n} AS n, "),
            Dialect::Postgres => format!("SELECT {n}::bigint AS n, "),
        });
        out.bind(Param::Int(rule.rule.target.as_i64()));
        out.push(" AS target");
        let levels = [
            (rule.rule.level, "level"),
            (rule.rule.contacts, "contacts"),
            (rule.rule.opportunities, "opportunities"),
            (rule.rule.cases, "cases"),
        ];
        for (level, name) in levels {
            out.push(&format!(", {} AS {name}", text(out.dialect, level.as_str())));
        }
    }
    out.push(") q");
}

/// A word of ours as a value that compares as text of a record does.
pub(super) fn text(dialect: Dialect, word: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("'{word}' COLLATE HF"),
        Dialect::Postgres => format!("'{word}'::text"),
    }
}
