//! `composite/graph`: graphs of records, each saved in one transaction of its own.

use super::part::{parts, route_of, text};
use super::reference::references;
use super::sequence::{check_names, keyed, response, run_whole};
use crate::call::Call;
use crate::idempotency;
use crate::reply::Reply;
use crate::route::Handler;
use crate::work::Work;
use model::{Error, ErrorCode, Result};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

const MOST_GRAPHS: usize = 75;
/// Parts of all graphs together.
const MOST_NODES: usize = 500;
/// Nodes of a graph in a row, each using the answer of the one before.
const MOST_DEPTH: usize = 15;
/// Kinds of nodes in one graph: a method on an object.
const MOST_KINDS: usize = 15;

type Node<'a> = &'a Map<String, Json>;

pub(crate) fn graph(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let graphs = parts(&body, "graphs", MOST_GRAPHS)?;
    let mut read = Vec::with_capacity(graphs.len());
    let (mut names, mut count) = (HashSet::new(), 0);
    for graph in graphs {
        let name = text(graph, "graphId")?;
        if !names.insert(name) {
            let message = format!("The graphId {name} is given twice.");
            return Err(Error::new(ErrorCode::InvalidField, message).with_field("graphId"));
        }
        let nodes = parts(graph, "compositeRequest", MOST_NODES)?;
        count += nodes.len();
        if count > MOST_NODES {
            let message = format!("The graphs of one call have at most {MOST_NODES} nodes together.");
            return Err(Error::new(ErrorCode::ExceededIdLimit, message));
        }
        check_names(&nodes)?;
        nodes.iter().try_for_each(|node| check_node(node))?;
        check_shape(name, &nodes)?;
        read.push((name, nodes));
    }
    let all: Vec<Node<'_>> = read.iter().flat_map(|(_, nodes)| nodes.iter().copied()).collect();
    let run = |work: &mut Work<'_, '_, '_>| -> Result<(Reply, bool)> {
        let (mut out, mut made) = (Vec::with_capacity(read.len()), false);
        for (name, nodes) in &read {
            let (done, is_successful) = run_whole(work, call, nodes, &in_order(nodes))?;
            made |= is_successful;
            out.push(json!({
                "graphId": name,
                "graphResponse": response(nodes, done)?,
                "isSuccessful": is_successful,
            }));
        }
        Ok((Reply::json(&json!({"graphs": out})), made))
    };
    match idempotency::key_of(call) {
        None => run(&mut Work::Apart(ctx)).map(|(reply, _)| reply),
        Some(key) => keyed(ctx, "graph_run", call, key, &all, run),
    }
}

/// A node reads or changes one record.
fn check_node(node: Node<'_>) -> Result<()> {
    let (method, url) = (text(node, "method")?, text(node, "url")?);
    let path = url.split('?').next().unwrap_or_default();
    let found = route_of(method, path)?.0;
    if found.pattern.contains("/sobjects/{object}") && matches!(found.handler, Handler::Records(_)) {
        return Ok(());
    }
    let message = format!("A node of a graph reads or changes one record; {method} {path} does something else.");
    Err(Error::new(ErrorCode::InvalidField, message).with_field("url"))
}

/// How deep a graph is and how many kinds of nodes it has.
fn check_shape(name: &str, nodes: &[Node<'_>]) -> Result<()> {
    let mut kinds = HashSet::new();
    for node in nodes {
        let (method, url) = (text(node, "method")?, text(node, "url")?);
        let (_, params) = route_of(method, url.split('?').next().unwrap_or_default())?;
        let object = params.into_iter().find(|(name, _)| *name == "object").map(|(_, object)| object);
        kinds.insert((method.to_ascii_uppercase(), object.unwrap_or_default().to_lowercase()));
    }
    let refuse = |what: String| {
        Err(Error::new(ErrorCode::ExceededIdLimit, format!("The graph {name} {what}")).with_field("compositeRequest"))
    };
    if kinds.len() > MOST_KINDS {
        return refuse(format!(
            "has {} kinds of nodes, each a method on an object; at most {MOST_KINDS} are allowed.",
            kinds.len()
        ));
    }
    let needs = needs(nodes);
    let mut depth = vec![1_usize; nodes.len()];
    for at in in_order(nodes) {
        // Nodes that wait for each other are told so when they run.
        depth[at] = 1 + needs[at].iter().filter(|other| **other != at).map(|other| depth[*other]).max().unwrap_or(0);
    }
    match depth.iter().max() {
        Some(deepest) if *deepest > MOST_DEPTH => {
            refuse(format!("is {deepest} nodes deep; at most {MOST_DEPTH} may build on each other."))
        }
        _ => Ok(()),
    }
}

/// For each node those whose answers it uses.
fn needs(nodes: &[Node<'_>]) -> Vec<HashSet<usize>> {
    let names: HashMap<&str, usize> =
        nodes.iter().enumerate().map(|(at, node)| (text(node, "referenceId").unwrap_or_default(), at)).collect();
    nodes
        .iter()
        .map(|node| {
            let mut used = Vec::new();
            references(node.get("url").unwrap_or(&Json::Null), &mut used);
            references(node.get("body").unwrap_or(&Json::Null), &mut used);
            used.iter().filter_map(|name| names.get(name).copied()).collect()
        })
        .collect()
}

/// Every node behind those whose answers it uses, else as they were given. Nodes that wait for each other come last, and
/// are told that what they name has no value.
fn in_order(nodes: &[Node<'_>]) -> Vec<usize> {
    let needs = needs(nodes);
    let mut order = Vec::with_capacity(nodes.len());
    let mut placed = HashSet::new();
    while order.len() < nodes.len() {
        let ready = (0..nodes.len()).find(|at| !placed.contains(at) && needs[*at].is_subset(&placed));
        let next = ready.or_else(|| (0..nodes.len()).find(|at| !placed.contains(at)));
        let Some(at) = next else { break };
        placed.insert(at);
        order.push(at);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_comes_behind_those_whose_answers_it_uses() {
        let node = |name: &str, url: &str, body: Json| json!({"referenceId": name, "url": url, "body": body});
        let nodes = [
            node("c", "/x", json!({"AccountId": "@{b.id}"})),
            node("a", "/x", json!({})),
            node("b", "/x/@{a.id}", json!({"List": [{"Deep": "of @{a.id}"}]})),
            node("turn", "/x/@{round.id}", Json::Null),
            node("round", "/x/@{turn.id}", Json::Null),
        ];
        let nodes: Vec<Node<'_>> = nodes.iter().filter_map(Json::as_object).collect();
        assert_eq!(in_order(&nodes), [1, 2, 0, 3, 4]);
    }

    #[test]
    fn a_graph_is_fifteen_nodes_deep_and_has_fifteen_kinds_of_nodes_at_most() {
        let chain = |length: usize| -> Vec<Json> {
            let url = |at: usize| match at {
                0 => "/services/data/v60.0/sobjects/Account".to_owned(),
                _ => format!("/services/data/v60.0/sobjects/Account/@{{n{}.id}}", at - 1),
            };
            (0..length)
                .map(|at| json!({"referenceId": format!("n{at}"), "method": if at == 0 { "POST" } else { "PATCH" }, "url": url(at)}))
                .collect()
        };
        let kinds = |count: usize| -> Vec<Json> {
            let node = |at: usize| {
                let url = format!("/services/data/v60.0/sobjects/Thing{at}__c");
                json!({"referenceId": format!("k{at}"), "method": "POST", "url": url})
            };
            (0..count).map(node).collect()
        };
        let judge = |nodes: Vec<Json>| check_shape("g", &nodes.iter().filter_map(Json::as_object).collect::<Vec<_>>());
        assert!(judge(chain(15)).is_ok());
        assert!(judge(kinds(15)).is_ok());
        for (nodes, words) in [(chain(16), "is 16 nodes deep"), (kinds(16), "has 16 kinds of nodes")] {
            let error = judge(nodes).expect_err("too much");
            assert!(error.message().contains(words), "{}", error.message());
        }
    }
}
