//! Several calls in one.

use super::route;
use crate::composite;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::Post;

pub(super) const COMPOSITE: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/composite",
        "composite_run",
        "Up to 25 calls in order, later ones using what earlier ones answered",
        Data(composite::composite),
    ),
    route(
        Post,
        "/services/data/v{version}/composite/batch",
        "batch_run",
        "Up to 25 calls that have nothing to do with each other",
        Data(composite::batch),
    ),
    route(
        Post,
        "/services/data/v{version}/composite/tree/{object}",
        "tree_create",
        "Up to 200 records with their children, all or none",
        Data(composite::tree),
    ),
];
