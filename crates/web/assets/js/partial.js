// Partial updates: a link or a form that asks (`data-partial="target id"`) replaces one element of the page instead of the
// whole. The address changes as it would have, Back works, and the focus stays where it was.

import { afterPause, isModified, on } from "./dom.js";
import { countAll } from "./rows.js";
import { say } from "./toasts.js";

let running = null;

/** What the focus is on, in a form that can be found again in the new content. */
function focusMark() {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const row = focused.closest("tr[data-href]");
  if (row && focused === row) return { find: () => document.querySelector(`tr[data-href="${CSS.escape(row.dataset.href)}"]`) };
  if (!focused.id) return focused.getAttribute("href") ? { find: () => document.querySelector(`a[href="${CSS.escape(focused.getAttribute("href"))}"]`) } : null;
  return { find: () => document.getElementById(focused.id), start: focused.selectionStart, end: focused.selectionEnd };
}

function restore(mark, fallback) {
  const target = mark?.find();
  if (target) {
    if (target.matches("tr")) target.tabIndex = 0;
    if (document.activeElement !== target) target.focus({ preventScroll: true });
    if (typeof mark.start === "number" && target.setSelectionRange) target.setSelectionRange(mark.start, mark.end);
  } else if (mark) {
    fallback.tabIndex = -1;
    fallback.focus({ preventScroll: true });
  }
}

async function replace(address, targetId, history) {
  const target = document.getElementById(targetId);
  if (!target) return false;
  running?.abort();
  running = new AbortController();
  target.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { "X-Partial": targetId }, signal: running.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(targetId);
    // An answer without the part (signed out, an error page) is shown as the page it is.
    if (!fresh || response.redirected) {
      location.assign(response.url);
      return true;
    }
    const mark = target.contains(document.activeElement) ? focusMark() : null;
    target.replaceWith(document.adoptNode(fresh));
    if (mark) restore(mark, fresh);
    if (page.title) document.title = page.title;
    if (history) window.history[history]({ partial: targetId }, "", address);
    countAll();
  } catch (error) {
    if (error.name === "AbortError") return true;
    target.removeAttribute("aria-busy");
    say("The server did not answer. Check the connection and try again.", "bad");
  }
  return true;
}

on("click", "a[data-partial]", (event, link) => {
  if (event.button !== 0 || isModified(event) || !document.getElementById(link.dataset.partial)) return;
  event.preventDefault();
  remember(link.dataset.partial);
  replace(link.href, link.dataset.partial, "pushState");
});

function addressOf(form) {
  const address = new URL(form.action, location.href);
  address.search = new URLSearchParams(new FormData(form)).toString();
  return address;
}

on("submit", "form[data-partial]", (event, form) => {
  if (form.method !== "get" || !document.getElementById(form.dataset.partial)) return;
  event.preventDefault();
  remember(form.dataset.partial);
  replace(addressOf(form), form.dataset.partial, "pushState");
});

// While one types, the address follows without filling the history.
const typed = afterPause(200, (form) => {
  remember(form.dataset.partial);
  replace(addressOf(form), form.dataset.partial, "replaceState");
});
on("input", "form[data-partial]", (_, form) => typed(form));

function remember(targetId) {
  if (!window.history.state?.partial) window.history.replaceState({ partial: targetId }, "");
}

addEventListener("popstate", (event) => {
  if (event.state?.partial) replace(location.href, event.state.partial, null);
});
