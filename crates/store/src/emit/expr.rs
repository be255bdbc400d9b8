//! Expressions: fields, names behind polymorphic references, date parts, aggregates.

use super::distance::DISTANCE_CODEC;
use super::formula::Place;
use super::{Emitter, alias_of, not_enabled};
use crate::codec::{Codec, codec_of};
use model::{Error, FieldIx, FieldType, ObjectIx, Result};
use soql::plan::{Aggregate, DateFunction, Expr, FieldRef, Select, SourceIx, Target};

impl Emitter<'_> {
    /// How the values of an expression stand in SQL.
    pub(crate) fn codec(&self, select: &Select, expr: &Expr) -> Result<Codec> {
        Ok(match expr {
            Expr::Field(field) | Expr::ToLabel(field) => codec_of(self.field(select, field)?)?,
            Expr::NameField { fields, .. } => {
                match fields.iter().find_map(|(object, field)| Some((*object, (*field)?))) {
                    Some((object, field)) => codec_of(self.object(object).field(field))?,
                    None => Codec::Text,
                }
            }
            Expr::TypeName { .. } => Codec::Text,
            Expr::Date { function: DateFunction::DayOnly, .. } => Codec::Date,
            Expr::Date { .. } | Expr::Grouping(_) => Codec::Int,
            Expr::Aggregate { function: Aggregate::Count | Aggregate::CountDistinct, .. } => Codec::Int,
            Expr::Aggregate { argument, .. } => match argument {
                Some(argument) => self.codec(select, argument)?,
                None => Codec::Int,
            },
            // The text of `format()` is made of the value by whoever knows the reader's locale.
            Expr::Format(argument) | Expr::ConvertCurrency(argument) => self.codec(select, argument)?,
            Expr::Distance { .. } => DISTANCE_CODEC,
        })
    }

    pub(crate) fn expr(&mut self, select: &Select, expr: &Expr) -> Result<()> {
        if self.open_key(expr) {
            self.over_groups(false, |emitter| emitter.row_expr(select, expr))?;
            return self.close_key(select, expr);
        }
        self.row_expr(select, expr)
    }

    /// An expression over one row, or an aggregate over the rows of a group.
    fn row_expr(&mut self, select: &Select, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Field(field) => self.field_column(select, field),
            Expr::ToLabel(field) => self.label(select, field),
            Expr::NameField { source, fields, .. } => self.name_field(select, *source, fields),
            Expr::TypeName { source, .. } => self.type_name(select, *source),
            Expr::Date { function, argument, zone } => self.date_part(select, *function, argument, zone),
            Expr::Aggregate { function, argument, .. } => {
                self.over_groups(false, |emitter| emitter.aggregate(select, *function, argument.as_deref()))
            }
            // An org has one currency; converting is the identity.
            Expr::ConvertCurrency(argument) | Expr::Format(argument) => self.expr(select, argument),
            Expr::Grouping(argument) => self.grouping(argument),
            Expr::Distance { latitude, longitude, to_latitude, to_longitude, unit } => {
                self.distance(select, [latitude, longitude], [*to_latitude, *to_longitude], *unit)
            }
        }
    }

    pub(crate) fn field_column(&mut self, select: &Select, field: &FieldRef) -> Result<()> {
        let schema_field = self.field(select, field)?;
        let alias = self.alias_of_source(select, field.source);
        if matches!(schema_field.data_type(), FieldType::Formula { .. }) {
            let Target::Object(object) = select.source(field.source).target else {
                return Err(Error::internal("a formula was asked of a polymorphic source"));
            };
            let place = Place { alias, object, source: Some(field.source) };
            return self.formula_field(select, place, schema_field);
        }
        if !schema_field.data_type().is_stored() {
            return Err(not_enabled(&format!("Reading {} in this clause", schema_field.name())));
        }
        if schema_field.is_sealed() {
            return Err(Error::internal(format!("{} is sealed: no statement computes with it", schema_field.name())));
        }
        // A parent's boolean is null where there is no parent, and a boolean is never null.
        let optional_flag = field.source != SourceIx::ROOT && codec_of(schema_field)? == Codec::Bool;
        if optional_flag {
            self.out.push("COALESCE(");
        }
        self.out.column(&alias, &schema_field.column);
        if optional_flag {
            self.out.push(", 0)");
        }
        Ok(())
    }

    /// The first of the possible objects that the reference reaches has the value.
    pub(super) fn name_field(
        &mut self,
        select: &Select,
        source: SourceIx,
        fields: &[(ObjectIx, Option<FieldIx>)],
    ) -> Result<()> {
        let readable = self.plan.access(select.id, source)?;
        let columns: Vec<_> = fields
            .iter()
            .filter(|(object, _)| readable.iter().any(|(known, _)| known == object))
            .filter_map(|(object, field)| Some((*object, self.object(*object).field((*field)?))))
            .collect();
        let is_text = columns.first().is_some_and(|(_, field)| field.data_type().is_text());
        match columns.len() {
            0 => self.out.push("NULL"),
            1 => self.out.column(&alias_of(select.id, source, columns[0].0), &columns[0].1.column),
            _ => {
                self.out.push("COALESCE(");
                for (at, (object, field)) in columns.iter().enumerate() {
                    if at > 0 {
                        self.out.push(", ");
                    }
                    self.out.column(&alias_of(select.id, source, *object), &field.column);
                }
                // An expression has no collation of its own on SQLite; a column has.
                self.out.push(if self.is_sqlite() && is_text { ") COLLATE HF" } else { ")" });
            }
        }
        Ok(())
    }

    /// The object that a reference points to, read off the id itself.
    fn type_name(&mut self, select: &Select, source: SourceIx) -> Result<()> {
        let Target::AnyOf(objects) = &select.source(source).target else {
            return Err(Error::internal("the type of a plain reference was asked"));
        };
        self.out.push("CASE ");
        self.reference_prefix(select, source)?;
        for object in objects {
            let object = self.object(*object);
            self.out.push(&format!(" WHEN {} THEN '{}'", prefix_number(object), object.name()));
        }
        self.out.push(if self.is_sqlite() { " END COLLATE HF" } else { " END" });
        Ok(())
    }

    /// The number of the key prefix of the id in the reference that a source hangs on.
    pub(crate) fn reference_prefix(&mut self, select: &Select, source: SourceIx) -> Result<()> {
        let Some((from, via)) = select.source(source).via else {
            return Err(Error::internal("the root of a query hangs on no reference"));
        };
        let position = select.source(source).position;
        self.out.push("(");
        self.field_column(select, &FieldRef { source: from, field: via, position })?;
        self.out.push(" >> 45)");
        Ok(())
    }

    fn aggregate(&mut self, select: &Select, function: Aggregate, argument: Option<&Expr>) -> Result<()> {
        let Some(argument) = argument else {
            self.out.push("COUNT(*)");
            return Ok(());
        };
        if let Expr::Field(field) = argument
            && self.field(select, field)?.is_sealed()
        {
            match function {
                Aggregate::Count => {
                    self.out.push("COUNT(");
                    self.ciphertext_column(select, field)?;
                }
                Aggregate::CountDistinct => {
                    self.out.push("COUNT(DISTINCT ");
                    self.token_column(select, field)?;
                }
                _ => return Err(Error::internal("an aggregate computes with a sealed field")),
            }
            self.out.push(")");
            return Ok(());
        }
        let text = self.codec(select, argument)?.is_text();
        match function {
            Aggregate::Count => self.call("COUNT(", select, argument),
            Aggregate::CountDistinct => {
                self.out.push("COUNT(DISTINCT ");
                self.folded(select, argument, text)?;
                self.out.push(")");
                Ok(())
            }
            Aggregate::Sum => self.call("SUM(", select, argument),
            // As a fraction of two whole numbers it would lose exactness; a filter or sort on it may be approximate in
            // the sixteenth digit. The value itself is divided from SUM and COUNT when it is read.
            Aggregate::Avg => {
                self.out.push("(CAST(");
                self.call("SUM(", select, argument)?;
                self.out.push(if self.is_sqlite() { " AS REAL) / " } else { " AS double precision) / " });
                self.out.push("NULLIF(");
                self.call("COUNT(", select, argument)?;
                self.out.push(", 0))");
                Ok(())
            }
            Aggregate::Min | Aggregate::Max if self.picklist_values(select, argument)?.is_some() => {
                self.picklist_extreme(select, argument, function == Aggregate::Min)
            }
            Aggregate::Min | Aggregate::Max => {
                self.out.push(if function == Aggregate::Min { "MIN(" } else { "MAX(" });
                self.expr(select, argument)?;
                if text && !self.is_sqlite() {
                    self.out.push(" COLLATE hf_order");
                }
                self.out.push(")");
                Ok(())
            }
        }
    }

    fn call(&mut self, function: &str, select: &Select, argument: &Expr) -> Result<()> {
        self.out.push(function);
        self.expr(select, argument)?;
        self.out.push(")");
        Ok(())
    }

    /// An expression in the form in which equal texts are equal: as it is on SQLite, whose columns carry the
    /// collation; folded on PostgreSQL.
    pub(crate) fn folded(&mut self, select: &Select, expr: &Expr, text: bool) -> Result<()> {
        if !text || self.is_sqlite() {
            return self.expr(select, expr);
        }
        self.out.push("hf_fold(");
        self.expr(select, expr)?;
        self.out.push(")");
        Ok(())
    }
}

/// The number a key prefix has inside an id.
pub(crate) fn prefix_number(object: &model::ObjectSchema) -> i64 {
    model::RecordId::new(object.key_prefix(), 0).as_i64() >> 45
}
