//! Reads the controls of one filter: its operator, and whichever control its value has.

use super::controls::word;
use super::problem::Problems;
use super::state::UNGIVEN;
use crate::pages::edit::lookup::{Matched, record};
use crate::server::Params;
use app_reports::definition::{FilterType, Operator, ReportFilter};
use app_reports::{ColumnChoice, filter_value};
use model::Result;
use platform::Ctx;

/// Days of a range that is counted, where no number was given.
const USUAL_COUNT: u32 = 30;

/// Reads the controls whose names begin with `name` into a filter.
///
/// # Errors
/// What the database reports while it looks a typed name up.
pub(super) fn read(
    ctx: &Ctx,
    form: &Params,
    name: &str,
    filter: &mut ReportFilter,
    column: Option<&ColumnChoice>,
    property: &str,
    problems: &mut Problems,
) -> Result<()> {
    match form.first(&format!("{name}.op")) {
        None => return Ok(()),
        Some("blank") => return set(filter, Operator::Equals, ""),
        Some("filled") => return set(filter, Operator::NotEqual, ""),
        Some(operator) => {
            if let Some(operator) = word(Some(operator)) {
                filter.operator = operator;
            }
        }
    }
    let against = match form.first(&format!("{name}.against")) {
        Some("column") => FilterType::FieldToField,
        Some(_) => FilterType::FieldValue,
        None => filter.filter_type,
    };
    if against != filter.filter_type {
        filter.filter_type = against;
        UNGIVEN.clone_into(&mut filter.value);
        return Ok(());
    }
    let given = value(ctx, form, name, filter, column, property, problems)?;
    match given {
        Some(given) if given.is_empty() => UNGIVEN.clone_into(&mut filter.value),
        Some(given) => filter.value = given,
        None if filter.value.is_empty() => UNGIVEN.clone_into(&mut filter.value),
        None => {}
    }
    Ok(())
}

fn set(filter: &mut ReportFilter, operator: Operator, value: &str) -> Result<()> {
    *filter = ReportFilter::new(&filter.column, operator, value);
    Ok(())
}

fn value(
    ctx: &Ctx,
    form: &Params,
    name: &str,
    filter: &ReportFilter,
    column: Option<&ColumnChoice>,
    property: &str,
    problems: &mut Problems,
) -> Result<Option<String>> {
    let part = |part: &str| format!("{name}.{part}");
    if filter.filter_type == FilterType::FieldToField {
        return Ok(form.first(&part("other")).map(str::to_owned));
    }
    if form.has(&part("items")) {
        let items: Vec<String> = form.all(&part("item")).map(str::to_owned).collect();
        return Ok(Some(if items.is_empty() { String::new() } else { filter_value(&items) }));
    }
    if let Some(range) = form.first(&part("range")) {
        return Ok(Some(match range {
            "DAY" => form.given(&part("day")).map_or_else(|| ctx.today().to_string(), str::to_owned),
            range => counted(range, form.given(&part("count")), Some(&filter.value)),
        }));
    }
    if form.has(&part("ref.text")) {
        return reference(ctx, form, &part("ref"), column, property, problems).map(Some);
    }
    Ok(form.first(&part("value")).map(|value| value.trim().to_owned()))
}

/// A range of days with its number: `LAST_N_DAYS` with 30 is `LAST_N_DAYS:30`.
pub(super) fn counted(range: &str, count: Option<&str>, before: Option<&str>) -> String {
    if !range.contains("_N_") && !range.starts_with("N_") {
        return range.to_owned();
    }
    let name = range.split(':').next().unwrap_or(range);
    let before = before.and_then(|before| before.split_once(':')).and_then(|(_, count)| count.parse::<u32>().ok());
    let count = count.and_then(|count| count.parse::<u32>().ok()).filter(|count| *count > 0);
    format!("{name}:{}", count.or(before).unwrap_or(USUAL_COUNT))
}

/// The record that was chosen, or that a name typed without script means.
fn reference(
    ctx: &Ctx,
    form: &Params,
    name: &str,
    column: Option<&ColumnChoice>,
    property: &str,
    problems: &mut Problems,
) -> Result<String> {
    let id = form.given(name).unwrap_or_default();
    let text = form.given(&format!("{name}.text")).unwrap_or_default();
    let is_named = model::RecordId::parse(id)
        .ok()
        .and_then(|id| crate::pages::list::filter::name_of(ctx, id))
        .is_some_and(|known| known == text);
    if text.is_empty() || is_named {
        return Ok(if text.is_empty() { String::new() } else { id.to_owned() });
    }
    for target in column.map(|column| column.targets.as_slice()).unwrap_or_default() {
        match record(ctx, ctx.object(target)?, text)? {
            Matched::One(id, _) => return Ok(id.to_string()),
            Matched::Several(_) => {
                let words = format!("Several records match “{text}”. Type the whole name.");
                problems.add_typed(format!("{property}.value"), text, words);
                return Ok(id.to_owned());
            }
            Matched::None => {}
        }
    }
    problems.add_typed(format!("{property}.value"), text, format!("No record that you can see is called “{text}”."));
    Ok(id.to_owned())
}
