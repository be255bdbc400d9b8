//! Bulk API 1.0 (`/services/async`): jobs of many batches, in XML, JSON and CSV. The token comes in a header of its own,
//! errors have a form of their own. A reply follows the job's content type, the one that makes a job the request's.

mod batch;
mod error;
mod form;
mod job;
mod outcomes;
mod xml;

pub(crate) use batch::{add as batch_add, get as batch_get, list as batch_list, request, result, rows};
pub(crate) use error::refused;
pub(crate) use job::{change, create, get};
