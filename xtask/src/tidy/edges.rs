//! Which crate of ours may depend on which: the layers of ARCHITECTURE.md.

use super::Violation;
use super::crates::Crate;

/// Each crate with what it may depend on. An app may use neither another app nor what lies around the platform.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("formula", &["model"]),
    ("soql", &["model", "formula"]),
    ("policy", &["model", "soql"]),
    ("store", &["model", "formula", "soql", "policy"]),
    ("render", &["model"]),
    ("platform", &["model", "formula", "soql", "policy", "store", "render"]),
    ("identity", &["model", "policy", "store", "platform"]),
    ("app-*", &["model", "formula", "soql", "render", "platform"]),
    ("api", &["model", "platform", "identity", "render", "app-*"]),
    ("web", &["model", "platform", "identity", "render", "app-*"]),
    (
        "holdfast",
        &["model", "formula", "soql", "policy", "store", "render", "platform", "identity", "app-*", "api", "web"],
    ),
    ("test-support", &["model"]),
    // It measures every layer and never ships.
    ("bench", &["*"]),
    ("xtask", &[]),
];

const EDGE: &str = "The layers are part of the security model: what a crate cannot name, it cannot go around \
    (see the table in ARCHITECTURE.md, kept as a test in xtask/src/tidy/edges.rs).";
const UNKNOWN: &str = "Every crate has a place in the layers: give it one in ARCHITECTURE.md and in \
    xtask/src/tidy/edges.rs.";
const DEV_ONLY: &str = "test-support starts servers and browsers; it is for [dev-dependencies] and the bench alone.";

pub(super) fn check(crates: &[Crate]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for from in crates {
        let Some(allowed) = allowed_from(&from.name) else {
            violations.push(Violation::new(UNKNOWN, format!("{} is in no layer", from.name)));
            continue;
        };
        // Tests may look at a crate from outside its layer; what they use never ships.
        for to in from.dependencies.iter().filter(|to| !to.dev && crates.iter().any(|ours| ours.name == to.name)) {
            if to.name == "test-support" && from.name != "bench" {
                violations.push(Violation::new(DEV_ONLY, format!("{} depends on test-support", from.name)));
            } else if !allowed.iter().any(|pattern| covers(pattern, &to.name)) {
                violations.push(Violation::new(EDGE, format!("{} may not depend on {}", from.name, to.name)));
            }
        }
    }
    violations
}

fn allowed_from(name: &str) -> Option<&'static [&'static str]> {
    LAYERS.iter().find(|(pattern, _)| covers(pattern, name)).map(|(_, allowed)| *allowed)
}

/// Whether a crate's name is the pattern, or begins with it when it ends in `*`.
pub(super) fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(changed: Crate) -> Vec<Crate> {
        let names = ["model", "formula", "store", "platform", "identity", "app-quotes", "app-reports", "test-support"];
        let mut crates: Vec<Crate> = names.iter().map(|name| Crate::new(name, &[])).collect();
        crates.retain(|ours| ours.name != changed.name);
        crates.push(changed);
        crates
    }

    #[test]
    fn an_app_that_reaches_the_store_is_found() {
        let violations = check(&workspace(Crate::new("app-quotes", &["platform", "store"])));
        assert_eq!(violations.len(), 1);
        assert!(violations[0].says("app-quotes may not depend on store"));
    }

    #[test]
    fn an_app_that_reaches_another_app_or_the_identities_is_found() {
        let violations = check(&workspace(Crate::new("app-quotes", &["app-reports", "identity"])));
        assert_eq!(violations.len(), 2);
    }

    #[test]
    fn an_edge_that_turns_back_is_found() {
        let violations = check(&workspace(Crate::new("model", &["formula"])));
        assert!(violations[0].says("model may not depend on formula"));
    }

    #[test]
    fn test_support_outside_of_tests_is_found() {
        let violations = check(&workspace(Crate::new("platform", &["store", "test-support"])));
        assert_eq!(violations.len(), 1);
        assert!(violations[0].says("platform depends on test-support"));
    }

    #[test]
    fn the_bench_may_use_every_layer_and_nobody_may_use_the_bench() {
        assert_eq!(check(&workspace(Crate::new("bench", &["store", "identity", "app-reports", "test-support"]))), []);
        let mut crates = workspace(Crate::new("platform", &["bench"]));
        crates.push(Crate::new("bench", &[]));
        assert!(check(&crates)[0].says("platform may not depend on bench"));
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let violations = check(&workspace(Crate::new("cache", &[])));
        assert!(violations[0].says("cache is in no layer"));
    }

    #[test]
    fn allowed_and_test_edges_and_foreign_crates_pass() {
        let sound = Crate::new("app-quotes", &["platform", "model", "serde", "dev:store", "dev:test-support"]);
        assert_eq!(check(&workspace(sound)), []);
    }
}
