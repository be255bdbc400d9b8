//! Single records: by id and by external id.

mod by_id;
mod create;
mod external;
mod file;

pub(crate) use by_id::{delete, field_list, get, update};
pub(crate) use create::create;
pub(crate) use external::{delete_by, get_by, upsert_by};
pub(crate) use file::{attachment_body, version_data};
