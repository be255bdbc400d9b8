// A list of options under an input: arrow keys, an active option, and the attributes that assistive technology reads.

import { element } from "./dom.js";

let made = 0;

export class Listbox {
  /** `pick(choice, event)` is called with the choice that was taken. */
  constructor(input, list, pick) {
    this.input = input;
    this.list = list;
    this.pick = pick;
    this.choices = [];
    this.active = -1;
    this.prefix = `option-${(made += 1)}`;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("mousemove", (event) => this.onPoint(event));
    // The input keeps the focus while an option is pressed.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const at = this.indexOf(event.target);
      if (at >= 0) this.pick(this.choices[at], event);
    });
  }

  indexOf(target) {
    const option = target instanceof Element ? target.closest("[role=option]") : null;
    return option ? Number(option.dataset.at) : -1;
  }

  /** Shows choices `{label, detail, group}`; `none` is said when there are none. */
  show(choices, none) {
    this.choices = choices;
    const parts = [];
    let group = null;
    choices.forEach((choice, at) => {
      if (choice.group && choice.group !== group) {
        group = choice.group;
        parts.push(element("li", { class: "options-heading", role: "presentation" }, group));
      }
      const option = element(
        "li",
        { class: "option", role: "option", id: `${this.prefix}-${at}`, "data-at": at, "aria-selected": "false" },
        element("span", { class: "option-label" }, choice.label),
      );
      if (choice.detail) option.append(element("span", { class: "option-detail" }, choice.detail));
      parts.push(option);
    });
    if (choices.length === 0 && none) parts.push(element("li", { class: "option-none", role: "presentation" }, none));
    this.list.replaceChildren(...parts);
    this.list.hidden = parts.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.activate(choices.length > 0 ? 0 : -1);
  }

  hide() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  activate(at) {
    this.active = at;
    for (const option of this.list.querySelectorAll("[role=option]")) {
      const chosen = Number(option.dataset.at) === at;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) option.scrollIntoView({ block: "nearest" });
    }
    if (at >= 0) this.input.setAttribute("aria-activedescendant", `${this.prefix}-${at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  onPoint(event) {
    const at = this.indexOf(event.target);
    if (at >= 0 && at !== this.active) this.activate(at);
  }

  onKey(event) {
    if (event.isComposing || !this.isOpen) return;
    const count = this.choices.length;
    if (event.key === "ArrowDown" && count > 0) this.activate((this.active + 1) % count);
    else if (event.key === "ArrowUp" && count > 0) this.activate((this.active - 1 + count) % count);
    else if (event.key === "Enter" && this.active >= 0) this.pick(this.choices[this.active], event);
    else return;
    event.preventDefault();
  }
}

/** Fetches JSON for the newest question only; an older answer that comes late is dropped. */
export function asker() {
  let running = null;
  return async (address) => {
    running?.abort();
    running = new AbortController();
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: running.signal });
    if (!response.ok) throw new Error(`The server answered ${response.status}`);
    return response.json();
  };
}
