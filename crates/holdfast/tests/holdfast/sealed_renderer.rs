//! Files and pictures made by the built binary in its role as a renderer.

use crate::program::BINARY;
use holdfast::sealed::SealedRenderer;
use model::Decimal;
use platform::Renderer;
use render::chart::{Chart, ChartKind};
use render::format::NumberStyle;
use render::worker;
use std::io::{Read as _, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A program that stands in for a renderer that misbehaves.
fn stand_in(folder: &tempfile::TempDir, script: &str) -> PathBuf {
    let path = folder.path().join("renderer");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    path
}

fn failure(script: &str, limit: Duration) -> String {
    let folder = test_support::temp_dir().expect("a folder");
    let renderer = SealedRenderer::of(stand_in(&folder, script)).time_limit(limit);
    let error = renderer.render(vec![0; 1 << 20]).expect_err("it fails");
    format!("{} / {}", error.message(), error.internal_cause().unwrap_or_default())
}

#[test]
fn a_chart_is_drawn_by_a_child_process() {
    let points = [("Prospecting", 1250), ("Qualification", 840)];
    let chart = Chart::single(
        "Amount by stage",
        ChartKind::Donut,
        NumberStyle::Plain { scale: 0 },
        points.map(|(name, value)| (name.to_owned(), Some(Decimal::from(value)))),
    );
    let request = worker::chart_png_request(&chart, &worker::ChartFile::new(600.0, "en-GB")).expect("a request");
    let answer = SealedRenderer::of(BINARY).render(request.clone()).expect("an answer");
    assert_eq!(answer, worker::answer(&request), "the child answers what this process would");
}

#[test]
fn a_renderer_that_hangs_is_killed_at_its_limit() {
    let words = failure("exec sleep 600", Duration::from_millis(200));
    assert!(words.contains("was not finished") && words.contains("killed"), "{words}");
}

#[test]
fn a_renderer_that_dies_is_an_error_and_not_an_empty_file() {
    let words = failure("kill -9 $$", Duration::from_secs(20));
    assert!(words.contains("needs more memory or time") && words.contains("signal: 9"), "{words}");
    let words = failure("exit 0", Duration::from_secs(20));
    assert!(words.contains("the renderer ended"), "{words}");
}

#[test]
fn a_renderer_sees_nothing_of_the_servers_environment() {
    let folder = test_support::temp_dir().expect("a folder");
    let renderer =
        SealedRenderer::of(stand_in(&folder, "cat >/dev/null; pwd; env")).time_limit(Duration::from_secs(20));
    let seen = String::from_utf8(renderer.render(Vec::new()).expect("an answer")).expect("text");
    let names: Vec<&str> = seen.lines().skip(1).filter_map(|line| line.split('=').next()).collect();
    assert_eq!(seen.lines().next(), Some("/"));
    assert!(names.iter().all(|name| ["PWD", "SHLVL", "OLDPWD", "_"].contains(name)), "{names:?}");
}

#[test]
fn more_renderings_than_may_run_at_once_wait_for_their_turn() {
    let folder = test_support::temp_dir().expect("a folder");
    // Each stand-in counts itself while it works, and answers with how many there were.
    let script =
        format!("cd {}; mkdir $$.busy; ls -d *.busy | wc -l; cat >/dev/null; rmdir $$.busy", folder.path().display());
    let renderer = SealedRenderer::of(stand_in(&folder, &script)).time_limit(Duration::from_secs(20));
    let seen: Vec<u32> = std::thread::scope(|scope| {
        let renderings: Vec<_> = (0..8).map(|_| scope.spawn(|| renderer.render(vec![0; 1 << 16]))).collect();
        let counted = renderings.into_iter().map(|one| one.join().expect("no panic").expect("an answer"));
        counted.map(|answer| String::from_utf8_lossy(&answer).trim().parse().expect("a number")).collect()
    });
    assert!(seen.iter().all(|busy| (1..=2).contains(busy)), "{seen:?}");
}

/// A header as a request begins with it, and rows that are made while the child reads them.
fn feed(mut input: impl Write, header: &[u8], rows: u32, row: impl Fn(u32) -> String) -> std::io::Result<()> {
    input.write_all(header)?;
    let mut chunk = String::new();
    for at in 0..rows {
        chunk.push_str(&row(at));
        chunk.push('\n');
        if chunk.len() > 60_000 || at + 1 == rows {
            input.write_all(chunk.as_bytes())?;
            chunk.clear();
        }
    }
    Ok(())
}

/// Renders so many rows, and gives the most memory that the child had, in KiB, and the bytes of its answer.
fn peak(header: &[u8], rows: u32, row: impl Fn(u32) -> String + Sync) -> (u64, u64) {
    let mut child = Command::new(BINARY)
        .arg(holdfast::sealed::ROLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let status = format!("/proc/{}/status", child.id());
    let (mut most, mut bytes) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| feed(input, header, rows, &row).expect("the child reads to the end"));
        let mut piece = vec![0; 64 * 1024];
        loop {
            let read = output.read(&mut piece).expect("an answer");
            bytes += read as u64;
            // A process that has ended has no memory to tell of.
            let told = std::fs::read_to_string(&status).unwrap_or_default();
            let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            most = most.max(size.unwrap_or(0));
            if read == 0 {
                break;
            }
        }
    });
    assert!(child.wait().expect("it ends").success());
    assert!(most > 0 && bytes > 0);
    (most, bytes)
}

fn columns() -> Vec<render::Column> {
    let kinds = |at: u32| match at % 4 {
        0 => render::Column::text(format!("Name {at}")),
        1 => render::Column::currency(format!("Amount {at}"), "EUR"),
        2 => render::Column::date(format!("Day {at}")),
        _ => render::Column::number(format!("Score {at}"), 0),
    };
    (0..20).map(kinds).collect()
}

fn row(at: u32) -> String {
    let cells: Vec<model::Value> = (0..20)
        .map(|column| match column % 4 {
            0 => format!("Opportunity number {at} of many").into(),
            1 => model::Value::Number(Decimal::new(i64::from(at) * 100 + 99, 2)),
            2 => model::Value::Date(model::Date::from_days(20_000 + i32::try_from(at % 900).expect("a few"))),
            _ => model::Value::Int(i64::from(at)),
        })
        .collect();
    serde_json::json!({"role": "detail", "cells": cells}).to_string()
}

#[test]
fn memory_of_a_render_stays_the_same_however_many_rows_there_are() {
    let table = render::Table { title: "Deals".into(), columns: columns(), ..render::Table::default() };
    let created = model::Instant::from_ms(0);
    let pdf = worker::PdfFile { as_of: None, created, locale: "en_GB".into(), filters: Vec::new(), landscape: None };
    let requests = [
        ("XLSX", worker::xlsx_request(&table, &worker::XlsxFile { as_of: None, created }), 128),
        ("CSV", worker::csv_request(&table, worker::CsvFile::default()), 32),
        ("PDF", worker::pdf_request(&table, None, &pdf), 256),
    ];
    for (name, header, bound) in requests {
        let header = header.expect("a request");
        let (few, _) = peak(&header, 500, row);
        let (many, bytes) = peak(&header, 5_000, row);
        assert!(many < bound * 1024, "{name}: {many} KiB");
        assert!(many < few + 6 * 1024, "{name}: {few} KiB for few rows, {many} KiB for many");
        assert!(bytes > 150_000, "{name}: {bytes}");
    }
}

#[test]
fn a_render_opens_no_file_and_no_socket_and_leaves_nothing_when_it_is_killed() {
    let folder = test_support::temp_dir().expect("a folder");
    let trace = folder.path().join("trace");
    let table = render::Table { title: "Deals".into(), columns: columns(), ..render::Table::default() };
    let created = model::Instant::from_ms(0);
    let zone = Some((created, "Europe/Berlin".to_owned()));
    let pdf =
        worker::PdfFile { as_of: zone.clone(), created, locale: "en_GB".into(), filters: Vec::new(), landscape: None };
    let protection = render::protect::Protection::new("correct horse battery", [3; 32]).expect("a password");
    let plain = [
        worker::xlsx_request(&table, &worker::XlsxFile { as_of: zone, created }).expect("a request"),
        worker::csv_request(&table, worker::CsvFile::default()).expect("a request"),
        worker::pdf_request(&table, None, &pdf).expect("a request"),
    ];
    for header in plain {
        let protected = worker::protected_request(&header, "deals.csv", &protection).expect("a request");
        for header in [header, protected] {
            let mut child = Command::new("strace")
                .args(["-f", "-qq", "-e", "trace=%file,%network,memfd_create,prlimit64,setrlimit", "-o"])
                .arg(&trace)
                .args([BINARY, holdfast::sealed::ROLE])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("strace; `cargo xtask setup` installs it");
            let input = child.stdin.take().expect("a pipe");
            let answer = std::thread::scope(|scope| {
                scope.spawn(|| feed(input, &header, 40, row).expect("the child reads to the end"));
                child.wait_with_output().expect("it ends").stdout
            });
            worker::read_answer(&answer).expect("a file");
            let told = std::fs::read_to_string(&trace).expect("a trace");
            let sealed = told.lines().position(|line| line.contains("RLIMIT_CORE")).expect("its limits are set");
            let after: Vec<&str> = told.lines().skip(sealed + 1).filter(|line| !line.contains("+++")).collect();
            assert!(after.is_empty(), "after its limits were set: {after:?}");
        }
    }
    // One that is killed in the middle of a table.
    let work = folder.path().join("work");
    std::fs::create_dir(&work).expect("a folder");
    let mut child = Command::new(BINARY)
        .arg(holdfast::sealed::ROLE)
        .current_dir(&work)
        .env("TMPDIR", &work)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let header = worker::csv_request(&table, worker::CsvFile::default()).expect("a request");
    let mut output = child.stdout.take().expect("a pipe");
    let rows: String = (0..400).map(|at| row(at) + "\n").collect();
    std::thread::scope(|scope| {
        let input = &mut input;
        scope.spawn(move || input.write_all(&[&header[..], rows.as_bytes()].concat()).expect("it takes them"));
        output.read_exact(&mut [0; 1000]).expect("it has begun to answer");
    });
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    assert_eq!(std::fs::read_dir(&work).expect("a folder").count(), 0);
}
