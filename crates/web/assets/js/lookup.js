// Lookups: the text control becomes a combobox over the records its source knows.

import { afterPause, on } from "./dom.js";
import { Listbox, asker } from "./listbox.js";

const known = new WeakMap();

function enhance(lookup) {
  const input = lookup.querySelector("input[type=text]");
  const hidden = lookup.querySelector("input[type=hidden]");
  const list = document.getElementById(input.dataset.lookupList);
  // A lookup that already asks which of several records was meant has radio buttons instead of a hidden id.
  if (!hidden || !list) return null;

  const ask = asker();
  let chosenText = hidden.value ? input.value : "";
  const listbox = new Listbox(input, list, (choice) => {
    hidden.value = choice.id;
    input.value = choice.label;
    chosenText = choice.label;
    listbox.hide();
    input.removeAttribute("aria-invalid");
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const search = async () => {
    const address = new URL(lookup.dataset.lookup, location.href);
    address.searchParams.set("q", input.value === chosenText ? "" : input.value);
    try {
      const choices = await ask(address);
      if (document.activeElement === input) listbox.show(choices, "Nothing matches");
    } catch (error) {
      if (error.name !== "AbortError") listbox.show([], "The search did not answer. Try again.");
    }
  };
  const searchSoon = afterPause(120, search);

  input.addEventListener("input", () => {
    if (input.value !== chosenText) hidden.value = "";
    searchSoon();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !listbox.isOpen) {
      search();
      event.preventDefault();
    } else if (event.key === "Escape" && listbox.isOpen) {
      listbox.hide();
      event.preventDefault();
      event.stopPropagation();
    }
  });
  input.addEventListener("blur", () => listbox.hide());
  lookup.querySelector("[data-lookup-clear]")?.addEventListener("click", () => {
    input.value = hidden.value = chosenText = "";
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  return listbox;
}

function once(lookup) {
  if (!known.has(lookup)) known.set(lookup, enhance(lookup));
}
on("focusin", "[data-lookup]", (_, lookup) => once(lookup));
// The page may have opened with the focus in one.
for (const lookup of document.querySelectorAll("[data-lookup]:focus-within")) once(lookup);
