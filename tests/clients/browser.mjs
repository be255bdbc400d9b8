// Runs one browser journey: opens a page in the installed Chromium, hands it to a script, and reports in JSON.
//
// A journey is a module whose default export is `async ({ page, context, args, expect, axe, screenshot, allow }) => result`.
//   page, context   Playwright's
//   args            what the test passed in
//   expect          the checks of expect.mjs
//   axe             (options?) => finds what keeps people out; fails on "serious" and worse unless told otherwise
//   screenshot      (name, options?) => writes <name>.png into the test's folder of pictures
//   allow           (pattern) => a problem of the page that this journey provokes on purpose
//
// What a page reports about itself fails the journey too: errors on its console, uncaught exceptions, and violations
// of its content security policy.
//
// The job is the one argument, in JSON; the report is the last line of output. The journey is given up when standard
// input ends, so that a browser never outlives its test.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, makeExpect } from "./expect.mjs";
import { fileOf, load } from "./packages.mjs";

const job = JSON.parse(process.argv[2]);
const { chromium } = load("playwright-core");

/** How long one step waits for what it expects: long enough for a machine that is busy with other tests. */
const STEP_MS = 10_000;

const SEVERITY = ["minor", "moderate", "serious", "critical"];

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-pings",
  "--font-render-hinting=none",
  // Shared memory is small in many containers.
  "--disable-dev-shm-usage",
];

async function launch() {
  const open = (chromiumSandbox) =>
    chromium.launch({ executablePath: job.chromium, headless: true, chromiumSandbox, args: FLAGS });
  // Chromium's own sandbox cannot start as root, nor in many containers. The pages are the project's own, so doing
  // without is no risk.
  if (process.getuid() === 0) return open(false);
  try {
    return await open(true);
  } catch (error) {
    if (/sandbox/i.test(error.message)) return open(false);
    throw error;
  }
}

/** Collects what the pages of a context report about themselves. */
async function watch(context) {
  const problems = [];
  const allowed = [];
  const note = (text) => problems.push(text);
  await context.exposeFunction("__reportPolicyViolation", (text) => note(`content security policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const where = event.sourceFile ? ` in ${event.sourceFile}:${event.lineNumber}` : "";
      globalThis.__reportPolicyViolation(`${event.violatedDirective} forbids ${event.blockedURI}${where}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() === "error") note(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => note(`uncaught: ${error.error().stack ?? error.error()}`));
  return {
    allow: (pattern) => allowed.push(pattern),
    unexpected: () => problems.filter((text) => !allowed.some((pattern) => text.match(pattern))),
  };
}

function makeAxe(page) {
  return async ({ within = undefined, from = "serious", without = [] } = {}) => {
    await page.evaluate(await readFile(fileOf("axe-core/axe.min.js"), "utf8"));
    const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    const outcome = await page.evaluate(
      ([scope, rules]) => globalThis.axe.run(scope ?? document, { rules, resultTypes: ["violations"] }),
      [within, rules],
    );
    const found = outcome.violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      places: nodes.map((node) => node.target.join(" ")),
    }));
    const bad = found.filter(({ impact }) => SEVERITY.indexOf(impact) >= SEVERITY.indexOf(from));
    if (bad.length > 0) {
      const lines = bad.map(({ id, impact, help, places }) => `  ${impact} ${id}: ${help}\n    ${places.join("\n    ")}`);
      throw new Failure(`accessibility of ${page.url()}:\n${lines.join("\n")}`);
    }
    return found;
  };
}

async function run(browser) {
  const context = await browser.newContext({
    baseURL: job.baseUrl ?? undefined,
    viewport: job.viewport,
    colorScheme: job.colorScheme,
    locale: job.locale,
    timezoneId: job.timeZone,
    javaScriptEnabled: job.javaScript,
    // Pictures and checks must not depend on how far an animation has come.
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(STEP_MS);
  const watched = await watch(context);
  const page = await context.newPage();
  const screenshots = [];
  const screenshot = async (name, options = {}) => {
    const path = join(job.screenshots, `${name}.png`);
    await page.screenshot({ path, fullPage: true, animations: "disabled", caret: "hide", ...options });
    screenshots.push(path);
    return path;
  };
  const report = { ok: true, result: null, failures: [], screenshots };
  try {
    const journey = await import(pathToFileURL(job.script).href);
    const tools = { page, context, args: job.args, screenshot, allow: watched.allow };
    report.result =
      (await journey.default({ ...tools, expect: makeExpect(page, STEP_MS), axe: makeAxe(page) })) ?? null;
  } catch (error) {
    report.failures.push(error instanceof Failure ? `${error.message}\n${ownFrames(error)}` : String(error.stack ?? error));
    // What the page looked like says more than the message. A page that is gone cannot be pictured.
    await screenshot("failure").catch(() => {});
    report.failures.push(`the page was at ${page.url()}`);
  }
  report.failures.push(...watched.unexpected());
  report.ok = report.failures.length === 0;
  await context.close();
  return report;
}

/** The frames of the journey itself: where to look first. */
function ownFrames(error) {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => line.includes(job.script))
    .join("\n");
}

const browser = await launch();
process.stdin.on("end", () => browser.close().finally(() => process.exit(1)));
process.stdin.resume();
try {
  const report = await run(browser);
  process.stdout.write(`\n${JSON.stringify(report)}\n`);
} finally {
  process.stdin.removeAllListeners("end");
  process.stdin.destroy();
  await browser.close();
}
