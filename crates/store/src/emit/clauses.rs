//! The clauses that all statements share: tables with their joins, deletion and access, filter, order, window.

use super::{Approach, Emitter, Who, alias, alias_of};
use crate::codec::codec_of;
use crate::ddl::wants_index;
use crate::driver::Param;
use model::schema::{GrantRows, SharingKind};
use model::{Error, ErrorCode, FieldType, Result};
use policy::Access;
use soql::plan::{Cond, Expr, Output, RowScope, Select, SelectKind, SourceIx, Target};

impl<'a> Emitter<'a> {
    /// FROM with every source, WHERE with deletion and access.
    pub(super) fn tables_and_access(&mut self, select: &Select) -> Result<()> {
        let all = vec![true; select.sources.len()];
        self.tables(select, &all)?;
        self.admitted(select)
    }

    /// The same, joined only to the parents that filter, groups and order look at.
    pub(super) fn tables_used_and_filter(&mut self, select: &Select) -> Result<()> {
        self.tables(select, &used_sources(select))?;
        self.grouping_sets();
        self.admitted(select)?;
        self.filter(select)
    }

    /// WHERE with the rows that may take part at all.
    pub(super) fn admitted(&mut self, select: &Select) -> Result<()> {
        let root = alias(select.id, SourceIx::ROOT);
        self.out.push(" WHERE ");
        match select.rows {
            RowScope::Live => {
                self.out.column(&root, "IsDeleted");
                self.out.push(" = 0");
            }
            RowScope::WithDeleted => self.out.push("1=1"),
        }
        if self.is_sqlite() && self.driving(select)?.is_some() {
            // FROM has said it.
            return Ok(());
        }
        let access = self.plan.access(select.id, SourceIx::ROOT)?;
        let is_union = !self.object(select.object()).members().is_empty();
        for (ix, access) in access.iter().filter(|_| !is_union) {
            if *access != Access::Everything {
                self.out.push(" AND ");
                let pinned = is_pinned(self.object(*ix), select);
                let approach = if pinned { Approach::Probe } else { self.approach };
                self.who().access(&mut self.out, *ix, &root, access, approach)?;
            }
        }
        Ok(())
    }

    /// The access to the root's records, where the asker sees so few of them that a statement goes through those and
    /// looks at nothing else.
    pub(super) fn driving(&self, select: &Select) -> Result<Option<&'a Access>> {
        let object = self.object(select.object());
        let fits = self.approach == Approach::Drive
            && *object.sharing() == SharingKind::Owned
            && select.search.is_none()
            && !is_pinned(object, select);
        let [(_, access)] = self.plan.access(select.id, SourceIx::ROOT)? else { return Ok(None) };
        Ok(Some(access).filter(|access| fits && self.who().is_few(object.ix, access)))
    }

    /// The ids of those records, as a table that the root is joined to. SQLite follows the order of a CROSS JOIN; left
    /// to itself it walks an index of the filter and tests each record, because it knows nothing of how few they are.
    fn driven_by(&mut self, object: &model::ObjectSchema, root: &str, access: &Access) -> Result<()> {
        let (who, inner) = (self.who(), format!("{root}k"));
        let parts = match access {
            Access::AnyOf(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut word = "(";
        for part in parts.iter().filter(|part| !who.is_empty(object.ix, part)) {
            self.out.push(word);
            word = " UNION ";
            self.out.push(&format!("SELECT {inner}.\"Id\" FROM \"{}\" {inner} WHERE ", object.table));
            who.access(&mut self.out, object.ix, &inner, part, Approach::Drive)?;
        }
        self.out.push(&format!(") {root}few CROSS JOIN "));
        Ok(())
    }

    /// What the query itself asks of its rows.
    pub(super) fn filter(&mut self, select: &Select) -> Result<()> {
        let root = alias(select.id, SourceIx::ROOT);
        let object = self.object(select.object());
        if select.mine {
            self.mine(object, &root);
        }
        if let Some(search) = &select.search {
            self.out.push(" AND ");
            self.search(select, search)?;
        }
        if let Some(filter) = &select.filter {
            self.out.push(" AND ");
            self.cond(select, filter, false)?;
        }
        Ok(())
    }

    pub(super) fn who(&self) -> Who<'a> {
        Who { schema: self.plan.schema(), sharing: self.sharing }
    }

    /// `USING SCOPE mine`.
    fn mine(&mut self, object: &model::ObjectSchema, root: &str) {
        match (object.owner_field, self.plan.identity().user_id()) {
            (Some(owner), Some(user)) => {
                self.out.push(" AND ");
                self.out.column(root, &object.field(owner).column);
                self.out.push(" = ");
                self.out.bind(Param::Int(user.as_i64()));
            }
            _ => self.out.push(" AND 1=0"),
        }
    }

    pub(super) fn tables(&mut self, select: &Select, used: &[bool]) -> Result<()> {
        self.out.push(" FROM ");
        let (object, root) = (self.object(select.object()), alias(select.id, SourceIx::ROOT));
        let driving = self.driving(select)?.filter(|_| self.is_sqlite());
        if let Some(access) = driving {
            self.driven_by(object, &root, access)?;
        }
        self.root(select, object)?;
        self.out.push(&format!(" {root}"));
        if driving.is_some() {
            self.out.push(&format!(" ON {root}.\"Id\" = {root}few.\"Id\""));
        }
        let mut joined_tables = 1;
        for (at, source) in select.sources.iter().enumerate().skip(1) {
            if !used.get(at).copied().unwrap_or(false) {
                continue;
            }
            let ix = SourceIx(u32::try_from(at).map_err(Error::internal)?);
            let Some((from, via)) = source.via else { return Err(Error::internal("a source without a way to it")) };
            let Target::Object(parent) = select.source(from).target else {
                return Err(Error::internal("a path through a polymorphic reference"));
            };
            let reference = &self.object(parent).field(via).column;
            let polymorphic = matches!(source.target, Target::AnyOf(_));
            // An invisible parent is no parent: its access stands in the join itself.
            for (object, access) in self.plan.access(select.id, ix)? {
                let joined = if polymorphic { alias_of(select.id, ix, *object) } else { alias(select.id, ix) };
                joined_tables += 1;
                self.check_tables(joined_tables)?;
                self.out.push(" LEFT JOIN ");
                self.out.name(&self.object(*object).table);
                self.out.push(" ");
                self.out.push(&joined);
                self.out.push(" ON ");
                self.out.column(&joined, "Id");
                self.out.push(" = ");
                self.out.column(&alias(select.id, from), reference);
                if *access != Access::Everything {
                    self.out.push(" AND ");
                    self.who().access(&mut self.out, *object, &joined, access, Approach::Probe)?;
                }
            }
        }
        self.joins.note_from(select.id, self.out.sql.len(), used);
        Ok(())
    }

    /// What the rows of a level come from: a table, those of other objects, the shares that follow from records, or rows
    /// that were given.
    fn root(&mut self, select: &Select, object: &model::ObjectSchema) -> Result<()> {
        if !object.members().is_empty() {
            return self.union(select, object);
        }
        if object.grant_rows() == Some(GrantRows::Share) {
            return self.who().shares(&mut self.out, object);
        }
        if object.def.computed {
            let given = self.options.given.as_ref().filter(|given| given.object == object.ix);
            let Some(given) = given else {
                return Err(Error::new(
                    ErrorCode::FunctionalityNotEnabled,
                    format!("{} can only be asked by itself: its rows depend on the question.", object.name()),
                ));
            };
            return given_rows(&mut self.out, object, &given.rows);
        }
        self.out.name(&object.table);
        Ok(())
    }

    pub(super) fn order_by(&mut self, select: &Select) -> Result<()> {
        let mut word = " ORDER BY ";
        if let (Some(search), true) = (&select.search, select.order_by.is_empty()) {
            self.out.push(word);
            word = ", ";
            self.relevance(select, search)?;
        }
        for sort in &select.order_by {
            for form in self.sort_forms(select, &sort.expr)? {
                self.out.push(word);
                word = ", ";
                self.sort_form(select, &sort.expr, *form)?;
                self.direction(sort.descending, sort.nulls_last);
            }
        }
        self.out.push(word);
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        Ok(())
    }

    pub(super) fn direction(&mut self, descending: bool, nulls_last: bool) {
        self.out.push(if descending { " DESC" } else { " ASC" });
        self.out.push(if nulls_last { " NULLS LAST" } else { " NULLS FIRST" });
    }

    pub(super) fn window(&mut self, limit: Option<u64>, offset: u64) {
        match limit {
            Some(limit) => self.out.push(&format!(" LIMIT {limit}")),
            // SQLite takes OFFSET only behind LIMIT.
            None if offset > 0 && self.is_sqlite() => self.out.push(" LIMIT -1"),
            None => {}
        }
        if offset > 0 {
            self.out.push(&format!(" OFFSET {offset}"));
        }
    }
}

/// Given rows as a query; without any, as one that yields none.
fn given_rows(out: &mut super::SqlText, object: &model::ObjectSchema, rows: &[Vec<model::Value>]) -> Result<()> {
    let stored: Vec<_> = object.fields.iter().filter(|field| !field.column.is_empty()).collect();
    out.push("(");
    let none = vec![model::Value::Null; object.fields.len()];
    let shown: Vec<_> = if rows.is_empty() { vec![&none] } else { rows.iter().collect() };
    for (at, row) in shown.iter().enumerate() {
        out.push(if at > 0 { " UNION ALL SELECT " } else { "SELECT " });
        for (at, field) in stored.iter().enumerate() {
            out.push(if at > 0 { ", " } else { "" });
            let codec = codec_of(field)?;
            out.constant(codec, &row[field.ix.index()])?;
            out.as_column(codec, &field.column);
        }
    }
    out.push(if rows.is_empty() { " WHERE 1=0)" } else { ")" });
    Ok(())
}

/// Whether the filter asks for given records, for those of given parents, or for those with a value that an index finds
/// and that few share: few, whoever asks.
fn is_pinned(object: &model::ObjectSchema, select: &Select) -> bool {
    let by_reference = |expr: &Expr| {
        let Expr::Field(field) = expr else { return false };
        if field.source != SourceIx::ROOT {
            return false;
        }
        let field = object.field(field.field);
        let is_choice = matches!(field.data_type(), FieldType::Picklist { .. } | FieldType::Boolean);
        field.ix == model::FieldIx::ID || (wants_index(object, field) && !is_choice)
    };
    fn any(cond: &Cond, test: &dyn Fn(&Expr) -> bool) -> bool {
        match cond {
            Cond::And(parts) => parts.iter().any(|part| any(part, test)),
            Cond::Compare { left, op: soql::plan::CompareOp::Eq, .. } | Cond::In { left, negated: false, .. } => {
                test(left)
            }
            _ => false,
        }
    }
    select.filter.as_ref().is_some_and(|filter| any(filter, &by_reference))
}

/// Which sources filter, groups and order need, with the sources they hang on.
pub(super) fn used_sources(select: &Select) -> Vec<bool> {
    let mut used = vec![false; select.sources.len()];
    for cond in select.filter.iter().chain(&select.having) {
        mark_cond(cond, &mut used);
    }
    for sort in &select.order_by {
        mark_expr(&sort.expr, &mut used);
    }
    if let SelectKind::Groups { keys, .. } = &select.kind {
        keys.iter().for_each(|key| mark_expr(key, &mut used));
        for output in &select.output {
            if let Output::Named { expr, .. } | Output::Field { expr, .. } = output {
                mark_expr(expr, &mut used);
            }
        }
    }
    for at in (0..used.len()).rev() {
        if used[at]
            && let Some((from, _)) = select.sources[at].via
        {
            used[from.index()] = true;
        }
    }
    used
}

fn mark_cond(cond: &Cond, used: &mut [bool]) {
    match cond {
        Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| mark_cond(part, used)),
        Cond::Not(inner) => mark_cond(inner, used),
        Cond::Compare { left, .. } | Cond::In { left, .. } | Cond::Like { left, .. } | Cond::SemiJoin { left, .. } => {
            mark_expr(left, used);
        }
        Cond::Includes { left, .. } => used[left.source.index()] = true,
        Cond::TypeIs { source, .. } => used[source.index()] = true,
    }
}

fn mark_expr(expr: &Expr, used: &mut [bool]) {
    match expr {
        Expr::Field(field) | Expr::ToLabel(field) => used[field.source.index()] = true,
        Expr::NameField { source, .. } | Expr::TypeName { source, .. } => used[source.index()] = true,
        Expr::Date { argument, .. }
        | Expr::Grouping(argument)
        | Expr::Format(argument)
        | Expr::ConvertCurrency(argument) => {
            mark_expr(argument, used);
        }
        Expr::Aggregate { argument, .. } => {
            if let Some(argument) = argument {
                mark_expr(argument, used);
            }
        }
        Expr::Distance { latitude, longitude, .. } => {
            used[latitude.source.index()] = true;
            used[longitude.source.index()] = true;
        }
    }
}
