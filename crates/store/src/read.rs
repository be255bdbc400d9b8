//! Running authorized plans inside one snapshot.

use crate::driver::{Connection, RowView};
use crate::emit::{Cells, ChangeCell, Emitter, Narrow, ReadOptions, RecordStatement, SealedCell, TypeOfCells};
use crate::keys::Keyring;
use crate::sealed::{FieldKeys, Place, SealedHits, open_history};
use crate::sharing::{Places, Sharing};
use model::{Decimal, Error, RecordId, Result, Value, from_scaled, round_to_scale, text};
use policy::AuthorizedPlan;
use soql::plan::{Output, Select};
use std::collections::HashMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One record of an answer. Cells stand in the order of the plan's outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    pub id: RecordId,
    pub cells: Vec<Cell>,
    /// Per source of the plan the record it reached; `None` without one, or without access to it.
    pub parents: Vec<Option<RecordId>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Value(Value),
    /// Street, city, state, postal code, country, latitude, longitude.
    Address(Box<[Value; 7]>),
    /// Bytes that are read by themselves: the record and the field that they stand in.
    Content {
        record: RecordId,
        field: Arc<str>,
    },
    /// Latitude, longitude.
    Location(Box<[Value; 2]>),
    Children(Vec<RecordRow>),
    /// What TYPEOF shows of the record that a reference points to; `None` where no arm applies.
    TypeOf(Option<Box<TypedRecord>>),
}

/// The fields of one arm of TYPEOF.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedRecord {
    pub id: RecordId,
    pub fields: Vec<(Arc<str>, Cell)>,
}

impl Cell {
    /// The plain value; null for an address, a location, a content, a list or a TYPEOF.
    pub fn value(&self) -> &Value {
        match self {
            Cell::Value(value) => value,
            Cell::Address(_) | Cell::Location(_) | Cell::Content { .. } | Cell::Children(_) | Cell::TypeOf(_) => {
                &Value::Null
            }
        }
    }
}

/// Decimal places kept when an average does not come out even.
const AVERAGE_PLACES: u8 = 10;

/// A consistent view of one org's data.
pub struct ReadTx<'a> {
    pub(crate) connection: &'a mut dyn Connection,
    pub(crate) keyring: &'a Keyring,
    pub(crate) places: Places,
}

impl ReadTx<'_> {
    /// The records of a plan in its order, at most `limit` of them.
    ///
    /// # Errors
    /// What the database reports, and clauses this version does not execute.
    pub fn records(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        limit: Option<u64>,
    ) -> Result<Vec<RecordRow>> {
        let select = &plan.plan().select;
        let (sharing, hits) = (self.plan_sharing(plan)?, self.sealed_hits(plan)?);
        let parts = self.emitter(plan, options, &sharing).parts_of_order(select)?;
        let bound = [select.limit, limit].into_iter().flatten().min();
        // Two walks along an index that end early are quicker than a sort of everything; without an end they are not.
        let rows = match (parts, bound) {
            (Some([first, second]), Some(limit)) => {
                let mut rows = self.run(plan, options, &hits, select, &Narrow::Part { part: first, limit })?;
                let limit = limit.saturating_sub(rows.len() as u64);
                if limit > 0 {
                    rows.extend(self.run(plan, options, &hits, select, &Narrow::Part { part: second, limit })?);
                }
                rows
            }
            _ => self.run(plan, options, &hits, select, &Narrow::Window { limit })?,
        };
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Those of the given records that the plan (still) admits, in the order given.
    ///
    /// # Errors
    /// As [`ReadTx::records`].
    pub fn records_by_id(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        ids: &[RecordId],
    ) -> Result<Vec<RecordRow>> {
        let hits = self.sealed_hits(plan)?;
        let rows = self.run(plan, options, &hits, &plan.plan().select, &Narrow::Ids(ids.to_vec()))?;
        let mut by_id: HashMap<RecordId, RecordRow> = rows.into_iter().map(|(_, row)| (row.id, row)).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }

    /// The same, each row as soon as it is read and in whatever order, so that nobody holds them all. Lists of children
    /// are left empty.
    ///
    /// # Errors
    /// As [`ReadTx::records`], and those of `each`.
    pub fn each_record_by_id(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        ids: &[RecordId],
        each: &mut dyn FnMut(RecordRow) -> Result<()>,
    ) -> Result<()> {
        let hits = self.sealed_hits(plan)?;
        self.run_each(plan, options, &hits, &plan.plan().select, &Narrow::Ids(ids.to_vec()), &mut |_, row| each(row))
    }

    /// The ids of the whole answer in order.
    ///
    /// # Errors
    /// As [`ReadTx::records`].
    pub fn record_ids(&mut self, plan: &AuthorizedPlan, options: &ReadOptions) -> Result<Vec<RecordId>> {
        let mut ids = Vec::new();
        self.each_record_id(plan, options, &mut |id| {
            ids.push(id);
            Ok(())
        })?;
        Ok(ids)
    }

    /// The ids of the whole answer in order, one by one: it may have more than anybody wants to hold.
    ///
    /// # Errors
    /// As [`ReadTx::records`], and those of `each`.
    pub fn each_record_id(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        each: &mut dyn FnMut(RecordId) -> Result<()>,
    ) -> Result<()> {
        let (sharing, hits) = (self.plan_sharing(plan)?, self.sealed_hits(plan)?);
        let statement = self.emitter(plan, options, &sharing).with_hits(&hits).ids(&plan.plan().select)?;
        self.connection
            .query(&statement.sql, &statement.params, &mut |row| each(RecordId::from_i64(required(row.int(0)?)?)))
    }

    /// How many records the answer has.
    ///
    /// # Errors
    /// As [`ReadTx::records`].
    pub fn count(&mut self, plan: &AuthorizedPlan, options: &ReadOptions) -> Result<u64> {
        let (sharing, hits) = (self.plan_sharing(plan)?, self.sealed_hits(plan)?);
        let statement = self.emitter(plan, options, &sharing).with_hits(&hits).count(&plan.plan().select)?;
        let mut count = 0;
        self.connection.query(&statement.sql, &statement.params, &mut |row| {
            count = required(row.int(0)?)?;
            Ok(())
        })?;
        u64::try_from(count).map_err(Error::internal)
    }

    /// The groups of a plan: one value per output.
    ///
    /// # Errors
    /// As [`ReadTx::records`].
    pub fn groups(&mut self, plan: &AuthorizedPlan, options: &ReadOptions) -> Result<Vec<Vec<Value>>> {
        let (sharing, hits) = (self.plan_sharing(plan)?, self.sealed_hits(plan)?);
        let (statement, cells) = self.emitter(plan, options, &sharing).with_hits(&hits).groups(&plan.plan().select)?;
        let mut groups = Vec::new();
        self.connection.query(&statement.sql, &statement.params, &mut |row| {
            groups.push(cells.iter().map(|cell| group_value(row, cell)).collect::<Result<Vec<_>>>()?);
            Ok(())
        })?;
        for (at, cell) in cells.iter().enumerate() {
            if let Cells::SealedKey(_, object, field) = cell {
                self.show_sealed_keys(plan.schema(), *object, *field, &mut groups, at)?;
            }
        }
        Ok(groups)
    }

    fn plan_sharing(&mut self, plan: &AuthorizedPlan) -> Result<Sharing> {
        let sharing = self.sharing(plan.identity(), plan.schema(), plan.is_personal())?;
        // Shares show what the rules give, whoever asks.
        let shows_shares = plan.objects().any(|object| plan.schema().object(object).grant_rows().is_some());
        if shows_shares && !plan.is_personal() {
            return Ok(Sharing { rules: self.rules_of(plan.schema())?, ..sharing });
        }
        Ok(sharing)
    }

    fn emitter<'p>(&self, plan: &'p AuthorizedPlan, options: &'p ReadOptions, sharing: &'p Sharing) -> Emitter<'p> {
        Emitter::new(self.connection.dialect(), plan, options, sharing)
    }

    /// The sealed values that a plan compares with.
    fn sealed_hits(&mut self, plan: &AuthorizedPlan) -> Result<SealedHits> {
        let keyring = self.keyring;
        SealedHits::of(self.connection, &|| keyring.fields(), plan.schema(), &plan.plan().select)
    }

    /// Rows of one level with their children, each with the parent it hangs on when it is a list of children.
    fn run(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        hits: &SealedHits,
        select: &Select,
        narrow: &Narrow,
    ) -> Result<Vec<(Option<RecordId>, RecordRow)>> {
        let mut rows = Vec::new();
        self.run_each(plan, options, hits, select, narrow, &mut |parent, row| {
            rows.push((parent, row));
            Ok(())
        })?;
        self.attach_children(plan, options, hits, select, &mut rows)?;
        Ok(rows)
    }

    /// The same without children, each row as soon as it is read.
    fn run_each(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        hits: &SealedHits,
        select: &Select,
        narrow: &Narrow,
        each: &mut dyn FnMut(Option<RecordId>, RecordRow) -> Result<()>,
    ) -> Result<()> {
        let sharing = self.plan_sharing(plan)?;
        let record = self.emitter(plan, options, &sharing).with_hits(hits).records(select, narrow)?;
        // An org without sealed fields needs none of their keys.
        let keys = if record.outputs.iter().any(Cells::is_sealed) { Some(self.keyring.fields()?) } else { None };
        self.connection.query(&record.statement.sql, &record.statement.params, &mut |row| {
            let (parent, row) = read_record(row, &record, keys.as_deref())?;
            each(parent, row)
        })
    }

    /// One statement per list, for all parents at once.
    fn attach_children(
        &mut self,
        plan: &AuthorizedPlan,
        options: &ReadOptions,
        hits: &SealedHits,
        select: &Select,
        rows: &mut [(Option<RecordId>, RecordRow)],
    ) -> Result<()> {
        for (at, output) in select.output.iter().enumerate() {
            let Output::Children { select: children, link, .. } = output else { continue };
            let parents: Vec<_> = rows.iter().map(|(_, row)| row.id).collect();
            let mut by_parent: HashMap<RecordId, Vec<RecordRow>> = HashMap::new();
            if !parents.is_empty() {
                for (parent, row) in self.run(plan, options, hits, children, &Narrow::ChildrenOf(*link, parents))? {
                    if let Some(parent) = parent {
                        by_parent.entry(parent).or_default().push(row);
                    }
                }
            }
            for (_, row) in rows.iter_mut() {
                row.cells[at] = Cell::Children(by_parent.remove(&row.id).unwrap_or_default());
            }
        }
        Ok(())
    }
}

pub(crate) fn required<T>(value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::internal("a column that is never null was null"))
}

fn read_record(
    row: &dyn RowView,
    record: &RecordStatement,
    keys: Option<&FieldKeys>,
) -> Result<(Option<RecordId>, RecordRow)> {
    let id_at = |at: usize| -> Result<Option<RecordId>> { Ok(row.int(at)?.map(RecordId::from_i64)) };
    let parents = record.sources.iter().map(|column| id_at(*column)).collect::<Result<Vec<_>>>()?;
    let cells = record.outputs.iter().map(|cell| record_cell(row, cell, keys)).collect::<Result<Vec<_>>>()?;
    let link = record.link.map_or(Ok(None), id_at)?;
    let id = parents.first().copied().flatten();
    Ok((link, RecordRow { id: required(id)?, cells, parents }))
}

fn record_cell(row: &dyn RowView, cell: &Cells, keys: Option<&FieldKeys>) -> Result<Cell> {
    Ok(match cell {
        Cells::Column(at, codec) => Cell::Value(codec.read(row, *at)?),
        Cells::Sealed(cell) => Cell::Value(open_cell(row, cell, keys)?),
        Cells::Change(change) => Cell::Value(changed_value(row, *change, keys)?),
        Cells::Formula(cell) => {
            let fields = cell.fields.iter().map(|field| Ok(record_cell(row, field, keys)?.value().clone()));
            Cell::Value(cell.value(&fields.collect::<Result<Vec<_>>>()?)?)
        }
        Cells::FirstOf(parts) => {
            for part in parts {
                let cell = record_cell(row, part, keys)?;
                if !cell.value().is_null() {
                    return Ok(cell);
                }
            }
            Cell::Value(Value::Null)
        }
        Cells::Address(parts) => {
            let mut values: [Value; 7] = Default::default();
            part_values(row, parts, keys, &mut values)?;
            Cell::Address(Box::new(values))
        }
        Cells::Content { at, id_at, field } => match (row.int(*at)?, row.int(*id_at)?) {
            (Some(_), Some(record)) => Cell::Content { record: RecordId::from_i64(record), field: field.clone() },
            _ => Cell::Value(Value::Null),
        },
        Cells::Location(parts) => {
            let mut values: [Value; 2] = Default::default();
            part_values(row, parts, keys, &mut values)?;
            Cell::Location(Box::new(values))
        }
        Cells::Children => Cell::Children(Vec::new()),
        Cells::TypeOf(cells) => Cell::TypeOf(typed_record(row, cells, keys)?.map(Box::new)),
        Cells::Sum(..) | Cells::Average(..) | Cells::SealedKey(..) => {
            return Err(Error::internal("an aggregate among records"));
        }
    })
}

/// The parts of a compound field; one that the asker may not read stays null.
fn part_values(
    row: &dyn RowView,
    parts: &[Option<Cells>],
    keys: Option<&FieldKeys>,
    values: &mut [Value],
) -> Result<()> {
    for (slot, part) in values.iter_mut().zip(parts) {
        if let Some(part) = part {
            *slot = record_cell(row, part, keys)?.value().clone();
        }
    }
    Ok(())
}

fn open_cell(row: &dyn RowView, cell: &SealedCell, keys: Option<&FieldKeys>) -> Result<Value> {
    let Some(record) = row.int(cell.id_at)?.map(RecordId::from_i64) else {
        // Without a record there is no value: a path up that reached nothing. But a boolean is never null.
        return cell.codec.settled(&Value::Null);
    };
    let keys = keys.ok_or_else(|| Error::internal("a sealed value was read without keys"))?;
    let place = Place { object: cell.object, field: &cell.field, record };
    let value = keys.open(place, cell.codec, row.blob(cell.at)?)?;
    let value = match (cell.mask, value) {
        (Some(mask), Value::Text(text)) => Value::Text(mask.hide(&Zeroizing::new(text))),
        (_, value) => value,
    };
    Ok(match value.as_text() {
        Some(values) if !cell.labels.is_empty() => {
            let label = |value: &str| {
                let folded = text::fold(value);
                let known = cell.labels.iter().find(|(known, _)| *known == folded);
                known.map_or(value.to_owned(), |(_, label)| label.clone())
            };
            values.split(';').map(label).collect::<Vec<_>>().join(";").into()
        }
        _ => value,
    })
}

/// What a tracked field was or became.
fn changed_value(row: &dyn RowView, change: ChangeCell, keys: Option<&FieldKeys>) -> Result<Value> {
    let (Some(sealed), Some(record)) = (row.text(change.sealed)?, row.int(change.record)?) else {
        return Ok(row.text(change.open)?.map_or(Value::Null, Value::from));
    };
    let keys = keys.ok_or_else(|| Error::internal("a sealed value was read without keys"))?;
    let field = row.text(change.field)?.unwrap_or_default();
    Ok(open_history(keys, RecordId::from_i64(record), field, sealed)?.into())
}

fn typed_record(row: &dyn RowView, cells: &TypeOfCells, keys: Option<&FieldKeys>) -> Result<Option<TypedRecord>> {
    let Some(id) = row.int(cells.id)?.map(RecordId::from_i64) else { return Ok(None) };
    let arm = cells.arms.iter().find(|(prefix, _)| *prefix == id.prefix()).map(|(_, fields)| fields);
    let Some(fields) = arm.or(cells.otherwise.as_ref()) else { return Ok(None) };
    let fields =
        fields.iter().map(|(name, cell)| Ok((name.clone(), record_cell(row, cell, keys)?))).collect::<Result<_>>()?;
    Ok(Some(TypedRecord { id, fields }))
}

fn group_value(row: &dyn RowView, cell: &Cells) -> Result<Value> {
    match cell {
        Cells::Column(at, codec) => codec.read(row, *at),
        Cells::Sum(at, scale) => Ok(match sum_at(row, *at, *scale)? {
            // A sum of whole numbers is whole.
            Some(sum) if *scale == 0 => i64::try_from(sum).map_or(Value::Number(sum), Value::Int),
            Some(sum) => Value::Number(sum),
            None => Value::Null,
        }),
        Cells::Average(sum_column, count_column, scale) => {
            let count = required(row.int(*count_column)?)?;
            Ok(match sum_at(row, *sum_column, *scale)? {
                Some(sum) if count > 0 => {
                    Value::Number(round_to_scale(sum / Decimal::from(count), AVERAGE_PLACES).normalize())
                }
                _ => Value::Null,
            })
        }
        // The record that shows the group; its value is put in place of its id afterwards.
        Cells::SealedKey(at, ..) => Ok(row.int(*at)?.map_or(Value::Null, |id| Value::Id(RecordId::from_i64(id)))),
        Cells::Address(_)
        | Cells::Location(_)
        | Cells::Content { .. }
        | Cells::Children
        | Cells::Sealed(_)
        | Cells::Change(_)
        | Cells::Formula(_)
        | Cells::FirstOf(_)
        | Cells::TypeOf(_) => Err(Error::internal("a record's cell among groups")),
    }
}

/// A sum travels as text: it may outgrow 64 bits.
fn sum_at(row: &dyn RowView, at: usize, scale: u8) -> Result<Option<Decimal>> {
    let Some(text) = row.text(at)? else { return Ok(None) };
    if let Ok(raw) = text.parse::<i64>() {
        return Ok(Some(from_scaled(raw, scale)));
    }
    let whole = Decimal::from_str_exact(text).map_err(Error::internal)?;
    Ok(Some(whole / Decimal::from(10_i64.pow(u32::from(scale)))))
}

/// How a column that is not of any field is read.
pub(crate) fn int_column(row: &dyn RowView, at: usize) -> Result<i64> {
    required(row.int(at)?)
}

pub(crate) fn text_column(row: &dyn RowView, at: usize) -> Result<String> {
    Ok(required(row.text(at)?)?.to_owned())
}

pub(crate) fn blob_column(row: &dyn RowView, at: usize) -> Result<Vec<u8>> {
    Ok(required(row.blob(at)?)?.to_owned())
}

pub(crate) fn id_column(row: &dyn RowView, at: usize) -> Result<RecordId> {
    Ok(RecordId::from_i64(required(row.int(at)?)?))
}
