//! What a new report of a type begins with: the columns that lists of its records show, and their number.

use crate::pages::list::columns;
use app_reports::{ReportMetadata, report_choices};
use model::Result;
use platform::Ctx;

/// Columns that a new report has at most.
const COLUMNS: usize = 6;

/// # Errors
/// Names what is wrong with the type.
pub(super) fn definition(ctx: &Ctx, type_name: &str) -> Result<ReportMetadata> {
    let choices = report_choices(ctx, type_name)?;
    let mut definition = ReportMetadata::new(type_name);
    let objects: Vec<(String, &model::ObjectSchema)> = levels(ctx, type_name);
    let several = objects.len() > 1;
    for (prefix, object) in &objects {
        for field in columns::usual(ctx, object) {
            let reference = field.data_type().as_reference();
            let path = match reference.and_then(|reference| reference.relationship.as_deref()) {
                Some(step) => format!("{step}.Name"),
                None => field.name().to_owned(),
            };
            let name = if several { format!("{prefix}.{path}") } else { path };
            let is_new = !definition.detail_columns.contains(&name);
            let room = if several { COLUMNS / 2 } else { COLUMNS };
            let of_this =
                definition.detail_columns.iter().filter(|known| !several || known.starts_with(prefix)).count();
            if is_new && of_this < room && choices.column(&name).is_some() {
                definition.detail_columns.push(name);
            }
        }
    }
    definition.aggregates.push("RowCount".to_owned());
    Ok(definition)
}

/// The objects of a type, each with what its columns begin with.
fn levels<'a>(ctx: &'a Ctx, type_name: &str) -> Vec<(String, &'a model::ObjectSchema)> {
    let mut names = type_name.split('$');
    let Some(first) = names.next().and_then(|name| ctx.object(name).ok()) else { return Vec::new() };
    let mut levels = vec![(first.name().to_owned(), first)];
    for name in names {
        let name = name.trim_start_matches('~');
        let above = levels[levels.len() - 1].1;
        let Some(children) = above.find_children(name) else { break };
        levels.push((name.to_owned(), ctx.schema().object(children.child)));
    }
    levels
}
