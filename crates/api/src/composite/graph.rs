//! `composite/graph`: graphs of records, each saved in one transaction of its own.

use super::part::{parts, route_of, text};
use super::reference::references;
use super::sequence::{check_names, response, run_whole};
use crate::call::Call;
use crate::reply::Reply;
use crate::route::Handler;
use model::{Error, ErrorCode, Result};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

const MOST_GRAPHS: usize = 75;
/// Parts of all graphs together.
const MOST_NODES: usize = 500;

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

        read.push((name, nodes));
    }
    let mut out = Vec::with_capacity(read.len());
    for (name, nodes) in read {
        let (done, is_successful) = run_whole(ctx, call, &nodes, &in_order(&nodes))?;
        out.push(json!({
            "graphId": name,
            "graphResponse": response(&nodes, done)?,
            "isSuccessful": is_successful,
        }));
    }
    Ok(Reply::json(&json!({"graphs": out})))
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

/// Every node behind those whose answers it uses, else as they were given. Nodes that wait for each other come last, and
/// are told that what they name has no value.
fn in_order(nodes: &[Node<'_>]) -> Vec<usize> {
    let names: Vec<&str> = nodes.iter().map(|node| text(node, "referenceId").unwrap_or_default()).collect();
    let needs: Vec<HashSet<usize>> = nodes
        .iter()
        .map(|node| {
            let mut used = Vec::new();
            references(node.get("url").unwrap_or(&Json::Null), &mut used);
            references(node.get("body").unwrap_or(&Json::Null), &mut used);
            used.iter().filter_map(|name| names.iter().position(|known| known == name)).collect()
        })
        .collect();
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
}
