// Rows of lists: walking them by key, opening them, selecting them.

import { isModified, on } from "./dom.js";

function rowsOf(table) {
  return [...table.querySelectorAll("tbody tr[data-href]")];
}

/** Moves the focus to the next or previous row of the page's list. */
export function moveRow(by) {
  const focused = document.activeElement?.closest("tr[data-href]");
  const table = focused?.closest("[data-rows]") ?? [...document.querySelectorAll("main [data-rows]")].find((each) => rowsOf(each).length > 0);
  if (!table) return false;
  const rows = rowsOf(table);
  const at = focused ? rows.indexOf(focused) + by : by > 0 ? 0 : rows.length - 1;
  const next = rows[Math.min(Math.max(at, 0), rows.length - 1)];
  for (const row of rows) row.removeAttribute("tabindex");
  next.tabIndex = 0;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

const CONTROLS = "a, button, input, label, select, textarea, summary";

on("click", "tr[data-href]", (event, row) => {
  // Text that was selected with the mouse is not a click.
  if (event.target.closest(CONTROLS) || String(getSelection()) !== "") return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

on("auxclick", "tr[data-href]", (event, row) => {
  if (event.button === 1 && !event.target.closest(CONTROLS)) window.open(row.dataset.href, "_blank", "noopener");
});

on("keydown", "tr[data-href]", (event, row) => {
  if (event.target !== row) return;
  if (event.key === "Enter") {
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  } else if ((event.key === "x" || event.key === " ") && !isModified(event)) {
    row.querySelector(".pick input")?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    moveRow(event.key === "ArrowDown" ? 1 : -1);
  } else return;
  event.preventDefault();
});

// Selection

let lastPicked = null;

function picksOf(formId) {
  return [...document.querySelectorAll(`input[name="ids"][form="${CSS.escape(formId)}"]`)];
}

function count(formId) {
  const picks = picksOf(formId);
  const chosen = picks.filter((pick) => pick.checked).length;
  const all = document.querySelector(`[data-select-all="${CSS.escape(formId)}"]`);
  if (all) {
    all.checked = chosen > 0 && chosen === picks.length;
    all.indeterminate = chosen > 0 && chosen < picks.length;
  }
  const words = document.getElementById(formId)?.querySelector("[data-selection-count]");
  if (words) words.textContent = `${chosen} selected`;
}

on("click", 'input[name="ids"][form]', (event, pick) => {
  const formId = pick.getAttribute("form");
  if (event.shiftKey && lastPicked?.isConnected) {
    const picks = picksOf(formId);
    const [from, to] = [picks.indexOf(lastPicked), picks.indexOf(pick)].sort((a, b) => a - b);
    if (from >= 0) for (const each of picks.slice(from, to + 1)) each.checked = pick.checked;
  }
  lastPicked = pick;
  count(formId);
});

on("change", "[data-select-all]", (_, all) => {
  for (const pick of picksOf(all.dataset.selectAll)) pick.checked = all.checked;
  count(all.dataset.selectAll);
});

on("reset", "form.selection-bar", (_, form) => setTimeout(() => {
  for (const pick of picksOf(form.id)) pick.checked = false;
  count(form.id);
}));

/** Brings counts and "select all" in line with the boxes, which a browser may restore on Back. */
export function countAll() {
  for (const form of document.querySelectorAll("form.selection-bar")) count(form.id);
}
countAll();
