//! The control of a field: which one its type takes, with what was typed and what is wrong with it.

use super::form::Entry;
use crate::kit::{Checkbox, Choice, Control, Field, Input, Lookup, LookupChoice, Select, TextArea};
use crate::pages::list::lower;
use crate::show::Show;
use model::schema::FieldType;
use model::{FieldSchema, ObjectSchema};

/// The controls of a field: one, or a box for each value of a list of several.
pub(super) fn fields(
    show: &Show,
    object: &ObjectSchema,
    field: &FieldSchema,
    entry: &Entry,
    focused: bool,
) -> Vec<Field> {
    if let FieldType::MultiPicklist { values, .. } = field.data_type() {
        let chosen: Vec<&str> = entry.text.split(';').collect();
        return values
            .iter()
            .filter(|value| value.active || chosen.contains(&value.value.as_str()))
            .enumerate()
            .map(|(at, value)| {
                let label = format!("{}: {}", field.label(), value.label);
                let control =
                    Checkbox::new(field.name(), chosen.contains(&value.value.as_str())).value(value.value.clone());
                Field::new(label, control)
                    .id(format!("field-{}-{at}", field.name()))
                    .error_if((at == 0).then(|| entry.error.clone()).flatten())
            })
            .collect();
    }
    let mut made =
        Field::new(field.label(), control(show, object, field, entry, focused)).error_if(entry.error.clone());
    if field.def.required {
        made = made.required();
    }
    if field.data_type().is_long_text() {
        made = made.wide();
    }
    let help = match &entry.note {
        Some(note) => note.clone(),
        None => help(object, field),
    };
    vec![if help.is_empty() { made } else { made.help(help) }]
}

fn help(object: &ObjectSchema, field: &FieldSchema) -> String {
    if field.def.help.is_empty() && is_free_name(object, field) {
        let values: Vec<&str> = field.data_type().picklist_values().iter().map(|value| value.label.as_str()).collect();
        return format!("For instance {}.", values.join(", "));
    }
    field.def.help.clone()
}

/// A name that a list only suggests: the subject of a task.
fn is_free_name(object: &ObjectSchema, field: &FieldSchema) -> bool {
    field.ix == object.name_field && matches!(field.data_type(), FieldType::Picklist { restricted: false, .. })
}

fn control(show: &Show, object: &ObjectSchema, field: &FieldSchema, entry: &Entry, focused: bool) -> Control {
    let name = field.name();
    let text = entry.text.clone();
    let focus = |input: Input| if focused { input.focused() } else { input };
    match field.data_type() {
        FieldType::Boolean => Checkbox::new(name, entry.text == "true").into(),
        FieldType::Picklist { values, .. } if !is_free_name(object, field) => {
            let choices = values
                .iter()
                .filter(|value| value.active)
                .map(|value| Choice::new(value.value.clone(), value.label.clone()))
                .collect();
            Select::new(name, choices).selected(text).blank("None").into()
        }
        FieldType::Reference(_) => {
            let one_target = field.data_type().as_reference().filter(|reference| reference.targets.len() == 1);
            let what = one_target.map_or_else(|| "records".to_owned(), |_| lower(field.label()));
            let mut lookup = Lookup::new(name, format!("/lookup/{}?field={name}", object.name()))
                .placeholder(format!("Search {what}"));
            lookup = match entry.chosen {
                Some(id) => lookup.chosen(LookupChoice::new(id.to_string(), text)),
                None => lookup.text(text),
            };
            lookup.matches(entry.matches.clone()).into()
        }
        FieldType::TextArea { length } => {
            TextArea::new(name).value(text).rows(if *length > 255 { 6 } else { 2 }).max_length(*length).into()
        }
        FieldType::Date => Input::date(name).value(text).into(),
        FieldType::DateTime => Input::date_time(name).value(text).into(),
        FieldType::Time => Input::time(name).value(text).into(),
        FieldType::Email => focus(Input::email(name).value(text).max_length(field.data_type().length())).into(),
        FieldType::Phone => Input::phone(name).value(text).max_length(field.data_type().length()).into(),
        FieldType::Url => Input::url(name).value(text).max_length(field.data_type().length()).into(),
        FieldType::Currency { .. } => Input::number(name).value(text).prefix(show.currency.clone()).into(),
        FieldType::Percent { .. } => Input::number(name).value(text).suffix("%").into(),
        data_type if data_type.is_number() => Input::number(name).value(text).into(),
        data_type => focus(Input::text(name).value(text).max_length(data_type.length())).into(),
    }
}
