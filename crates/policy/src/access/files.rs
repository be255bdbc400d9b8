//! Files: a document is opened by the records that it is linked to.

use super::{Access, Level};
use model::{FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema};

/// The object whose records are opened by links.
const DOCUMENT: &str = "ContentDocument";
/// The object whose records link a document to a record or a user.
const DOCUMENT_LINK: &str = "ContentDocumentLink";

/// The `ShareType` of a link that lets everybody who sees the record change the document. Any other lets them read it.
const COLLABORATOR: &str = "C";
/// The one that gives as much as the asker may do with the record.
const INFERRED: &str = "I";

/// What the links of documents give to whoever sees the records they lead to, and to the users they name. `through`
/// makes the predicate of the record behind a reference.
pub(super) fn linked<'a>(
    schema: &'a OrgSchema,
    object: &ObjectSchema,
    level: Level,
    through: impl Fn((&'a ObjectSchema, FieldIx), Level) -> Access,
) -> Option<Access> {
    if object.name() != DOCUMENT || level > Level::Edit {
        return None;
    }
    let links = schema.find_object(DOCUMENT_LINK)?;
    let field = |name: &str| links.find_field(name);
    let (document, entity, kind) = (field("ContentDocumentId")?, field("LinkedEntityId")?, field("ShareType")?.ix);
    let user = schema.find_object("User").map(|user| user.ix);
    // A user's own record is readable to many; the link is for the user alone.
    let to_user = || Access::Owner { field: entity.ix, hierarchy: false };
    let to_record = |level| records_only(through((links, entity.ix), level), entity, user);
    let of_kind =
        |kinds: &[&str]| Access::OneOf { field: kind, values: kinds.iter().map(|k| (*k).to_owned()).collect() };
    let access = match level {
        Level::Read => Access::any([to_user(), to_record(Level::Read)]),
        _ => Access::any([
            Access::all([of_kind(&[COLLABORATOR]), Access::any([to_user(), to_record(Level::Read)])]),
            Access::all([of_kind(&[INFERRED]), to_record(Level::Edit)]),
        ]),
    };
    Some(Access::Child { child: links.ix, field: document.ix, access: Box::new(access) })
}

/// The predicate over a reference without the users that it may lead to.
fn records_only(access: Access, entity: &FieldSchema, user: Option<ObjectIx>) -> Access {
    match access {
        Access::Parent { field, targets } if field == entity.ix => {
            let targets: Vec<_> = targets.into_iter().filter(|(target, _)| Some(*target) != user).collect();
            if targets.is_empty() { Access::Nothing } else { Access::Parent { field, targets } }
        }
        other => other,
    }
}
