//! Statements that yield records: with their parents, as lists of children, by their ids alone, or counted.

use super::clauses::used_sources;
use super::formula::Place;
use super::type_of::TypeOfCells;
use super::{Approach, ChangeCell, Emitter, FormulaCell, Part, SealedCell, Statement, alias, alias_of};
use crate::codec::{Codec, codec_of};
use crate::driver::Param;
use model::schema::{Compound, FieldType};
use model::{Error, FieldIx, FieldSchema, ObjectIx, ObjectSchema, RecordId, Result, text};
use soql::plan::{Expr, Output, Select, SourceIx, Target};
use std::sync::Arc;

/// Where the pieces of one output stand among the columns of a row.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    Column(usize, Codec),
    /// A sealed value: opened when it is read.
    Sealed(Box<SealedCell>),
    /// What a tracked field was or became.
    Change(ChangeCell),
    /// A formula over sealed values: evaluated when they are opened.
    Formula(Box<FormulaCell>),
    /// The first that is not null.
    FirstOf(Vec<Cells>),
    /// A sealed value that stands for a group: the id of the record that shows it.
    SealedKey(usize, ObjectIx, FieldIx),
    /// The parts of an address that the object has.
    Address(Vec<Option<Cells>>),
    /// A content, shown as the address of its bytes: whether there is one, the id of the record, the field.
    Content {
        at: usize,
        id_at: usize,
        field: Arc<str>,
    },
    /// Latitude and longitude.
    Location(Vec<Option<Cells>>),
    /// A list of children, which a statement of its own fetches.
    Children,
    TypeOf(Box<TypeOfCells>),
    /// SUM: as text on PostgreSQL, whose sums outgrow 64 bits; scaled by so many places.
    Sum(usize, u8),
    /// Sum and count of an average, and the places its argument is scaled by.
    Average(usize, usize, u8),
}

impl Cells {
    /// With the labels of a sealed picklist in place of its values.
    fn labelled(mut self, data_type: &FieldType) -> Self {
        if let Cells::Sealed(cell) = &mut self {
            let values = data_type.picklist_values().iter();
            cell.labels = values.map(|value| (text::fold(&value.value), value.label.clone())).collect();
        }
        self
    }

    /// Whether reading it needs the keys of sealed fields.
    pub(crate) fn is_sealed(&self) -> bool {
        match self {
            Cells::Sealed(_) | Cells::Change(_) | Cells::Formula(_) | Cells::SealedKey(..) => true,
            Cells::FirstOf(parts) => parts.iter().any(Cells::is_sealed),
            Cells::Address(parts) | Cells::Location(parts) => parts.iter().flatten().any(Cells::is_sealed),
            Cells::TypeOf(cells) => {
                let arms = cells.arms.iter().map(|(_, fields)| fields);
                arms.chain(&cells.otherwise).flatten().any(|(_, cell)| cell.is_sealed())
            }
            Cells::Column(..) | Cells::Content { .. } | Cells::Children | Cells::Sum(..) | Cells::Average(..) => false,
        }
    }
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
    /// So many rows of one part of the order.
    Part { part: Part, limit: u64 },
    /// These records, found before by the same plan: whether they still match its filter is not asked, whether they may
    /// be seen is. Their order is the caller's.
    Ids(Vec<RecordId>),
    /// Children of these parents.
    ChildrenOf(FieldIx, Vec<RecordId>),
}

/// Columns selected so far, written as they come.
pub(super) struct Columns {
    pub(super) count: usize,
}

impl Columns {
    pub(super) fn next(&mut self, emitter: &mut Emitter<'_>) -> usize {
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
        let few = match narrow {
            Narrow::Ids(_) | Narrow::ChildrenOf(..) => true,
            Narrow::Part { .. } => self.approach == Approach::Scan,
            // Walking along the order and looking at each row beats collecting all that one may see.
            Narrow::Window { limit } => self.approach == Approach::Scan && (limit.is_some() || select.limit.is_some()),
        };
        if few {
            self.approach = Approach::Probe;
        }
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
        self.check_columns(columns.count)?;
        if self.joins_late(select, narrow)? {
            self.tables_late(select, narrow)?;
            self.order_of(select, narrow)?;
            return Ok(RecordStatement { statement: self.finish()?, outputs, sources, link });
        }
        self.tables_and_access(select)?;
        match narrow {
            Narrow::Window { .. } | Narrow::Part { .. } => self.filter_of(select, narrow)?,
            Narrow::Ids(ids) => {
                self.out.push(" AND ");
                self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
                self.out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
            }
            Narrow::ChildrenOf(field, parents) => {
                self.filter(select)?;
                self.out.push(" AND ");
                self.link_column(select, *field);
                self.out.bind_list(Param::Ints(parents.iter().map(|id| id.as_i64()).collect()));
            }
        }
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
            Narrow::Part { .. } | Narrow::Window { .. } => {
                self.order_of(select, narrow)?;
                self.window_of(select, narrow);
            }
        }
        Ok(RecordStatement { statement: self.finish()?, outputs, sources, link })
    }

    /// Whether parents are better joined to the records of the page alone: looking whether the asker may see a parent
    /// costs, and every record that is sorted away would pay for it.
    fn joins_late(&self, select: &Select, narrow: &Narrow) -> Result<bool> {
        let limit = match narrow {
            Narrow::Window { limit } => limit.or(select.limit),
            Narrow::Part { limit, .. } => Some(*limit),
            Narrow::Ids(_) | Narrow::ChildrenOf(..) => None,
        };
        if limit.is_none() || select.search.is_some() {
            return Ok(false);
        }
        for (at, is_used) in used_sources(select).into_iter().enumerate().skip(1) {
            let ix = SourceIx(u32::try_from(at).map_err(Error::internal)?);
            if !is_used && self.plan.access(select.id, ix)?.iter().any(|(_, access)| access.is_personal()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// FROM with every source, and the records of the page chosen in a query of their own.
    fn tables_late(&mut self, select: &Select, narrow: &Narrow) -> Result<()> {
        let mut page = Emitter::new(self.out.dialect, self.plan, self.options, self.sharing);
        (page.approach, page.hits, page.tests) = (self.approach, self.hits, self.tests);
        // What the page looks like is said inside; outside nothing chooses.
        self.approach = Approach::Probe;
        self.tables(select, &vec![true; select.sources.len()])?;
        let root = alias(select.id, SourceIx::ROOT);
        self.out.push(&format!(" WHERE {root}.\"Id\" IN (SELECT {root}.\"Id\""));
        std::mem::swap(&mut page.out, &mut self.out);
        page.tables(select, &used_sources(select))?;
        page.admitted(select)?;
        page.filter_of(select, narrow)?;
        page.order_of(select, narrow)?;
        page.window_of(select, narrow);
        page.joins.insert(&mut page.out.sql);
        page.out.push(")");
        self.tests = page.tests;
        std::mem::swap(&mut page.out, &mut self.out);
        Ok(())
    }

    /// What the query asks of the rows of one part, or of all.
    fn filter_of(&mut self, select: &Select, narrow: &Narrow) -> Result<()> {
        self.filter(select)?;
        match narrow {
            Narrow::Part { part, .. } => self.in_part(select, *part),
            _ => Ok(()),
        }
    }

    fn order_of(&mut self, select: &Select, narrow: &Narrow) -> Result<()> {
        match narrow {
            Narrow::Part { part, .. } => self.order_of_part(select, *part),
            _ => self.order_by(select),
        }
    }

    fn window_of(&mut self, select: &Select, narrow: &Narrow) {
        match narrow {
            Narrow::Part { limit, .. } => self.window(Some(*limit), 0),
            Narrow::Window { limit } => {
                let bound = [select.limit, *limit].into_iter().flatten().min();
                self.window(bound, select.offset);
            }
            Narrow::Ids(_) | Narrow::ChildrenOf(..) => {}
        }
    }

    /// The ids of the whole answer in order.
    pub(crate) fn ids(mut self, select: &Select) -> Result<Statement> {
        self.out.push("SELECT ");
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        self.tables_used_and_filter(select)?;
        self.order_by(select)?;
        self.window(select.limit, select.offset);
        self.finish()
    }

    /// How many records the answer has, the plan's own LIMIT and OFFSET included.
    pub(crate) fn count(mut self, select: &Select) -> Result<Statement> {
        let bounded = select.limit.is_some() || select.offset > 0;
        self.out.push(if bounded { "SELECT COUNT(*) FROM (SELECT 1 AS one" } else { "SELECT COUNT(*)" });
        self.tables_used_and_filter(select)?;
        if bounded {
            self.window(select.limit, select.offset);
            self.out.push(") AS hf_window");
        }
        self.finish()
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
        for output in &select.output {
            outputs.push(match output {
                Output::Children { .. } => Cells::Children,
                Output::TypeOf { source, arms, otherwise, .. } => {
                    self.type_of(select, *source, arms, otherwise, columns)?
                }
                Output::Field { expr, .. } | Output::Named { expr, .. } => {
                    self.record_column(select, expr, &sources, columns)?
                }
            });
        }
        Ok((outputs, sources))
    }

    /// The id of whichever object a polymorphic reference reaches.
    pub(super) fn polymorphic_id(&mut self, select: &Select, source: SourceIx) -> Result<()> {
        // The extra NULL makes COALESCE lawful over a single object too.
        self.out.push("COALESCE(NULL");
        for (object, _) in self.plan.access(select.id, source)? {
            self.out.push(", ");
            self.out.column(&alias_of(select.id, source, *object), "Id");
        }
        self.out.push(")");
        Ok(())
    }

    fn record_column(
        &mut self,
        select: &Select,
        expr: &Expr,
        sources: &[usize],
        columns: &mut Columns,
    ) -> Result<Cells> {
        if let Expr::Field(field) = expr
            && let Target::Object(object) = select.source(field.source).target
        {
            let (joined, id_at) = (alias(select.id, field.source), sources[field.source.index()]);
            let whole = self.object(object).field(field.field);
            if let Some(cells) = self.put_together(&joined, id_at, self.object(object), whole, columns)? {
                return Ok(cells);
            }
            if *whole.data_type() == FieldType::Base64 {
                return Ok(self.content(&joined, id_at, whole, columns));
            }
        }
        if let Some(field) = self.sealed_field(select, expr)?
            && let Target::Object(object) = select.source(field.source).target
        {
            let schema_field = self.field(select, field)?;
            let alias = alias(select.id, field.source);
            let cells = self.sealed_cell(object, schema_field, &alias, sources[field.source.index()], columns)?;
            return Ok(match expr {
                Expr::ToLabel(_) => cells.labelled(schema_field.data_type()),
                _ => cells,
            });
        }
        if let Some(cells) = self.changed_value(select, expr, columns)? {
            return Ok(cells);
        }
        if let Expr::NameField { source, fields, .. } = expr
            && let Some(cells) = self.sealed_name_field(select, *source, fields, columns)?
        {
            return Ok(cells);
        }
        if let Some(cells) = self.opened_formula_of(select, expr, columns)? {
            return Ok(cells);
        }
        let codec = self.codec(select, expr)?;
        let at = columns.next(self);
        self.expr(select, expr)?;
        Ok(Cells::Column(at, codec))
    }

    fn opened_formula_of(&mut self, select: &Select, expr: &Expr, columns: &mut Columns) -> Result<Option<Cells>> {
        match expr {
            Expr::ConvertCurrency(inner) | Expr::Format(inner) => self.opened_formula_of(select, inner, columns),
            Expr::Field(field) => {
                let Target::Object(object) = select.source(field.source).target else { return Ok(None) };
                let (alias, schema_field) = (alias(select.id, field.source), self.field(select, field)?);
                let place = Place { alias, object, source: Some(field.source) };
                self.opened_formula(select, &place, schema_field, columns)
            }
            _ => Ok(None),
        }
    }

    /// The values that a compound field puts together; none for one that has a column.
    pub(super) fn put_together(
        &mut self,
        joined: &str,
        id_at: usize,
        object: &ObjectSchema,
        whole: &FieldSchema,
        columns: &mut Columns,
    ) -> Result<Option<Cells>> {
        let (names, cells): (Vec<String>, fn(Vec<Option<Cells>>) -> Cells) = match whole.data_type() {
            FieldType::Compound(Compound::Address { prefix }) => {
                (ADDRESS_PARTS.iter().map(|part| format!("{prefix}{part}")).collect(), Cells::Address)
            }
            FieldType::Compound(location @ Compound::Location { .. }) => {
                (location.coordinate_names(whole.name()).map(Vec::from).unwrap_or_default(), Cells::Location)
            }
            _ => return Ok(None),
        };
        let readable = self.plan.identity().permissions();
        let mut parts = Vec::new();
        for name in names {
            let found = object.find_field(&name).filter(|part| readable.field(object.ix, part.ix).read);
            parts.push(match found {
                Some(part) if part.is_sealed() => Some(self.sealed_cell(object.ix, part, joined, id_at, columns)?),
                Some(part) => {
                    let at = columns.next(self);
                    self.out.column(joined, &part.column);
                    Some(Cells::Column(at, codec_of(part)?))
                }
                None => None,
            });
        }
        Ok(Some(cells(parts)))
    }

    /// A content: that there is one, and whose.
    pub(super) fn content(&mut self, joined: &str, id_at: usize, field: &FieldSchema, columns: &mut Columns) -> Cells {
        let at = columns.next(self);
        self.out.column(joined, &field.column);
        Cells::Content { at, id_at, field: field.name().into() }
    }

    fn link_column(&mut self, select: &Select, field: FieldIx) {
        let column = &self.object(select.object()).field(field).column;
        self.out.column(&alias(select.id, SourceIx::ROOT), column);
    }
}

/// The parts of an address in the order of [`Cells::Address`].
pub(crate) const ADDRESS_PARTS: [&str; 7] =
    ["Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude"];
