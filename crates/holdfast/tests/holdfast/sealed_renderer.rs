//! Files and pictures made by the built binary in its role as a renderer.

use crate::program::BINARY;
use holdfast::sealed::SealedRenderer;
use model::Decimal;
use platform::Renderer;
use render::chart::{Chart, ChartKind};
use render::format::NumberStyle;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
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
    let request =
        render::worker::chart_png_request(&chart, &render::worker::ChartFile::new(600.0, "en-GB")).expect("a request");
    let answer = SealedRenderer::of(BINARY).render(request.clone()).expect("an answer");
    assert_eq!(answer, render::worker::answer(&request), "the child answers what this process would");
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
