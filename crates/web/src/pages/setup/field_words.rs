//! What a form asks about a field of each type, and what it comes to in the words of the Metadata API.

use super::Sent;
use crate::kit::{Checkbox, Choice, Field, Input, RadioGroup, Select, TextArea};
use crate::server::Params;
use model::ObjectSchema;
use platform::Ctx;
use platform::component::{CustomField, CustomValue, ValueSetDefinition, ValueSetUse};
use serde_json::Value as Json;

/// The type that the form calls a formula; its result has a type of its own.
pub(super) const FORMULA: &str = "Formula";

/// The types in the order in which a person looks for them, each with what it is for.
pub(super) const TYPES: [(&str, &str, &str); 22] = [
    ("Text", "Text", "One line"),
    ("TextArea", "Text area", "Several lines, 255 characters"),
    ("LongTextArea", "Long text area", "Pages of text"),
    ("Picklist", "Picklist", "One of a list"),
    ("MultiselectPicklist", "Picklist, several", "Some of a list"),
    ("Checkbox", "Checkbox", "Yes or no"),
    ("Number", "Number", "With as many digits as you say"),
    ("Currency", "Currency", "An amount of money"),
    ("Percent", "Percent", "A share of a hundred"),
    ("Date", "Date", "A day"),
    ("DateTime", "Date and time", "An instant, shown in each person's zone"),
    ("Time", "Time", "A time of day"),
    ("Email", "Email", "An address that mail goes to"),
    ("Phone", "Phone", "A number to call"),
    ("Url", "Web address", "A link"),
    ("Lookup", "Lookup", "Another record"),
    (
        "MasterDetail",
        "Master-detail",
        "The record that this one is a part of: it decides who sees it, and goes with it",
    ),
    (FORMULA, "Formula", "Computed from other fields whenever it is read"),
    ("Summary", "Roll-up summary", "A count, sum, least or most of the records below"),
    ("AutoNumber", "Auto number", "Counts up by itself"),
    ("Location", "Location", "Latitude and longitude"),
    ("EncryptedText", "Encrypted text", "Always encrypted, and masked for whoever may not see it"),
];

/// Names of inputs that a refusal can be beside.
pub(super) const INPUTS: [&str; 24] = [
    "label",
    "FullName",
    "type",
    "length",
    "precision",
    "scale",
    "defaultValue",
    "displayFormat",
    "referenceTo",
    "relationshipName",
    "deleteConstraint",
    "maskType",
    "maskChar",
    "formula",
    "formulaTreatBlanksAs",
    "summaryForeignKey",
    "summaryOperation",
    "summarizedField",
    "valueSet",
    "unique",
    "externalId",
    "required",
    "description",
    "inlineHelpText",
];

/// What a type may say; a formula has words of its own.
fn words(kind: &str) -> &'static [&'static str] {
    match kind {
        FORMULA => &["formula", "resultType", "precision", "scale", "formulaTreatBlanksAs"],
        kind => CustomField::words_of(kind),
    }
}

/// The inputs for a field of a type.
pub(super) fn inputs(ctx: &Ctx, object: &ObjectSchema, kind: &str, sent: &Sent<'_>) -> Vec<Field> {
    words(kind).iter().filter_map(|word| input(ctx, object, kind, word, sent)).collect()
}

fn input(ctx: &Ctx, object: &ObjectSchema, kind: &str, word: &str, sent: &Sent<'_>) -> Option<Field> {
    let number = |label: &str, most: &str, usual: &str| {
        let value = Some(sent.text(word)).filter(|value| !value.is_empty()).unwrap_or_else(|| usual.to_owned());
        Field::new(label, Input::number(word).value(value).min("0").max(most))
    };
    let text = |label: &str| Field::new(label, Input::text(word).value(sent.text(word)));
    let tick = |label: &str| Field::new(label, Checkbox::new(word, sent.params.has(word)));
    let select =
        |label: &str, choices: Vec<Choice>| Field::new(label, Select::new(word, choices).selected(sent.text(word)));
    let field = match word {
        "length" if kind == "LongTextArea" => number("Most characters", "131072", "32768"),
        "length" if kind == "EncryptedText" => number("Most characters", "175", "100"),
        "length" => number("Most characters", "255", "255"),
        "precision" => number("Digits in all", "18", "18"),
        "scale" if kind == "Location" => number("Digits after the point", "15", "6"),
        "scale" => number("Digits after the point", "18", if kind == "Currency" { "2" } else { "0" }),
        "required" => tick("Required").help("No record is saved without it."),
        "unique" => tick("Unique").help("No two records have the same value."),
        "externalId" => tick("External id").help("Programs find records by it."),
        "caseSensitive" => tick("Capitals matter").help("Where it is unique or an external id."),
        "trackHistory" => tick("Keep its history"),
        "defaultValue" if kind == "Checkbox" => {
            let choices = vec![Choice::new("false", "No"), Choice::new("true", "Yes")];
            let chosen = Some(sent.text(word)).filter(|value| !value.is_empty()).unwrap_or_else(|| "false".to_owned());
            Field::new("New records start with", Select::new(word, choices).selected(chosen))
        }
        "defaultValue" => text("New records start with"),
        "displayFormat" => text("Format").help("Such as INV-{0000}, which gives INV-0001.").required(),
        "referenceTo" => {
            let mut targets: Vec<&ObjectSchema> = ctx
                .readable_objects()
                .filter(|target| target.grant_rows().is_none() && !target.def.is_view())
                .collect();
            targets.sort_by_key(|target| target.label().to_lowercase());
            let choices = targets.iter().map(|target| Choice::new(target.name(), target.label())).collect();
            Field::new("Points to", Select::new(word, choices).selected(sent.text(word)).blank("Choose an object"))
                .required()
        }
        "relationshipName" => text("Name of the list there").help(format!(
            "Under which programs find these below the other record. Such as {}.",
            super::developer_name(&object.def.label_plural)
        )),
        "deleteConstraint" => select(
            "When that record is deleted",
            vec![
                Choice::new("SetNull", "This field becomes empty"),
                Choice::new("Restrict", "It cannot be deleted"),
                Choice::new("Cascade", "This record goes with it"),
            ],
        ),
        "writeRequiresMasterRead" => tick("Whoever reads the master may change these"),
        "reparentableMasterDetail" => tick("May be moved to another master"),
        "maskType" => select(
            "Hidden",
            [
                ("all", "All of it"),
                ("lastFour", "All but the last four"),
                ("creditCard", "Card number"),
                ("ssn", "Social security number"),
                ("sin", "Social insurance number"),
                ("nino", "National insurance number"),
            ]
            .map(|(value, label)| Choice::new(value, label))
            .to_vec(),
        ),
        "maskChar" => select("Shown in its place", vec![Choice::new("asterisk", "*"), Choice::new("X", "X")]),
        "valueSet" => return Some(choices_input(sent)),
        "formula" => Field::new("Formula", TextArea::new(word).rows(4).code().value(sent.text(word)))
            .help("Fields by their names for programs: IF(Amount > 1000, 'Large', 'Small')")
            .required()
            .wide(),
        "resultType" => select(
            "Its result is",
            [
                ("Number", "Number"),
                ("Currency", "Currency"),
                ("Percent", "Percent"),
                ("Text", "Text"),
                ("Checkbox", "Yes or no"),
                ("Date", "Date"),
                ("DateTime", "Date and time"),
            ]
            .map(|(value, label)| Choice::new(value, label))
            .to_vec(),
        ),
        "formulaTreatBlanksAs" => select(
            "Empty numbers count as",
            vec![Choice::new("BlankAsZero", "Zero"), Choice::new("BlankAsBlank", "Nothing: the result is empty too")],
        ),
        "summaryForeignKey" => select("Records below", below(ctx, object)).required(),
        "summaryOperation" => select(
            "What of them",
            [("count", "How many"), ("sum", "The sum"), ("min", "The least"), ("max", "The most")]
                .map(|(value, label)| Choice::new(value, label))
                .to_vec(),
        ),
        "summarizedField" => text("Of the field").help("Such as Part__c.Weight__c. Empty for how many."),
        _ => return None,
    };
    Some(field.error_if(sent.wrong(word)))
}

fn choices_input(sent: &Sent<'_>) -> Field {
    Field::new("Values", TextArea::new("values").rows(6).value(sent.text("values")))
        .help("One in each line. A * before the one that new records start with, a # before one that is no longer offered.")
        .error_if(sent.wrong("valueSet"))
        .wide()
}

/// Details of the object, through the field that makes them so.
fn below(ctx: &Ctx, object: &ObjectSchema) -> Vec<Choice> {
    let schema = ctx.schema();
    let details = object.children.iter().filter_map(|relation| {
        let child = schema.object(relation.child);
        let field = child.field(relation.field);
        child.masters.contains(&relation.field).then(|| {
            Choice::new(
                format!("{}.{}", child.name(), field.name()),
                format!("{} ({})", child.def.label_plural, field.label()),
            )
        })
    });
    details.collect()
}

/// What was sent, in the words of the Metadata API. `known` is the field as it was: what the form does not ask stays.
pub(super) fn said(kind: &str, sent: &Params, known: CustomField) -> CustomField {
    let has = |word: &str| words(kind).contains(&word);
    let text = |word: &str| sent.given(word).filter(|_| has(word)).map(str::to_owned);
    let number = |word: &str| text(word).and_then(|text| text.parse().ok());
    let tick = |word: &str| has(word).then(|| sent.has(word));
    let of_kind = if kind == FORMULA { sent.given("resultType").unwrap_or("Text") } else { kind };
    let counts = matches!(of_kind, "Number" | "Currency" | "Percent");
    CustomField {
        kind: Some(of_kind.to_owned()),
        label: sent.given("label").map(str::to_owned),
        description: sent.given("description").map(str::to_owned),
        inline_help_text: sent.given("inlineHelpText").map(str::to_owned),
        length: number("length"),
        precision: number("precision").filter(|_| counts),
        scale: number("scale").filter(|_| counts || kind == "Location"),
        required: tick("required"),
        unique: tick("unique"),
        external_id: tick("externalId"),
        case_sensitive: tick("caseSensitive"),
        track_history: tick("trackHistory"),
        default_value: text("defaultValue").map(Json::String),
        display_format: text("displayFormat"),
        reference_to: text("referenceTo"),
        relationship_name: text("relationshipName"),
        delete_constraint: text("deleteConstraint"),
        write_requires_master_read: tick("writeRequiresMasterRead"),
        reparentable_master_detail: tick("reparentableMasterDetail"),
        mask_char: text("maskChar"),
        mask_type: text("maskType"),
        formula: text("formula").or_else(|| (kind == FORMULA).then(String::new)),
        formula_treat_blanks_as: text("formulaTreatBlanksAs"),
        summary_foreign_key: text("summaryForeignKey"),
        summary_operation: text("summaryOperation"),
        summarized_field: text("summarizedField"),
        summary_filter_items: if has("summaryFilterItems") { known.summary_filter_items } else { Vec::new() },
        value_set: has("valueSet").then(|| values(sent, known.value_set.unwrap_or_default())),
        ..CustomField::default()
    }
}

/// The lines of the list as choices. Labels and what depends on what are told by programs, and stay.
fn values(sent: &Params, known: ValueSetUse) -> ValueSetUse {
    if known.value_set_name.is_some() {
        return known;
    }
    let before = known.value_set_definition.unwrap_or_default().value;
    let one = |line: &str| {
        let (default, name) = line.strip_prefix('*').map_or((false, line), |name| (true, name));
        let (gone, name) = name.strip_prefix('#').map_or((false, name), |name| (true, name));
        let name = name.trim();
        let name = name.strip_prefix('\\').unwrap_or(name);
        let label = before.iter().find(|value| value.value_name == name).and_then(|value| value.label.clone());
        CustomValue {
            value_name: name.to_owned(),
            label,
            default,
            is_active: gone.then_some(false),
            ..CustomValue::default()
        }
    };
    let lines = sent.first("values").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let definition = ValueSetDefinition { sorted: false, value: lines.map(one).collect() };
    ValueSetUse { restricted: Some(sent.has("restricted")), value_set_definition: Some(definition), ..known }
}

/// A field as the form shows it.
pub(super) fn shown(name: &str, field: &CustomField) -> Params {
    let is_formula = field.formula.is_some();
    let mut pairs = vec![("FullName".to_owned(), name.to_owned())];
    if let Ok(Json::Object(words)) = serde_json::to_value(field) {
        for (word, value) in words {
            match (word.as_str(), value) {
                ("type", Json::String(kind)) if is_formula => pairs.push(("resultType".to_owned(), kind)),
                (_, Json::String(text)) => pairs.push((word, text)),
                (_, Json::Bool(true)) => pairs.push((word, "true".to_owned())),
                (_, Json::Number(number)) => pairs.push((word, number.to_string())),
                _ => {}
            }
        }
    }
    if let Some(choices) = &field.value_set {
        let line = |value: &CustomValue| {
            let marks = [(value.default, "*"), (value.is_active == Some(false), "#")];
            let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
            let escape = if value.value_name.starts_with(['*', '#', '\\']) { "\\" } else { "" };
            format!("{marks}{escape}{}", value.value_name)
        };
        let lines: Vec<String> = choices.value_set_definition.iter().flat_map(|own| &own.value).map(line).collect();
        pairs.push(("values".to_owned(), lines.join("\n")));
        if choices.restricted == Some(true) {
            pairs.push(("restricted".to_owned(), "true".to_owned()));
        }
    }
    Params::of(pairs)
}

/// The types to choose from.
pub(super) fn type_choices() -> RadioGroup {
    RadioGroup::new(
        "type",
        TYPES.iter().map(|(value, label, help)| Choice::new(*value, *label).detail(*help)).collect(),
    )
}
