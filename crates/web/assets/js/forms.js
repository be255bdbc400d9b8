// Forms: warn before unsaved changes are lost, send once, lead to what is wrong.

import { on } from "./dom.js";

const first = new WeakMap();

function snapshot(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? `${value.name}:${value.size}` : value]));
}

// The state of a form is remembered at its first touch: nothing is read on pages nobody edits.
function remember(form) {
  if (!first.has(form)) first.set(form, snapshot(form));
}
on("focusin", "form[data-guard]", (_, form) => remember(form));
for (const form of document.querySelectorAll("form[data-guard]:focus-within")) remember(form);

function compare(form) {
  form.toggleAttribute("data-dirty", first.has(form) && first.get(form) !== snapshot(form));
}
on("input", "form[data-guard]", (_, form) => compare(form));
on("change", "form[data-guard]", (_, form) => compare(form));

addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]:not([data-sending])")) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  // A second press while the first is under way would save twice.
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    return;
  }
  form.toggleAttribute("data-sending", true);
  event.submitter?.setAttribute("aria-busy", "true");
});

// Back brings the page as it was left: sending is over by then.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sending]")) form.removeAttribute("data-sending");
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

on("change", "select[data-submits]", (_, select) => select.form?.requestSubmit());

// Ctrl or ⌘ Enter sends the form from any of its controls.
on("keydown", "form[data-guard]", (event, form) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[type=submit]"));
});

// A copy button.
on("click", "[data-copy]", async (_, button) => {
  const words = button.title;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.title = "Copied";
  } catch {
    button.title = "The browser does not allow copying here";
  }
  button.setAttribute("aria-label", button.title);
  setTimeout(() => {
    button.title = words;
    button.setAttribute("aria-label", words);
  }, 2000);
});

document.querySelector("[data-focus]")?.focus();
