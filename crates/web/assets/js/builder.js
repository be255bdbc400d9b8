// The builder of reports: each step sends the form and takes over what comes back, without leaving the page. Undo, moving
// by key and by drag, and a preview that follows what is typed.

import { afterPause, isTyping, on } from "./dom.js";
import { say } from "./toasts.js";

/** Whether something is typed into a search box: the answer knows nothing of it. */
function isSearching(form) {
  return [...form.querySelectorAll("[data-add] input[type=text]")].some((input) => input.value !== "");
}

const SAVES = ["save", "save-as"];

let asking = null;
/** The button of a step that was pressed while another was under way. */
let waiting = null;

const builder = () => document.querySelector("form[data-builder]");

function contents(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

/** What the focus is on, and where in its list, so that it can be found again. */
function focusMark(form) {
  const focused = document.activeElement;
  if (!focused || !form.contains(focused)) return null;
  const item = focused.closest("[data-item]");
  return {
    id: focused.id,
    start: focused.selectionStart,
    end: focused.selectionEnd,
    list: item?.dataset.item,
    at: Number(item?.dataset.at),
    part: focused.closest(".builder-part")?.id,
  };
}

function restore(form, mark) {
  if (!mark) return;
  let target = mark.id ? document.getElementById(mark.id) : null;
  if (!target || target.disabled) {
    // The item was removed, or stands at an end: what is in its place, then the box that adds.
    const items = mark.list ? [...form.querySelectorAll(`[data-item="${CSS.escape(mark.list)}"]`)] : [];
    const moved = target?.closest("[data-item]") ?? items[Math.min(mark.at, items.length - 1)];
    target = moved?.querySelector("button:not(:disabled)") ?? (mark.part && document.getElementById(mark.part)?.querySelector("[data-add] input[type=text], summary"));
  }
  if (!target) return;
  target.focus({ preventScroll: true });
  if (typeof mark.start === "number" && target.setSelectionRange && target.type === "text") target.setSelectionRange(mark.start, mark.end);
}

/** Parts that were folded stay so, unless something in them needs attention. */
function keepFolds(before, after) {
  for (const fold of before.querySelectorAll("details[id]")) {
    const same = after.querySelector(`#${CSS.escape(fold.id)}`);
    if (same) same.open = fold.open || (same.open && same.querySelector(".field-error") !== null);
  }
}

const PANES = [".builder-parts", ".builder-preview"];

function take(form, fresh) {
  const mark = focusMark(form);
  const places = PANES.map((pane) => form.querySelector(pane)?.scrollTop ?? 0);
  keepFolds(form, fresh);
  form.replaceWith(fresh);
  PANES.forEach((pane, at) => fresh.querySelector(pane)?.scrollTo({ top: places[at], behavior: "instant" }));
  restore(fresh, mark);
}

export async function send(form, button, act) {
  const isStep = Boolean(button ?? act);
  if (asking?.isStep) {
    waiting = button?.id ?? null;
    return;
  }
  asking?.control.abort();
  const control = new AbortController();
  const mine = (asking = { control, isStep });
  const sent = contents(form);
  const body = new URLSearchParams(sent);
  // What is being typed into a search box is no choice yet; without script, and by Enter in it, it is looked up by name.
  const search = document.activeElement?.closest("[data-add]");
  if (!isStep || !search) for (const name of [...body.keys()]) if (/^add\..*\.text$/.test(name)) body.delete(name);
  body.append("act", act ?? button?.value ?? "preview");
  form.querySelector(".builder-preview")?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Partial": form.id }, signal: control.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(form.id);
    if (!fresh) {
      // Signed out, or an error page: the form stays, so that nothing of it is lost.
      say("The server did not answer with the report. Sign in again in another tab, then go on.", "bad");
    } else if (!isStep && (contents(form) !== sent || isSearching(form))) {
      // Somebody typed on meanwhile: only the preview is of use, and the next answer is on its way.
      document.adoptNode(fresh);
      form.querySelector(".builder-preview").replaceWith(fresh.querySelector(".builder-preview"));
    } else {
      take(form, document.adoptNode(fresh));
    }
  } catch (error) {
    if (error.name !== "AbortError") say("The server did not answer. Check the connection and try again.", "bad");
  } finally {
    if (asking === mine) asking = null;
    builder()?.querySelector(".builder-preview")?.removeAttribute("aria-busy");
  }
  if (waiting && !asking) {
    const next = document.getElementById(waiting);
    waiting = null;
    next?.click();
  }
}

on("submit", "form[data-builder]", (event, form) => {
  if (SAVES.includes(event.submitter?.value)) return;
  event.preventDefault();
  // Forms mark what is on its way; this one stays.
  event.stopImmediatePropagation();
  send(form, event.submitter);
}, { capture: true });

const inSearch = (target) => target.closest("[data-add], [data-lookup]");

on("change", "form[data-builder]", (event, form) => {
  if (event.target.type === "text" && inSearch(event.target)) return;
  send(form, null, inSearch(event.target) && event.target.closest("[data-add]") ? "add" : undefined);
});

const typed = afterPause(450, () => {
  const form = builder();
  if (form) send(form);
});
on("input", "form[data-builder]", (event, form) => {
  form.toggleAttribute("data-dirty", true);
  if (event.isComposing || inSearch(event.target) || !event.target.matches("input:not([type=checkbox]), textarea")) return;
  typed();
});

// Undo and redo, unless the control itself has something to take back.
document.addEventListener("keydown", (event) => {
  const form = builder();
  if (!form || event.altKey || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog:modal")) return;
  if (event.key.toLowerCase() === "s") {
    event.preventDefault();
    document.querySelector(`button[form="${form.id}"][value=save]`)?.click();
    return;
  }
  const isRedo = (event.key.toLowerCase() === "z" && event.shiftKey) || event.key.toLowerCase() === "y";
  if (!isRedo && event.key.toLowerCase() !== "z") return;
  const control = event.target;
  if (isTyping(control) && "defaultValue" in control && control.value !== control.defaultValue) return;
  event.preventDefault();
  form.querySelector(`#builder-${isRedo ? "redo" : "undo"}:not(:disabled)`)?.click();
});

// Items move by Alt and the arrow keys.
on("keydown", "form[data-builder] [data-item]", (event, item) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key) || event.target.matches("select")) return;
  event.preventDefault();
  event.stopPropagation();
  const verb = event.key === "ArrowUp" ? "up" : "down";
  item.querySelector(`:scope > .builder-item-top button[value^="${verb}:"]:not(:disabled)`)?.click();
});

// And by dragging their handle.
let dragged = null;

on("pointerdown", "[data-grip]", (_, grip) => {
  grip.closest("[data-item]").draggable = true;
});
on("pointerup", "[data-grip]", (_, grip) => grip.closest("[data-item]").removeAttribute("draggable"));

on("dragstart", "[data-item][draggable]", (event, item) => {
  dragged = item;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", item.textContent.trim());
  item.toggleAttribute("data-dragged", true);
});

function isAfter(event, item) {
  const box = item.getBoundingClientRect();
  return event.clientY > box.top + box.height / 2;
}

on("dragover", "[data-item]", (event, item) => {
  if (!dragged || item.dataset.item !== dragged.dataset.item) return;
  event.preventDefault();
  clearMarks();
  item.dataset.drop = isAfter(event, item) ? "after" : "before";
});

on("drop", "[data-item]", (event, item) => {
  if (!dragged || item.dataset.item !== dragged.dataset.item) return;
  event.preventDefault();
  const [list, from] = [dragged.dataset.item, Number(dragged.dataset.at)];
  const place = Number(item.dataset.at) + (isAfter(event, item) ? 1 : 0);
  const to = place > from ? place - 1 : place;
  if (to !== from) send(builder(), null, `move:${list}.${from}.${to}`);
});

function clearMarks() {
  for (const marked of document.querySelectorAll("[data-drop]")) delete marked.dataset.drop;
}
on("dragend", "[data-item]", (_, item) => {
  clearMarks();
  item.removeAttribute("data-dragged");
  item.removeAttribute("draggable");
  dragged = null;
});
