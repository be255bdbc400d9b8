//! One run of everything, in the order in which the results are written.

use crate::cases::{self, Outcome};
use crate::http::{Asked, holdfast, pocketbase};
use crate::orgs::{self, KEPT_SHARE, Opened};
use crate::raw;
use crate::size::Size;
use crate::world::{Backend, World};
use anyhow::Result;
use model::Clock;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to run.
pub struct Plan {
    pub size: Size,
    pub backends: Vec<Backend>,
    /// Only cases whose name contains this.
    pub only: Option<String>,
    /// Where the orgs are made; removed by whoever made it.
    pub dir: PathBuf,
    /// This program, to be started again with an empty memory; without it, idle orgs are not measured.
    pub program: Option<PathBuf>,
    /// The built binary, to be asked over HTTP; without it, that is not measured.
    pub server: Option<PathBuf>,
    /// PocketBase, where it is installed, to be asked the same.
    pub pocketbase: Option<PathBuf>,
}

impl Plan {
    fn wants(&self, case: &str) -> bool {
        self.only.as_ref().is_none_or(|part| case.contains(part))
    }
}

/// What the cases over HTTP are chosen by.
pub const HTTP: &str = "http";

/// What came out.
#[derive(Default)]
pub struct Results {
    pub stores: Vec<StoreResults>,
    pub new_org: Option<Outcome>,
    /// All orgs open, then only some, then none.
    pub opened: Vec<Opened>,
    /// Over HTTP, on the embedded store.
    pub http: Vec<Asked>,
    pub pocketbase: Vec<Asked>,
}

/// The outcomes on one store.
pub struct StoreResults {
    pub backend: Backend,
    pub outcomes: Vec<Outcome>,
}

/// Runs the plan.
///
/// # Errors
/// What any case reports.
pub fn run(plan: &Plan, clock: &Arc<dyn Clock>, progress: &mut dyn FnMut(&str)) -> Result<Results> {
    let mut results = Results::default();
    for backend in &plan.backends {
        progress(&format!("{}: loading", backend.name()));
        let dir = plan.dir.join(match backend {
            Backend::Embedded => "embedded",
            Backend::Postgres => "postgres",
        });
        results.stores.push(on_store(&dir, *backend, plan, clock, progress, &mut results.http)?);
    }
    if let Some(program) = plan.pocketbase.as_ref().filter(|_| plan.wants(HTTP)) {
        progress("PocketBase");
        results.pocketbase = pocketbase::run(program, &plan.dir.join("pocketbase"), &plan.size, progress)?;
    }
    if !plan.wants("new org") {
        return Ok(results);
    }
    progress("making orgs");
    let dir = plan.dir.join("orgs");
    results.new_org = Some(orgs::make(&dir, plan.size.orgs, clock)?);
    if let Some(program) = &plan.program {
        for kept in [usize::MAX, plan.size.orgs / KEPT_SHARE, 0] {
            results.opened.push(orgs::opened(program, &dir, kept)?);
        }
    }
    Ok(results)
}

fn on_store(
    dir: &Path,
    backend: Backend,
    plan: &Plan,
    clock: &Arc<dyn Clock>,
    progress: &mut dyn FnMut(&str),
    http: &mut Vec<Asked>,
) -> Result<StoreResults> {
    let world = World::make(dir, backend, plan.size, clock, progress)?;
    if let Some(server) = plan.server.as_ref().filter(|_| backend == Backend::Embedded && plan.wants(HTTP)) {
        progress("  over HTTP");
        let installed = holdfast::Installed::copy_of(&world, &plan.dir.join("served"))?;
        *http = holdfast::run(server, &installed, &plan.size, progress)?;
    }
    let mut raw = raw::open(&world)?;
    let mut outcomes = Vec::new();
    for case in cases::READS.iter().chain(&cases::WRITES).filter(|case| plan.wants(case.name)) {
        progress(&format!("  {}", case.name));
        outcomes.extend((case.run)(&world, &mut *raw)?);
    }
    for (object, series) in &world.loaded {
        outcomes.push(Outcome { case: "load by a service", of: object, ours: series.clone(), raw: None });
    }
    Ok(StoreResults { backend, outcomes })
}
