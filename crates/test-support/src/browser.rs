//! Journeys through the user interface in Debian's own Chromium, written as small scripts for Playwright.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{paths, process, scripts};

/// What the page is told about the person's preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorScheme {
    Light,
    Dark,
}

/// How a journey sees the product; each run has a browser profile of its own.
#[derive(Debug, Clone)]
pub struct Browser {
    base_url: Option<String>,
    size: (u32, u32),
    color_scheme: ColorScheme,
    locale: String,
    time_zone: String,
    java_script: bool,
    screenshots: PathBuf,
    within: Duration,
}

/// What a journey gave back.
#[derive(Debug, Deserialize)]
pub struct BrowserRun {
    /// What the script returned.
    pub result: Value,
    /// The pictures it took, in order.
    pub screenshots: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Report {
    ok: bool,
    failures: Vec<String>,
    #[serde(flatten)]
    run: BrowserRun,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            base_url: None,
            size: (1440, 900),
            color_scheme: ColorScheme::Light,
            locale: "en-US".to_owned(),
            time_zone: "UTC".to_owned(),
            java_script: true,
            screenshots: pictures_of_this_test(),
            within: Duration::from_secs(120),
        }
    }
}

impl Browser {
    /// A desktop browser in English and UTC.
    pub fn new() -> Self {
        Self::default()
    }

    /// What relative addresses of the script are relative to.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.to_owned());
        self
    }

    /// The size of the window in CSS pixels; the default is 1440 by 900.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    #[must_use]
    pub fn color_scheme(mut self, scheme: ColorScheme) -> Self {
        self.color_scheme = scheme;
        self
    }

    /// The person's language and zone, such as `de-DE` and `Europe/Berlin`.
    #[must_use]
    pub fn person_in(mut self, locale: &str, time_zone: &str) -> Self {
        self.locale = locale.to_owned();
        self.time_zone = time_zone.to_owned();
        self
    }

    #[must_use]
    pub fn without_java_script(mut self) -> Self {
        self.java_script = false;
        self
    }

    /// The folder that pictures are written to; the default is one of each test's own under the build directory's
    /// `screenshots`.
    #[must_use]
    pub fn screenshots_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.screenshots = folder.into();
        self
    }

    /// How long the whole journey may take; the default is two minutes.
    #[must_use]
    pub fn within(mut self, bound: Duration) -> Self {
        self.within = bound;
        self
    }

    /// Runs the journey of a script, named relative to the project's root; `tests/clients/browser.mjs` says what it
    /// is given. A failed check, an error on the page's console, an uncaught exception or a violation of the page's
    /// content security policy is an error here, and leaves a picture `failure.png`.
    pub fn run(&self, script: impl AsRef<Path>, args: &Value) -> Result<BrowserRun> {
        let script = script.as_ref();
        let name = script.display().to_string();
        std::fs::create_dir_all(&self.screenshots)
            .with_context(|| format!("{} could not be made", self.screenshots.display()))?;
        let job = json!({
            "script": paths::project_root().join(script),
            "args": args,
            "chromium": paths::program("chromium")?,
            "baseUrl": self.base_url,
            "viewport": { "width": self.size.0, "height": self.size.1 },
            "colorScheme": match self.color_scheme { ColorScheme::Light => "light", ColorScheme::Dark => "dark" },
            "locale": self.locale,
            "timeZone": self.time_zone,
            "javaScript": self.java_script,
            "screenshots": self.screenshots,
        });
        let mut command = Command::new(paths::program("node")?);
        command.env(scripts::NODE_PACKAGES, paths::node_packages()?);
        command.arg(paths::clients_dir().join("browser.mjs")).arg(job.to_string());
        let output = process::run(&name, &mut command, b"", self.within)?.success(&name)?;
        // The script may print too; the report is the last line.
        let report = output.lines().next_back().with_context(|| format!("{name} gave no report"))?;
        let Report { ok, failures, run } =
            serde_json::from_str(report).with_context(|| format!("{name} gave no report but:\n{output}"))?;
        if !ok {
            let pictures = run.screenshots.iter().map(|path| format!("\npicture: {}", path.display()));
            bail!("{name} failed:\n{}{}", failures.join("\n"), pictures.collect::<String>());
        }
        Ok(run)
    }
}

/// `screenshots/<crate>/<module>/<test>` in the build directory, so that tests at the same time do not share a file.
fn pictures_of_this_test() -> PathBuf {
    let pictures = paths::target_dir().join("screenshots");
    let tested = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unknown-crate".to_owned());
    // The test runner names a test's thread after the test.
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unknown-test").replace("::", "/");
    pictures.join(tested).join(test)
}
