//! Several calls in one.

use super::route;
use crate::composite;
use crate::route::Handler::{Data, Records};
use crate::route::Route;
use crate::route::Verb::Post;

pub(super) const COMPOSITE: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/composite",
        "composite_run",
        "Up to 25 calls in order, later ones using what earlier ones answered",
        Data(composite::composite),
    )
    .takes("CompositeBody")
    .gives(&[(200, "CompositeResult")]),
    route(
        Post,
        "/services/data/v{version}/composite/batch",
        "batch_run",
        "Up to 25 calls that have nothing to do with each other",
        Data(composite::batch),
    )
    .takes("BatchBody")
    .gives(&[(200, "BatchResult")]),
    route(
        Post,
        "/services/data/v{version}/composite/graph",
        "graph_run",
        "Up to 500 calls in graphs, each saved whole or not at all",
        Data(composite::graph),
    )
    .takes("GraphBody")
    .gives(&[(200, "GraphResult")]),
    route(
        Post,
        "/services/data/v{version}/composite/tree/{object}",
        "tree_create",
        "Up to 200 records with their children, all or none",
        Records(composite::tree),
    )
    .takes("TreeBody")
    .gives(&[(201, "TreeResult"), (400, "TreeRefusal")]),
];
