// Keys: one letter each, and only while nothing is being typed into.

import { isTyping, runCommand } from "./dom.js";
import { moveRow } from "./rows.js";

let goesNext = false;
let forget;

function press(shortcut) {
  const target = document.querySelector(`[data-shortcut="${shortcut}"]`);
  target?.click();
  return Boolean(target);
}

function go(letter) {
  const place = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  place?.click();
  return Boolean(place);
}

function create() {
  if (press("c")) return true;
  const menu = document.querySelector(".top-actions details[data-menu]");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector(".menu-item")?.focus();
  return true;
}

function edit() {
  const row = document.activeElement?.closest("tr[data-edit]");
  if (!row) return press("e");
  location.assign(row.dataset.edit);
  return true;
}

function filter() {
  const control = document.querySelector("[data-filter]");
  control?.focus();
  control?.select();
  return control ? true : runCommand("palette");
}

const KEYS = {
  "/": filter,
  "?": () => runCommand("keys"),
  c: create,
  e: edit,
  j: () => moveRow(1),
  k: () => moveRow(-1),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    runCommand("palette");
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog:modal")) return;

  if (goesNext) {
    goesNext = false;
    clearTimeout(forget);
    if (go(event.key)) event.preventDefault();
    return;
  }
  if (event.key === "g") {
    goesNext = true;
    forget = setTimeout(() => (goesNext = false), 1500);
    return;
  }
  if (KEYS[event.key]?.()) event.preventDefault();
});
