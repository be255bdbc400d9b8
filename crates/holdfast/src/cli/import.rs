//! `holdfast import`: CSV files into an org.

use super::Failure;
use super::args::ImportArgs;
use super::place::{open_existing, org, user};
use crate::import::{Importer, Mapping, Options, Progress, RowNote};
use crate::org_sink::OrgSink;
use crate::terminal::{is_watched, say, tell};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn run(args: &ImportArgs) -> Result<ExitCode, Failure> {
    let text = std::fs::read_to_string(&args.mapping)
        .map_err(|error| Failure::new(format!("The mapping {} cannot be read: {error}.", args.mapping.display())))?;
    let mapping =
        Mapping::parse(&text).map_err(|error| Failure::new(format!("{}:\n{error}", args.mapping.display())))?;
    let installation = open_existing(&args.place)?;
    let org = org(&installation, args.org.as_deref())?;
    let user = user(&org, &args.run_as)?;
    let mut sink = OrgSink::new(&org, user)?;
    let mut progress = Shown::new(args.report.as_deref(), stop_on_signals(&installation)?)?;
    let options = Options { atomic: args.atomic, check: args.check, again: args.again };
    let outcome = Importer::new(mapping, &args.dir).run(&mut sink, &mut progress, options);
    progress.finish()?;
    let summary = outcome.map_err(|error| Failure::new(error.to_string()))?;
    say(summary.to_string().trim_end());
    Ok(ExitCode::from(summary.exit_code()))
}

/// Ctrl-C ends the run between two batches; nothing is half written.
fn stop_on_signals(installation: &crate::installation::Installation) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let _in_runtime = installation.runtime.enter();
    let shutdown = crate::server::Shutdown::on_signals()
        .map_err(|error| Failure::new(format!("Signals cannot be listened for: {error}.")))?;
    let flag = stop.clone();
    installation.runtime.spawn(async move {
        shutdown.wait().await;
        flag.store(true, Ordering::Relaxed);
    });
    Ok(stop)
}

/// A bar on a terminal, one line per row that was repaired or refused.
struct Shown {
    bar: ProgressBar,
    report: Option<(BufWriter<File>, std::path::PathBuf)>,
    broken: Option<std::io::Error>,
    stop: Arc<AtomicBool>,
}

impl Shown {
    fn new(report: Option<&Path>, stop: Arc<AtomicBool>) -> Result<Self, Failure> {
        let report = report
            .map(|path| match File::create(path) {
                Ok(file) => Ok((BufWriter::new(file), path.to_owned())),
                Err(error) => Err(Failure::new(format!("The report {} cannot be written: {error}.", path.display()))),
            })
            .transpose()?;
        let bar = if is_watched() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{prefix:<24} {bar:32} {pos:>7}/{len} {per_sec:>12} {eta:>5}");
        bar.set_style(style.expect("the template is a constant that is tested below"));
        Ok(Self { bar, report, broken: None, stop })
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let Some((report, path)) = &mut self.report else { return Ok(()) };
        let written = match self.broken.take() {
            Some(error) => Err(error),
            None => report.flush(),
        };
        written.map_err(|error| Failure::new(format!("The report {} is not complete: {error}.", path.display())))
    }
}

impl Progress for Shown {
    fn step_started(&mut self, step: &str, _file: &str, rows: u64) {
        self.bar.reset();
        self.bar.set_length(rows);
        self.bar.set_prefix(step.to_owned());
    }

    fn advanced(&mut self, rows: u64) {
        self.bar.inc(rows);
    }

    fn note(&mut self, note: &RowNote) {
        match &mut self.report {
            Some((report, _)) => {
                if let Err(error) = writeln!(report, "{note}") {
                    self.broken.get_or_insert(error);
                }
            }
            None => self.bar.suspend(|| tell(note)),
        }
    }

    fn keep_going(&mut self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        Shown::new(None, Arc::new(AtomicBool::new(false))).expect("a bar");
    }
}
