//! Single records: by id, by external id, by the way from another.

mod by_id;
mod create;
mod external;
mod file;
mod relation;

pub(crate) use by_id::{check_path, delete, field_list, get, update};
pub(crate) use create::create;
pub(crate) use external::{delete_by, get_by, upsert_by};
pub(crate) use file::{attachment_body, version_data};
