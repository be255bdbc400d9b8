//! One column of a list: the field at the end of its path.

use model::{FieldSchema, ObjectSchema};
use platform::{Ctx, ListViewSaid};
use serde_json::{Value as Json, json};

/// The columns of a list in order; those behind the last are there for programs and are not shown.
pub(super) fn columns(ctx: &Ctx, object: &ObjectSchema, said: &ListViewSaid) -> Vec<Json> {
    let shown = said.columns.iter().map(|path| (path, false));
    shown
        .chain(said.hidden.iter().map(|path| (path, true)))
        .map(|(path, hidden)| column(ctx, object, said, path, hidden))
        .collect()
}

fn column(ctx: &Ctx, object: &ObjectSchema, said: &ListViewSaid, path: &str, hidden: bool) -> Json {
    let (label, data_type, is_sortable) = match end_of(ctx, object, path) {
        Some((parent, field)) => {
            let label = match parent {
                Some(parent) => format!("{}: {}", parent.label(), field.label()),
                None => field.label().to_owned(),
            };
            (label, field.data_type().api_name(), field.is_sortable())
        }
        // The name of one of several kinds of records.
        None => (path.to_owned(), "string", true),
    };
    let order = said.order.iter().position(|sort| sort.path.eq_ignore_ascii_case(path));
    let direction = order.map(|at| if said.order[at].descending { "descending" } else { "ascending" });
    json!({
        "ascendingLabel": is_sortable.then_some("Z-A"),
        "descendingLabel": is_sortable.then_some("A-Z"),
        "fieldNameOrPath": path,
        "hidden": hidden,
        "label": label,
        "searchable": data_type == "string",
        "selectListItem": path,
        "sortDirection": direction,
        "sortIndex": order,
        "sortable": is_sortable,
        "type": data_type,
    })
}

/// The field at the end of a path, and the object it is of where that is another; none behind a reference to several.
fn end_of<'a>(
    ctx: &'a Ctx,
    object: &'a ObjectSchema,
    path: &str,
) -> Option<(Option<&'a ObjectSchema>, &'a FieldSchema)> {
    let mut at = object;
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            return Some(((at.ix != object.ix).then_some(at), at.find_field(step)?));
        }
        let reference = at.find_relationship(step)?;
        let [target] = reference.targets.as_slice() else { return None };
        at = ctx.schema().object(*target);
    }
    None
}
