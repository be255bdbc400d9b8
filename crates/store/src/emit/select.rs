//! Whole statements: records with their parents, lists of children, ids alone, counts, groups.

use super::access::access_sql;
use super::{Emitter, Statement, alias, alias_of, not_enabled};
use crate::codec::{Codec, codec_of};
use crate::driver::Param;
use model::schema::{Compound, FieldType};
use model::{Error, FieldIx, RecordId, Result};
use soql::plan::{
    Aggregate, Cond, Expr, FieldRef, GroupMode, Output, RowScope, Select, SelectKind, SourceIx, Target,
};

/// Where the pieces of one output stand among the columns of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cells {
    Column(usize, Codec),
    /// The parts of an address: column and codec of each that the object has.
    Address(Vec<Option<(usize, Codec)>>),
    /// The n-th list of children.
    Children(usize),
    /// SUM: as text on PostgreSQL, whose sums outgrow 64 bits; scaled by so many places.
    Sum(usize, u8),
    /// Sum and count of an average, and the places its argument is scaled by.
    Average(usize, usize, u8),
}

/// A statement that yields records, and how to read its rows.
#[derive(Debug)]
pub(crate) struct RecordStatement {
    pub(crate) statement: Statement,
    pub(crate) outputs: Vec<Cells>,
    /// Column of the id of each source: of the record itself first.
    pub(crate) sources: Vec<usize>,
    /// Column of the reference to the parent, for a list of children.
    pub(crate) link: Option<usize>,
}

/// Narrows a statement beyond what the plan says; it never widens.
#[derive(Debug, Clone)]
pub(crate) enum Narrow {
    /// The whole answer, up to `limit` rows from `offset` when given on top of the plan's own bounds.
    Window { limit: Option<u64> },
    /// Only these records; their order is the caller's.
    Ids(Vec<RecordId>),
    /// Children of these parents.
    ChildrenOf(FieldIx, Vec<RecordId>),
}

/// Columns selected so far, written as they come.
struct Columns {
    count: usize,
}

impl Columns {
    fn next(&mut self, emitter: &mut Emitter<'_>) -> usize {
        if self.count > 0 {
            emitter.out.push(", ");
        }
        self.count += 1;
        self.count - 1
    }
}

impl<'a> Emitter<'a> {
    /// Records with everything the plan's outputs need.
    pub(crate) fn records(mut self, select: &Select, narrow: &Narrow) -> Result<RecordStatement> {
        let windowed = matches!(narrow, Narrow::ChildrenOf(..)) && (select.limit.is_some() || select.offset > 0);
        if windowed {
            self.out.push("SELECT * FROM (");
        }
        self.out.push("SELECT ");
        let mut columns = Columns { count: 0 };
        let (outputs, sources) = self.record_columns(select, &mut columns)?;
        let mut link = None;
        if let Narrow::ChildrenOf(field, _) = narrow {
            link = Some(columns.next(&mut self));
            self.link_column(select, *field);
            self.out.push(" AS hf_link");
        }
        if windowed {
            let Narrow::ChildrenOf(field, _) = narrow else { return Err(Error::internal("a window without a parent")) };
            columns.next(&mut self);
            self.out.push("ROW_NUMBER() OVER (PARTITION BY ");
            self.link_column(select, *field);
            self.order_by(select)?;
            self.out.push(") AS hf_row");
        }
        let narrowing = |emitter: &mut Emitter<'a>| {
            match narrow {
                Narrow::Window { .. } => {}
                Narrow::Ids(ids) => {
                    emitter.out.push(" AND ");
                    emitter.out.column(&alias(select.id, SourceIx::ROOT), "Id");
                    emitter.out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
                }
                Narrow::ChildrenOf(field, parents) => {
                    emitter.out.push(" AND ");
                    emitter.link_column(select, *field);
                    emitter.out.bind_list(Param::Ints(parents.iter().map(|id| id.as_i64()).collect()));
                }
            }
            Ok(())
        };
        self.from_and_where(select, narrowing)?;
        match narrow {
            Narrow::Ids(_) => {}
            Narrow::ChildrenOf(..) if windowed => {
                self.out.push(&format!(") AS hf_window WHERE hf_row > {}", select.offset));
                if let Some(limit) = select.limit {
                    self.out.push(&format!(" AND hf_row <= {}", select.offset.saturating_add(limit)));
                }
                self.out.push(" ORDER BY hf_link, hf_row");
            }
            Narrow::ChildrenOf(..) => self.order_by(select)?,
            Narrow::Window { limit } => {
                self.order_by(select)?;
                let bound = [select.limit, *limit].into_iter().flatten().min();
                self.window(bound, select.offset);
            }
        }
        Ok(RecordStatement { statement: self.out.finish(), outputs, sources, link })
    }

    /// The ids of the whole answer in order.
    pub(crate) fn ids(mut self, select: &Select) -> Result<Statement> {
        self.out.push("SELECT ");
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        self.from_used_and_where(select)?;
        self.order_by(select)?;
        self.window(select.limit, select.offset);
        Ok(self.out.finish())
    }

    /// How many records the answer has, the plan's own LIMIT and OFFSET included.
    pub(crate) fn count(mut self, select: &Select) -> Result<Statement> {
        let bounded = select.limit.is_some() || select.offset > 0;
        self.out.push(if bounded { "SELECT COUNT(*) FROM (SELECT 1 AS one" } else { "SELECT COUNT(*)" });
        self.from_used_and_where(select)?;
        if bounded {
            self.window(select.limit, select.offset);
            self.out.push(") AS hf_window");
        }
        Ok(self.out.finish())
    }

    /// Groups with their keys and aggregates.
    pub(crate) fn groups(mut self, select: &Select) -> Result<(Statement, Vec<Cells>)> {
        let SelectKind::Groups { keys, mode } = &select.kind else {
            return Err(Error::internal("groups were asked of a plan that makes none"));
        };
        if *mode != GroupMode::Plain {
            return Err(not_enabled("GROUP BY ROLLUP and CUBE"));
        }
        self.out.push("SELECT ");
        let mut columns = Columns { count: 0 };
        let mut outputs = Vec::with_capacity(select.output.len());
        for output in &select.output {
            let (Output::Named { expr, .. } | Output::Field { expr, .. }) = output else {
                return Err(Error::internal("a grouped query selects fields and aggregates only"));
            };
            outputs.push(self.group_column(select, expr, &mut columns)?);
        }
        if outputs.is_empty() {
            return Err(Error::internal("a grouped query selects nothing"));
        }
        self.from_used_and_where(select)?;
        for (at, key) in keys.iter().enumerate() {
            self.out.push(if at == 0 { " GROUP BY " } else { ", " });
            let text = self.codec(select, key)?.is_text();
            self.folded(select, key, text)?;
        }
        if let Some(having) = &select.having {
            self.out.push(" HAVING ");
            self.cond(select, having, false)?;
        }
        self.group_order(select, keys)?;
        self.window(select.limit, select.offset);
        Ok((self.out.finish(), outputs))
    }

    fn group_column(&mut self, select: &Select, expr: &Expr, columns: &mut Columns) -> Result<Cells> {
        let codec = self.codec(select, expr)?;
        let at = columns.next(self);
        let scale = if let Codec::Scaled(scale) = codec { scale } else { 0 };
        Ok(match expr {
            Expr::Aggregate { function: Aggregate::Avg, argument: Some(argument), .. } => {
                self.sum(select, argument)?;
                let count = columns.next(self);
                self.out.push("COUNT(");
                self.expr(select, argument)?;
                self.out.push(")");
                Cells::Average(at, count, scale)
            }
            Expr::Aggregate { function: Aggregate::Sum, argument: Some(argument), .. } => {
                self.sum(select, argument)?;
                Cells::Sum(at, scale)
            }
            Expr::Aggregate { .. } => {
                self.expr(select, expr)?;
                Cells::Column(at, codec)
            }
            // One spelling stands for all that fold alike: the first in byte order, the same on both stores.
            key if codec.is_text() => {
                self.out.push("MIN(");
                self.expr(select, key)?;
                self.out.push(if self.is_sqlite() { " COLLATE BINARY)" } else { " COLLATE \"C\")" });
                Cells::Column(at, codec)
            }
            key => {
                self.expr(select, key)?;
                Cells::Column(at, codec)
            }
        })
    }

    fn sum(&mut self, select: &Select, argument: &Expr) -> Result<()> {
        self.out.push("CAST(SUM(");
        self.expr(select, argument)?;
        self.out.push(") AS TEXT)");
        Ok(())
    }

    /// Sort keys of groups; a text key sorts by the spelling that stands for the group.
    fn group_order(&mut self, select: &Select, keys: &[Expr]) -> Result<()> {
        let mut word = " ORDER BY ";
        for sort in &select.order_by {
            self.out.push(word);
            word = ", ";
            let plain_text_key =
                !matches!(sort.expr, Expr::Aggregate { .. }) && self.codec(select, &sort.expr)?.is_text();
            if plain_text_key {
                self.representative(select, &sort.expr)?;
            } else {
                self.sortable(select, &sort.expr)?;
            }
            self.direction(sort.descending, sort.nulls_last);
        }
        for key in keys {
            self.out.push(word);
            word = ", ";
            if self.codec(select, key)?.is_text() {
                self.representative(select, key)?;
            } else {
                self.expr(select, key)?;
            }
            self.direction(false, false);
        }
        Ok(())
    }

    fn representative(&mut self, select: &Select, key: &Expr) -> Result<()> {
        self.out.push("MIN(");
        self.sortable(select, key)?;
        self.out.push(")");
        Ok(())
    }

    /// The columns of outputs, then the ids of all sources.
    fn record_columns(&mut self, select: &Select, columns: &mut Columns) -> Result<(Vec<Cells>, Vec<usize>)> {
        let mut sources = Vec::with_capacity(select.sources.len());
        for (at, source) in select.sources.iter().enumerate() {
            let ix = SourceIx(u32::try_from(at).map_err(Error::internal)?);
            let column = columns.next(self);
            match source.target {
                Target::Object(_) => self.out.column(&alias(select.id, ix), "Id"),
                Target::AnyOf(_) => self.polymorphic_id(select, ix)?,
            }
            sources.push(column);
        }
        let mut outputs = Vec::with_capacity(select.output.len());
        let mut lists = 0;
        for output in &select.output {
            outputs.push(match output {
                Output::Children { .. } => {
                    lists += 1;
                    Cells::Children(lists - 1)
                }
                Output::TypeOf { .. } => return Err(not_enabled("TYPEOF")),
                Output::Field { expr, .. } | Output::Named { expr, .. } => self.record_column(select, expr, columns)?,
            });
        }
        Ok((outputs, sources))
    }

    /// The id of whichever object a polymorphic reference reaches.
    fn polymorphic_id(&mut self, select: &Select, source: SourceIx) -> Result<()> {
        // The extra NULL makes COALESCE lawful over a single object too.
        self.out.push("COALESCE(NULL");
        for (object, _) in self.plan.access(select.id, source)? {
            self.out.push(", ");
            self.out.column(&alias_of(select.id, source, *object), "Id");
        }
        self.out.push(")");
        Ok(())
    }

    fn record_column(&mut self, select: &Select, expr: &Expr, columns: &mut Columns) -> Result<Cells> {
        if let Expr::Field(field) = expr
            && let FieldType::Compound(Compound::Address { prefix }) = self.field(select, field)?.data_type()
        {
            return self.address(select, field, prefix, columns);
        }
        let codec = self.codec(select, expr)?;
        let at = columns.next(self);
        self.expr(select, expr)?;
        Ok(Cells::Column(at, codec))
    }

    fn address(&mut self, select: &Select, field: &FieldRef, prefix: &str, columns: &mut Columns) -> Result<Cells> {
        let Target::Object(object) = select.source(field.source).target else {
            return Err(Error::internal("an address behind a polymorphic reference"));
        };
        let object = self.object(object);
        let readable = self.plan.identity().permissions();
        let mut parts = Vec::new();
        for part in ADDRESS_PARTS {
            let found = object
                .find_field(&format!("{prefix}{part}"))
                .filter(|part| readable.field(object.ix, part.ix).read);
            parts.push(match found {
                Some(part) => {
                    let at = columns.next(self);
                    self.out.column(&alias(select.id, field.source), &part.column);
                    Some((at, codec_of(part)?))
                }
                None => None,
            });
        }
        Ok(Cells::Address(parts))
    }

    fn link_column(&mut self, select: &Select, field: FieldIx) {
        let column = &self.object(select.object()).field(field).column;
        self.out.column(&alias(select.id, SourceIx::ROOT), column);
    }

    /// FROM with every source, WHERE with deletion, access, the plan's filter and what `more` adds.
    pub(crate) fn from_and_where(&mut self, select: &Select, more: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let all = vec![true; select.sources.len()];
        self.from(select, &all)?;
        self.filter(select)?;
        more(self)
    }

    /// The same, joined only to the parents that filter, groups and order look at.
    fn from_used_and_where(&mut self, select: &Select) -> Result<()> {
        let used = used_sources(select);
        self.from(select, &used)?;
        self.filter(select)
    }

    fn filter(&mut self, select: &Select) -> Result<()> {
        let root = alias(select.id, SourceIx::ROOT);
        let object = self.object(select.object());
        self.out.push(" WHERE ");
        match select.rows {
            RowScope::Live => {
                self.out.column(&root, "IsDeleted");
                self.out.push(" = 0");
            }
            RowScope::WithDeleted => self.out.push("1=1"),
        }
        let access = self.plan.access(select.id, SourceIx::ROOT)?;
        for (ix, access) in access {
            if *access != policy::Access::Everything {
                self.out.push(" AND ");
                access_sql(&mut self.out, self.plan.schema(), *ix, &root, access);
            }
        }
        if select.mine {
            self.mine(object, &root);
        }
        if let Some(filter) = &select.filter {
            self.out.push(" AND ");
            self.cond(select, filter, false)?;
        }
        Ok(())
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

    fn from(&mut self, select: &Select, used: &[bool]) -> Result<()> {
        self.out.push(" FROM ");
        self.out.name(&self.object(select.object()).table);
        self.out.push(" ");
        self.out.push(&alias(select.id, SourceIx::ROOT));
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
                self.out.push(" LEFT JOIN ");
                self.out.name(&self.object(*object).table);
                self.out.push(" ");
                self.out.push(&joined);
                self.out.push(" ON ");
                self.out.column(&joined, "Id");
                self.out.push(" = ");
                self.out.column(&alias(select.id, from), reference);
                if *access != policy::Access::Everything {
                    self.out.push(" AND ");
                    access_sql(&mut self.out, self.plan.schema(), *object, &joined, access);
                }
            }
        }
        Ok(())
    }

    fn order_by(&mut self, select: &Select) -> Result<()> {
        let mut word = " ORDER BY ";
        for sort in &select.order_by {
            self.out.push(word);
            word = ", ";
            self.sortable(select, &sort.expr)?;
            self.direction(sort.descending, sort.nulls_last);
        }
        self.out.push(word);
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        Ok(())
    }

    fn direction(&mut self, descending: bool, nulls_last: bool) {
        self.out.push(if descending { " DESC" } else { " ASC" });
        self.out.push(if nulls_last { " NULLS LAST" } else { " NULLS FIRST" });
    }

    fn window(&mut self, limit: Option<u64>, offset: u64) {
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

/// The parts of an address in the order of [`Cells::Address`].
pub(crate) const ADDRESS_PARTS: [&str; 7] =
    ["Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude"];

/// Which sources filter, groups and order need, with the sources they hang on.
fn used_sources(select: &Select) -> Vec<bool> {
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
        Expr::Date { argument, .. } | Expr::Grouping(argument) | Expr::Format(argument) | Expr::ConvertCurrency(argument) => {
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
