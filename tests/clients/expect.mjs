// Checks for browser journeys. A check of the page waits until it holds, at most the time given, because a page that
// is about to change is not yet wrong; a check of plain values decides at once.

import { isDeepStrictEqual, inspect } from "node:util";

const PAUSE_MS = 25;

export class Failure extends Error {}

function matches(actual, expected) {
  return expected instanceof RegExp ? expected.test(actual ?? "") : actual === expected;
}

export function makeExpect(page, withinMs) {
  async function eventually(look, holds, describe) {
    const end = performance.now() + withinMs;
    for (;;) {
      let seen;
      try {
        seen = await look();
      } catch (error) {
        seen = error;
      }
      if (!(seen instanceof Error) && holds(seen)) return seen;
      if (performance.now() > end) {
        const shown = seen instanceof Error ? seen.message : inspect(seen);
        throw new Failure(`${describe}; after ${withinMs} ms it is ${shown}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  const quick = { timeout: PAUSE_MS * 8 };
  const trimmed = (text) => text?.replace(/\s+/g, " ").trim();

  return {
    /** A plain value, decided at once. */
    that(condition, message) {
      if (!condition) throw new Failure(message);
    },
    equal(actual, expected, message = "the values differ") {
      if (!isDeepStrictEqual(actual, expected)) {
        throw new Failure(`${message}: expected ${inspect(expected)}, got ${inspect(actual)}`);
      }
    },
    /** Waits until the function gives something true, and gives it back. */
    eventually: (look, message) => eventually(look, Boolean, message),
    visible: (locator) =>
      eventually(() => locator.isVisible(), (seen) => seen, `${locator} should be visible`),
    hidden: (locator) =>
      eventually(() => locator.isVisible(), (seen) => !seen, `${locator} should not be visible`),
    count: (locator, expected) =>
      eventually(() => locator.count(), (seen) => seen === expected, `${locator} should be there ${expected} times`),
    /** The text as a person sees it: runs of white space are one space. */
    text: (locator, expected) =>
      eventually(
        async () => trimmed(await locator.innerText(quick)),
        (seen) => matches(seen, expected),
        `${locator} should say ${inspect(expected)}`,
      ),
    value: (locator, expected) =>
      eventually(
        () => locator.inputValue(quick),
        (seen) => matches(seen, expected),
        `${locator} should hold ${inspect(expected)}`,
      ),
    attribute: (locator, name, expected) =>
      eventually(
        () => locator.getAttribute(name, quick),
        (seen) => matches(seen, expected),
        `the attribute ${name} of ${locator} should be ${inspect(expected)}`,
      ),
    focused: (locator) =>
      eventually(
        () => locator.evaluate((element) => element === document.activeElement, undefined, quick),
        (seen) => seen,
        `${locator} should have the focus`,
      ),
    address: (expected) =>
      eventually(() => page.url(), (seen) => matches(seen, expected), `the address should be ${inspect(expected)}`),
    title: (expected) =>
      eventually(() => page.title(), (seen) => matches(seen, expected), `the title should be ${inspect(expected)}`),
  };
}
