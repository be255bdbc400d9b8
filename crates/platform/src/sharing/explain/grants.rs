//! What records grant, many records at a time: owners, rows of shares and teams, rules; and what follows from that
//! between an account and its contacts, opportunities and cases.

use super::walk::Walk;
use super::{Cause, CauseKind, GrantSource};
use model::schema::{GrantLevel, GrantRows, RuleSource};
use model::{ObjectSchema, RecordId, Result};
use policy::{AccountChild, GrantColumn, Grants, Level, account_children, grants_on};
use std::collections::HashMap;
use store::{RecordRow, Via};

/// Somebody is given something, whoever asks.
#[derive(Clone)]
struct Grant {
    kind: CauseKind,
    grantee: RecordId,
    level: Option<Level>,
    /// On an account: the levels on its contacts, opportunities and cases.
    children: [Option<Level>; 3],
    rule: Option<String>,
    row: Option<RecordId>,
}

/// Ids in one statement.
const AT_ONCE: usize = 500;

impl Walk<'_, '_, '_> {
    /// Owner, shares, teams and rules of the record itself, as far as they reach the user.
    pub(super) fn shared(&mut self, object: &ObjectSchema, record: RecordId) -> Result<Vec<Cause>> {
        let grants = self.grants(object, &[record])?.remove(&record).unwrap_or_default();
        let mut causes = Vec::new();
        for (grant, via) in self.reaching(grants, object.def.uses_hierarchy)? {
            let Some(level) = grant.level else { continue };
            let kind = grant.kind;
            causes.push(Cause { source: Some(self.source(grant, via)?), ..Cause::plain(level, kind) });
        }
        Ok(causes)
    }

    pub(super) fn implicit(&mut self, object: &ObjectSchema, record: RecordId) -> Result<Vec<Cause>> {
        if object.name() == "Account" {
            return self.implicit_parent(record);
        }
        let Some(child) = AccountChild::of(object) else { return Ok(Vec::new()) };
        match self.parent(object, record, "AccountId")? {
            Some((_, account)) => self.implicit_child(child, account),
            None => Ok(Vec::new()),
        }
    }

    /// Each live child that is shared with the user shows its account.
    fn implicit_parent(&mut self, account: RecordId) -> Result<Vec<Cause>> {
        let schema = self.schema.clone();
        let mut causes = Vec::new();
        for (_, child, field) in account_children(&schema) {
            let field = child.field(field).name();
            let rows =
                self.rows(&format!("SELECT Id FROM {} WHERE {field} = '{account}' ORDER BY Id", child.name()))?;
            let ids: Vec<RecordId> = rows.iter().map(|row| row.id).collect();
            let mut grants = self.grants(child, &ids)?;
            for id in ids {
                let mut found = grants.remove(&id).unwrap_or_default();
                found.retain(|grant| grant.level.is_some());
                let Some((grant, via)) = self.reaching(found, child.def.uses_hierarchy)?.into_iter().next() else {
                    continue;
                };
                let source = Some(self.source(grant, via)?);
                causes.push(Cause { source, ..Cause::through(Level::Read, CauseKind::ImplicitParent, id) });
            }
        }
        Ok(causes)
    }

    /// What is given on the account carries levels on its children along.
    fn implicit_child(&mut self, child: AccountChild, account: RecordId) -> Result<Vec<Cause>> {
        let schema = self.schema.clone();
        let Some(object) = schema.find_object("Account") else { return Ok(Vec::new()) };
        let grants = self.grants(object, &[account])?.remove(&account).unwrap_or_default();
        let mut causes = Vec::new();
        for (grant, via) in self.reaching(grants, object.def.uses_hierarchy)? {
            let Some(level) = grant.children[child as usize] else { continue };
            let source = Some(self.source(grant, via)?);
            causes.push(Cause { source, ..Cause::through(level, CauseKind::ImplicitChild, account) });
        }
        Ok(causes)
    }

    fn reaching(&mut self, grants: Vec<Grant>, hierarchy: bool) -> Result<Vec<(Grant, Via)>> {
        let grantees: Vec<RecordId> = grants.iter().map(|grant| grant.grantee).collect();
        let schema = self.schema.clone();
        let ways = self.tx.ways(self.user, &schema, hierarchy, &grantees)?;
        Ok(grants.into_iter().zip(ways).filter_map(|(grant, via)| Some((grant, via?))).collect())
    }

    fn source(&mut self, grant: Grant, via: Via) -> Result<GrantSource> {
        let Grant { kind, grantee, rule, row, .. } = grant;
        Ok(GrantSource { kind, grantee, via, path: self.path(grantee, via)?, rule, row })
    }

    /// Everything that records of one object grant, by record.
    fn grants(&mut self, object: &ObjectSchema, ids: &[RecordId]) -> Result<HashMap<RecordId, Vec<Grant>>> {
        let mut found: HashMap<RecordId, Vec<Grant>> = HashMap::new();
        for ids in ids.chunks(AT_ONCE) {
            let list = ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
            let owners = self.owners(object, &list)?;
            for (id, owner, children) in &owners {
                let grant = plain(CauseKind::Owner, *owner, Some(Level::All), *children);
                found.entry(*id).or_default().push(grant);
            }
            if object.sharing() == &model::schema::SharingKind::Activity {
                continue;
            }
            self.granted(object, &list, &mut found)?;
            self.ruled(object, &list, &owners, &mut found)?;
        }
        Ok(found)
    }

    /// Owners, with what an account owner's role gives on the account's children.
    fn owners(&mut self, object: &ObjectSchema, list: &str) -> Result<Vec<(RecordId, RecordId, [Option<Level>; 3])>> {
        let Some(owner) = object.owner_field.map(|field| object.field(field).name()) else { return Ok(Vec::new()) };
        let is_account = object.name() == "Account";
        let roles = AccountChild::ALL.map(|child| format!(", Owner.UserRole.{}", child.role_field())).concat();
        let roles = if is_account { roles.as_str() } else { "" };
        let name = object.name();
        let rows = self.rows_with_deleted(&format!("SELECT {owner}{roles} FROM {name} WHERE Id IN ({list})"))?;
        let owner_of = |row: &RecordRow| {
            let children = std::array::from_fn(|at| is_account.then(|| level_at(row, at + 1)).flatten());
            Some((row.id, row.cells[0].value().as_id()?, children))
        };
        Ok(rows.iter().filter_map(owner_of).collect())
    }

    /// Rows of the share and team tables.
    fn granted(&mut self, object: &ObjectSchema, list: &str, found: &mut HashMap<RecordId, Vec<Grant>>) -> Result<()> {
        let schema = self.schema.clone();
        for grants in grants_on(&schema, object, None, Level::Read) {
            let table = schema.object(grants.table);
            let (kind, only) = match table.grant_rows() {
                Some(GrantRows::Share) => (CauseKind::Manual, " AND RowCause = 'Manual'"),
                _ => (CauseKind::Team, ""),
            };
            let (record, grantee) = (table.field(grants.record).name(), table.field(grants.grantee).name());
            let level = level_expression(table, &grants, &schema);
            let carries = |child: AccountChild| {
                if object.name() == "Account" { table.find_field(child.level_field()) } else { None }
            };
            let children: Vec<_> = AccountChild::ALL.into_iter().filter_map(carries).collect();
            let columns: String = children.iter().map(|field| format!(", {}", field.name())).collect();
            let name = table.name();
            let rows = self.rows(&format!(
                "SELECT {record}, {grantee}, {level}{columns} FROM {name} WHERE {record} IN ({list}){only} ORDER BY Id"
            ))?;
            for row in rows {
                let id = |at: usize| row.cells[at].value().as_id();
                let (Some(record), Some(grantee)) = (id(0), id(1)) else { continue };
                let levels = std::array::from_fn(|at| if children.is_empty() { None } else { level_at(&row, at + 3) });
                let grant = Grant { row: Some(row.id), ..plain(kind, grantee, level_at(&row, 2), levels) };
                found.entry(record).or_default().push(grant);
            }
        }
        Ok(())
    }

    /// Sharing rules: by the owner's memberships, or by criteria.
    fn ruled(
        &mut self,
        object: &ObjectSchema,
        list: &str,
        owners: &[(RecordId, RecordId, [Option<Level>; 3])],
        found: &mut HashMap<RecordId, Vec<Grant>>,
    ) -> Result<()> {
        let schema = self.schema.clone();
        for rule in &object.def.sharing_rules {
            let mut opened = Vec::new();
            match &rule.source {
                RuleSource::Criteria(text) => {
                    let name = object.name();
                    let rows =
                        self.rows_with_deleted(&format!("SELECT Id FROM {name} WHERE Id IN ({list}) AND ({text})"))?;
                    opened.extend(rows.iter().map(|row| row.id));
                }
                RuleSource::Owner(source) => {
                    for (id, owner, _) in owners {
                        let is_user = schema.find_by_prefix(owner.prefix()).is_some_and(|owner| owner.name() == "User");
                        let is_source = owner == source
                            || (is_user && self.tx.ways(*owner, &schema, false, &[*source])?[0].is_some());
                        if is_source {
                            opened.push(*id);
                        }
                    }
                }
            }
            let children = [rule.contacts, rule.opportunities, rule.cases].map(level_of);
            for id in opened {
                let grant = plain(CauseKind::Rule, rule.target, level_of(rule.level), children);
                found.entry(id).or_default().push(Grant { rule: Some(rule.name.clone()), ..grant });
            }
        }
        Ok(())
    }
}

fn plain(kind: CauseKind, grantee: RecordId, level: Option<Level>, children: [Option<Level>; 3]) -> Grant {
    Grant { kind, grantee, level, children, rule: None, row: None }
}

/// Where the level of a row stands, as a query names it.
fn level_expression(table: &ObjectSchema, grants: &Grants, schema: &model::OrgSchema) -> String {
    match grants.level {
        GrantColumn::Own(level) => table.field(level).name().to_owned(),
        GrantColumn::OfRole { reference, object, level } => {
            let reference = table.field(reference).data_type().as_reference();
            let step = reference.and_then(|reference| reference.relationship.clone()).unwrap_or_default();
            format!("{step}.{}", schema.object(object).field(level).name())
        }
    }
}

fn level_at(row: &RecordRow, at: usize) -> Option<Level> {
    match row.cells[at].value().as_text()? {
        // The managers of a folder.
        "All" => Some(Level::All),
        text => level_of(GrantLevel::parse(text)?),
    }
}

fn level_of(level: GrantLevel) -> Option<Level> {
    match level {
        GrantLevel::None => None,
        GrantLevel::Read => Some(Level::Read),
        GrantLevel::Edit => Some(Level::Edit),
    }
}
