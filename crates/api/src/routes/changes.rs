//! What changed.

use super::{SPAN, route};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::Get;
use crate::{changes, replication};

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
    route(
        Get,
        "/services/data/v{version}/changes",
        "change_list",
        "What changed of records, in the order of commits: page by page, or as server-sent events",
        Data(changes::list),
    )
    .gives(&[(200, "Changes")])
    .with(&[
        ("objects", "Names of objects, separated by commas; all that one may follow without it"),
        ("replayId", "The last change that one has; -1 for what comes (the default), -2 for all that is kept"),
    ]),
];
