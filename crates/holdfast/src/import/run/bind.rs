//! Names of a mapping resolved against files and metadata, with every mistake found before the first write.

use crate::import::evaluate::{BoundField, BoundStep, must_be_set};
use crate::import::lookup::searched;
use crate::import::mapping::{CustomField, Mapping, MappingProblem, Missing, Order, Rule, Source, Step};
use crate::import::source::{CheckedSource, Columns};
use model::KeyPrefix;
use model::schema::{FieldDef, FieldType, ObjectDef, ObjectSchema, OrgSchema};
use std::collections::BTreeMap;
use std::path::Path;

/// The sources that steps use, looked at as a whole, by name.
///
/// # Errors
/// Everything that is wrong with any of them.
pub(super) fn open_sources<'a>(
    mapping: &'a Mapping,
    dir: &Path,
) -> Result<BTreeMap<&'a str, CheckedSource<'a>>, Vec<String>> {
    let mut sources = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, source) in &mapping.spec.source {
        let source: &Source = source.get_ref();
        if !mapping.spec.step.iter().any(|step| step.get_ref().source == *name) {
            continue;
        }
        match CheckedSource::open(mapping, name, source, dir) {
            Ok(source) => {
                sources.insert(name.as_str(), source);
            }
            Err(why) => problems.push(why),
        }
    }
    for step in &mapping.spec.step {
        let step = step.get_ref();
        let Some(source) = sources.get(step.source.as_str()) else { continue };
        for column in columns_of(step) {
            if !source.columns.has(column) {
                let known = source.columns.listed();
                let problem =
                    format!("{}: step {} needs column {column:?}; the file has: {known}", source.name, step.name);
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
    }
    if problems.is_empty() { Ok(sources) } else { Err(problems) }
}

/// Every column that a step names.
fn columns_of(step: &Step) -> Vec<&str> {
    fn of_rule<'r>(rule: &'r Rule, out: &mut Vec<&'r str>) {
        out.extend(rule.column.as_deref());
        out.extend(rule.when.iter().map(|condition| condition.column.as_str()));
        if let Some(template) = &rule.template {
            out.extend(template.columns());
        }
        if let Some(or) = &rule.or {
            of_rule(or, out);
        }
    }
    let mut out: Vec<&str> = step.distinct.iter().chain(&step.skip_blank).map(String::as_str).collect();
    out.extend(step.when.iter().map(|condition| condition.column.as_str()));
    for rule in step.field.values() {
        of_rule(rule.get_ref(), &mut out);
    }
    out
}

/// What the org lacks of the custom objects and fields that a mapping declares.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub(super) objects: Vec<ObjectDef>,
    pub(super) fields: Vec<(String, FieldDef)>,
}

/// Finds what is to be created, and the metadata as it will be then.
///
/// # Errors
/// Fields that exist with another type, objects that do not exist, declarations that the metadata refuses.
pub(super) fn extend(mapping: &Mapping, schema: &OrgSchema) -> Result<(Additions, OrgSchema), Vec<MappingProblem>> {
    let mut problems = Vec::new();
    let mut additions = Additions::default();
    let mut defs: Vec<ObjectDef> = schema.defs().collect();
    let mut prefixes = (0..).map(KeyPrefix::custom).filter(|prefix| schema.find_by_prefix(*prefix).is_none());
    for object in &mapping.spec.custom_object {
        let name = &object.get_ref().name;
        if schema.find_object(name).is_none()
            && let Some(prefix) = prefixes.next()
        {
            let def = object.get_ref().def(prefix);
            defs.push(def.clone());
            additions.objects.push(def);
        }
    }
    for field in &mapping.spec.custom_field {
        let at = field.span().start;
        let field: &CustomField = field.get_ref();
        let def = field.def();
        let Some(object) = defs.iter_mut().find(|object| object.name.eq_ignore_ascii_case(&field.object)) else {
            problems.push(mapping.problem_at(at, format!("there is no object {}", field.object)));
            continue;
        };
        match object.fields.iter().find(|known| known.name.eq_ignore_ascii_case(&field.name)) {
            Some(known) if !alike(&known.data_type, &def.data_type) => {
                let message = format!(
                    "{}.{} exists as {}, the mapping declares {}; change the mapping or use another name",
                    field.object,
                    field.name,
                    known.data_type.api_name(),
                    def.data_type.api_name()
                );
                problems.push(mapping.problem_at(at, message));
            }
            Some(_) => {}
            None => {
                additions.fields.push((object.name.clone(), def.clone()));
                object.fields.push(def);
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match OrgSchema::build(schema.version(), defs) {
        Ok(schema) => Ok((additions, schema)),
        Err(error) => {
            let at = mapping.spec.custom_field.first().map_or(0, |field| field.span().start);
            Err(vec![mapping.problem_at(at, error.message().to_owned())])
        }
    }
}

/// The same kind of field, whatever its size: what does not fit is told row by row.
fn alike(known: &FieldType, declared: &FieldType) -> bool {
    known.api_name() == declared.api_name()
        && known.as_reference().map(|reference| &reference.targets)
            == declared.as_reference().map(|reference| &reference.targets)
}

/// Resolves the names of one step.
///
/// # Errors
/// Objects, fields and lookups that the metadata does not have or does not let be written.
pub(super) fn bind_step<'a>(
    mapping: &Mapping,
    at: usize,
    step: &'a Step,
    schema: &'a OrgSchema,
    columns: &'a Columns,
) -> Result<BoundStep<'a>, Vec<MappingProblem>> {
    let fail = |at: usize, message: String| mapping.problem_at(at, format!("step {}: {message}", step.name));
    let Some(object) = schema.find_object(&step.object) else {
        return Err(vec![fail(at, format!("there is no object {}", step.object))]);
    };
    let mut problems = Vec::new();
    if object.def.read_only {
        problems.push(fail(at, format!("{} is written by the platform alone", step.object)));
    }
    let mut fields = Vec::new();
    for (name, rule) in &step.field {
        let at = rule.span().start;
        let rule = rule.get_ref();
        let Some(field) = object.find_field(name) else {
            problems.push(fail(at, format!("{} has no field {name}", step.object)));
            continue;
        };
        if !field.is_writable() {
            problems.push(fail(at, format!("{name} is set by the platform; a mapping cannot")));
        }
        let mut found = Vec::new();
        lookup_problems(rule, field, schema, &mut found);
        problems.extend(found.into_iter().map(|message| fail(at, format!("field {name}: {message}"))));
        let own = crate::import::mapping::refers_to(rule, &step.object);
        fields.push(BoundField { field, rule, own });
    }
    problems.extend(object_problems(step, object).into_iter().map(|message| fail(at, message)));
    if problems.is_empty() { Ok(BoundStep { step, schema, object, columns, fields }) } else { Err(problems) }
}

fn object_problems(step: &Step, object: &ObjectSchema) -> Vec<String> {
    let mut out = Vec::new();
    let sets = |name: &str| step.field.keys().any(|known| known.eq_ignore_ascii_case(name));
    if step.missing == Missing::Create {
        let lacking = object.fields.iter().filter(|field| must_be_set(field) && !sets(field.name()));
        let lacking: Vec<&str> = lacking.map(|field| field.name()).collect();
        if !lacking.is_empty() {
            out.push(format!("{} requires {}, which no field of this step sets", step.object, lacking.join(", ")));
        }
    }
    if step.order == Order::ParentsFirst {
        for rule in step.field.values() {
            if let Some(lookup) = &rule.get_ref().lookup
                && lookup.object.eq_ignore_ascii_case(&step.object)
                && !sets(&lookup.field)
            {
                out.push(format!("order = \"parents_first\" looks rows up by {}, which no field sets", lookup.field));
            }
        }
    }
    out
}

fn lookup_problems(rule: &Rule, field: &model::FieldSchema, schema: &OrgSchema, out: &mut Vec<String>) {
    if let Some(lookup) = &rule.lookup {
        match (schema.find_object(&lookup.object), searched(schema, lookup)) {
            (None, _) => out.push(format!("lookup: there is no object {}", lookup.object)),
            (Some(_), None) => out.push(format!("lookup: {} has no field {}", lookup.object, lookup.field)),
            (Some(object), Some(by)) => {
                if !by.data_type().is_stored() || !by.is_filterable() || *by.data_type() == FieldType::Id {
                    out.push(format!("lookup: records cannot be searched by {}.{}", lookup.object, lookup.field));
                }
                if !field.targets.contains(&object.ix) {
                    out.push(format!("lookup: {} does not refer to {}", field.name(), lookup.object));
                }
            }
        }
    }
    if let Some(or) = &rule.or {
        lookup_problems(or, field, schema, out);
    }
}

/// Every object and field that keys and lookups of a mapping search by.
pub(super) fn searched_places(mapping: &Mapping) -> Vec<(String, String)> {
    fn of_rule(rule: &Rule, out: &mut Vec<(String, String)>) {
        out.extend(rule.lookup.iter().map(|lookup| (lookup.object.clone(), lookup.field.clone())));
        if let Some(or) = &rule.or {
            of_rule(or, out);
        }
    }
    let mut out = Vec::new();
    for step in &mapping.spec.step {
        let step = step.get_ref();
        out.extend(step.key.iter().map(|key| (step.object.clone(), key.clone())));
        for rule in step.field.values() {
            of_rule(rule.get_ref(), &mut out);
        }
    }
    out
}
