//! What changed.

use super::{SPAN, route};
use crate::replication;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::Get;

pub(super) const CHANGES: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/updated",
        "record_list_updated",
        "Ids of records that changed in a span of time",
        Data(replication::updated),
    )
    .gives(&[(200, "Updated")])
    .with(SPAN),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/deleted",
        "record_list_deleted",
        "Records that were deleted in a span of time",
        Data(replication::deleted),
    )
    .gives(&[(200, "Deleted")])
    .with(SPAN),
];
