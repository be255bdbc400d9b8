//! Which third-party crates may be used where: databases under `store`, HTTP at the edge, neither in an app.

use super::Violation;
use super::crates::Crate;
use super::edges::covers;

/// Third-party crates that only some of our crates may depend on.
struct Restricted {
    crates: &'static [&'static str],
    allowed: &'static [&'static str],
    reason: &'static str,
}

const RESTRICTED: &[Restricted] = &[
    Restricted {
        crates: &[
            "rusqlite",
            "libsqlite3-sys",
            "tokio-postgres",
            "postgres",
            "postgres-protocol",
            "deadpool-postgres",
            "sqlx",
        ],
        // The bench compares with SQL written by hand; it never ships.
        allowed: &["store", "bench"],
        reason: "One gate: only `store` speaks to a database, and it takes authorized plans alone.",
    },
    Restricted {
        crates: &["axum", "axum-core", "axum-extra", "tower-http", "hyper", "hyper-util"],
        allowed: &["api", "web", "holdfast"],
        reason: "HTTP stays at the edge: the same operation serves pages, API, jobs and mail.",
    },
];

/// What no app may depend on, beyond the above.
const NOT_IN_APPS: Restricted = Restricted {
    crates: &["tokio", "http", "tower", "reqwest", "ureq", "isahc", "hyper-tls", "lettre", "async-std", "smol"],
    allowed: &[],
    reason: "An app declares what it wants; the platform runs it, keeps its time, and sends what leaves the org \
        from the outbox.",
};

pub(super) fn check(crates: &[Crate]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for from in crates {
        for rule in RESTRICTED {
            if !rule.allowed.contains(&from.name.as_str()) {
                violations.extend(uses(from, rule));
            }
        }
        if covers("app-*", &from.name) {
            violations.extend(uses(from, &NOT_IN_APPS));
        }
    }
    violations
}

fn uses(from: &Crate, rule: &Restricted) -> Vec<Violation> {
    let used = from.dependencies.iter().filter(|to| !to.dev && rule.crates.contains(&to.name.as_str()));
    used.map(|to| Violation::new(rule.reason, format!("{} may not depend on {}", from.name, to.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_driver_outside_the_store_is_found() {
        let violations = check(&[Crate::new("platform", &["tokio-postgres"]), Crate::new("store", &["rusqlite"])]);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].says("platform may not depend on tokio-postgres"));
    }

    #[test]
    fn a_web_framework_below_the_edge_is_found() {
        let violations = check(&[Crate::new("identity", &["axum"]), Crate::new("web", &["axum", "tower-http"])]);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].says("identity may not depend on axum"));
    }

    #[test]
    fn an_app_with_a_runtime_or_an_http_client_is_found() {
        let violations = check(&[Crate::new("app-quotes", &["tokio", "reqwest", "serde"])]);
        assert_eq!(violations.len(), 2);
        assert!(violations[0].says("app-quotes may not depend on tokio"));
    }

    #[test]
    fn a_driver_in_tests_alone_passes() {
        assert_eq!(check(&[Crate::new("platform", &["dev:tokio-postgres"])]), []);
    }
}
