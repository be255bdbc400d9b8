//! What a reader can choose for a report of a type: its columns, and for each how it may be filtered, grouped and summed up.
//! Only what they may read is there. Made for whoever builds reports: the builder's page and the analytics API.

use crate::aggregate::Function;
use crate::column::{Author, Base, BoundColumn};
use crate::definition::{Operator, ReportMetadata};
use crate::filter;
use crate::saved::column_names;
use model::schema::FieldType;
use model::{FieldSchema, ObjectSchema, Result};
use platform::Ctx;

/// A report type with all that can be chosen for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportChoices {
    /// `Opportunity`, `Account$Contacts`.
    pub type_name: String,
    pub label: String,
    /// The objects of the type, then what each points to.
    pub categories: Vec<ChoiceCategory>,
    /// The values of the standard filter `open`; none where records are neither open nor closed.
    pub open_values: &'static [&'static str],
    /// Lists of children that related records can be asked of: the relationship, its object, the field that points here.
    pub related: Vec<RelatedChoice>,
    /// What a definition names as columns, under the names that it has for them; buckets and row formulas are among them.
    pub named: Vec<ColumnChoice>,
}

impl ReportChoices {
    /// A column by the name that a definition has for it; none that the reader may not read.
    pub fn column(&self, name: &str) -> Option<&ColumnChoice> {
        let all = || self.named.iter().chain(self.categories.iter().flat_map(|category| &category.columns));
        all().find(|column| column.name == name).or_else(|| all().find(|column| column.name.eq_ignore_ascii_case(name)))
    }

    /// The columns that the definition computes.
    pub fn computed(&self) -> impl Iterator<Item = &ColumnChoice> {
        self.named.iter().filter(|column| column.is_computed)
    }

    /// What a figure is called: `Sum of Amount` for `s!Amount`.
    pub fn figure(&self, name: &str) -> Option<String> {
        if name.eq_ignore_ascii_case("RowCount") {
            return Some("Record count".to_owned());
        }
        let (letter, column) = name.split_once('!')?;
        let column = self.column(column)?;
        let known = column.aggregates.iter().find(|(known, _)| known.starts_with(letter));
        known.map(|(_, label)| label.clone())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceCategory {
    pub label: String,
    pub columns: Vec<ColumnChoice>,
}

/// A column that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnChoice {
    /// What a definition calls it.
    pub name: String,
    pub label: String,
    /// As describe says it: `currency`, `picklist`.
    pub data_type: &'static str,
    /// The operators of a filter on it; none where it cannot be filtered.
    pub operators: &'static [Operator],
    pub is_sortable: bool,
    pub is_groupable: bool,
    /// Whether groups of it may be periods.
    pub is_date: bool,
    pub is_bucketable: bool,
    pub is_in_formulas: bool,
    pub is_lookup: bool,
    /// The objects that it may point to.
    pub targets: Vec<String>,
    /// Whether the definition computes it: a bucket or a row formula.
    pub is_computed: bool,
    pub is_custom: bool,
    /// What a definition calls its aggregates: `s!Amount`, each with its label.
    pub aggregates: Vec<(String, String)>,
    /// Of a picklist: value and label.
    pub values: Vec<(String, String)>,
    pub max_length: Option<u32>,
    pub is_unique_countable: bool,
}

/// Records that point to a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedChoice {
    pub label: String,
    pub object: String,
    pub join_field: String,
}

/// A type that reports can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeChoice {
    pub type_name: String,
    pub label: String,
}

/// Every report type that the reader can use: each object they may read, alone and with each list of its children.
pub fn report_types(ctx: &Ctx) -> Vec<TypeChoice> {
    let mut types = Vec::new();
    for object in ctx.readable_objects().filter(|object| !object.is_about_a_record() && !object.is_view()) {
        let plural = &object.def.label_plural;
        types.push(TypeChoice { type_name: object.name().to_owned(), label: plural.clone() });
        // Nearly everything points to users; a report begins at what points.
        if object.name() == "User" {
            continue;
        }
        for (name, child, _) in children(ctx, object) {
            let child = &child.def.label_plural;
            for (mark, words) in [("", "with"), ("~", "with or without")] {
                let type_name = format!("{}${mark}{name}", object.name());
                types.push(TypeChoice { type_name, label: format!("{plural} {words} {child}") });
            }
        }
    }
    types
}

/// Lists of children that can be joined: the relationship, the child and its field.
fn children<'a>(
    ctx: &'a Ctx,
    object: &'a ObjectSchema,
) -> impl Iterator<Item = (&'a str, &'a ObjectSchema, &'a FieldSchema)> {
    object.children.iter().filter_map(|children| {
        let name = children.name.as_deref()?;
        let child = ctx.schema().object(children.child);
        let field = child.field(children.field);
        let is_open = ctx.object_permission(child.ix).read
            && ctx.can_read_field(child.ix, field.ix)
            && !child.is_about_a_record()
            && !child.is_view();
        (is_open && field.targets.len() == 1).then_some((name, child, field))
    })
}

/// What the reader can choose for a report type.
///
/// # Errors
/// Names what is wrong with the type.
pub fn report_choices(ctx: &Ctx, type_name: &str) -> Result<ReportChoices> {
    definition_choices(ctx, &ReportMetadata::new(type_name))
}

/// What the reader can choose for a definition: what its type offers, and what it computes itself. A computed column that
/// is not sound yet is none of the choices.
///
/// # Errors
/// Names what is wrong with the type.
pub fn definition_choices(ctx: &Ctx, definition: &ReportMetadata) -> Result<ReportChoices> {
    let author = Author::Caller(Default::default());
    let type_name = definition.report_type.name.as_str();
    let named = named(ctx, definition, &author)?;
    let mut base = Base::bind(ctx, &ReportMetadata::new(type_name), &author)?;
    let deepest = base.deepest();
    let objects: Vec<(&ObjectSchema, String)> = (0..=deepest)
        .map(|at| {
            let object = base.levels[at].object;
            (object, if deepest == 0 { String::new() } else { format!("{}.", base.levels[at].name()) })
        })
        .collect();
    let mut categories = Vec::new();
    let mut related = Vec::new();
    for (object, prefix) in &objects {
        categories.push(category(&mut base, object.label().to_owned(), object, prefix));
        for (_, child, field) in children(ctx, object) {
            related.push(RelatedChoice {
                label: child.def.label_plural.clone(),
                object: child.name().to_owned(),
                join_field: field.name().to_owned(),
            });
        }
    }
    for (object, prefix) in &objects {
        for field in object.fields.iter().filter(|field| ctx.can_read_field(object.ix, field.ix)) {
            let step = field.data_type().as_reference().and_then(|reference| reference.relationship.as_deref());
            let (Some(step), [target]) = (step, field.targets.as_slice()) else { continue };
            let target = ctx.schema().object(*target);
            if ctx.object_permission(target.ix).read {
                let label = format!("{}: {}", object.label(), field.label());
                categories.push(category(&mut base, label, target, &format!("{prefix}{step}.")));
            }
        }
    }
    categories.retain(|category| !category.columns.is_empty());
    let has_open = objects.iter().any(|(object, _)| object.find_field("IsClosed").is_some());
    let open_values: &[&str] = if has_open { &["all", "open", "closed", "closedwon"] } else { &[] };
    Ok(ReportChoices { type_name: type_name.to_owned(), label: base.label(), categories, open_values, related, named })
}

/// The columns that a definition names, where the reader may read them.
fn named(ctx: &Ctx, definition: &ReportMetadata, author: &Author) -> Result<Vec<ColumnChoice>> {
    let mut kept = ReportMetadata::new(&definition.report_type.name);
    for bucket in &definition.buckets {
        kept.buckets.push(bucket.clone());
        if Base::bind(ctx, &kept, author).is_err() {
            kept.buckets.pop();
        }
    }
    for formula in &definition.custom_detail_formula {
        kept.custom_detail_formula.push(formula.clone());
        if Base::bind(ctx, &kept, author).is_err() {
            kept.custom_detail_formula.pop();
        }
    }
    let mut base = Base::bind(ctx, &kept, author)?;
    let buckets = kept.buckets.iter().map(|bucket| bucket.developer_name.clone());
    let computed: Vec<String> =
        buckets.chain(kept.custom_detail_formula.iter().map(|formula| formula.developer_name.clone())).collect();
    let others = column_names(definition).into_iter().filter(|name| !computed.contains(name));
    let mut names: Vec<String> = others.collect();
    names.sort();
    names.splice(0..0, computed.iter().cloned());
    Ok(names
        .iter()
        .filter_map(|name| {
            let column = base.column("column", name).ok().filter(|column| column.is_readable)?;
            Some(ColumnChoice { is_computed: computed.contains(name), ..choice(ctx, &column) })
        })
        .collect())
}

fn category(base: &mut Base<'_>, label: String, object: &ObjectSchema, prefix: &str) -> ChoiceCategory {
    let columns = object.fields.iter().filter_map(|field| {
        let name = format!("{prefix}{}", field.name());
        // One that cannot be a column is none of the choices.
        let column = base.column("column", &name).ok().filter(|column| column.is_readable)?;
        Some(choice(base.ctx, &column))
    });
    ChoiceCategory { label, columns: columns.collect() }
}

fn choice(ctx: &Ctx, column: &BoundColumn) -> ColumnChoice {
    let aggregates = Function::OF_COLUMNS
        .iter()
        .filter(|(function, ..)| function.takes(column))
        .map(|(function, letter, _)| (format!("{letter}!{}", column.name), function.label_of(column)));
    let text_length = column.data_type.is_text().then(|| column.data_type.length());
    ColumnChoice {
        name: column.name.clone(),
        label: column.label.clone(),
        data_type: column.data_type.api_name(),
        operators: filter::operators(column),
        is_sortable: column.is_sortable(),
        is_groupable: column.can_group(),
        is_date: column.is_date(),
        is_bucketable: !column.sealing.is_sealed()
            && (column.data_type.is_number() || column.data_type.is_text() && column.data_type.is_sortable()),
        is_in_formulas: column.data_type.mask().is_none()
            && !matches!(column.data_type, FieldType::Base64 | FieldType::Compound(_)),
        is_lookup: column.data_type.as_reference().is_some() || column.is_name,
        targets: targets(ctx, column),
        is_computed: false,
        is_custom: column.path.ends_with("__c"),
        aggregates: aggregates.collect(),
        values: column
            .data_type
            .picklist_values()
            .iter()
            .filter(|value| value.active)
            .map(|value| (value.value.clone(), value.label.clone()))
            .collect(),
        max_length: text_length.filter(|length| *length > 0),
        is_unique_countable: Function::Unique.takes(column),
    }
}

/// The objects whose ids a column holds, those that the reader may read.
fn targets(ctx: &Ctx, column: &BoundColumn) -> Vec<String> {
    let is_readable = |name: &String| ctx.object(name).is_ok();
    match column.data_type.as_reference() {
        Some(reference) => reference.targets.iter().filter(|name| is_readable(name)).cloned().collect(),
        None => Vec::new(),
    }
}
