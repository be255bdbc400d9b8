// The command palette: search, places and commands behind Ctrl or ⌘ K.

import { afterPause, command, on, runCommand } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { Listbox, asker } from "./listbox.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");

/** The places of the rail, the main actions of the page, and the commands of this script. */
function local(words) {
  const links = [...document.querySelectorAll(".rail .rail-item[href]")].map((link) => ({
    label: link.querySelector(".rail-label").textContent,
    group: "Go to",
    href: link.href,
    detail: link.dataset.go ? `g ${link.dataset.go}` : null,
  }));
  const actions = [...document.querySelectorAll(".page-actions a.button[href], .top-actions .menu-item[href]")].map((link) => ({
    label: link.textContent.trim() || link.getAttribute("aria-label"),
    group: "Actions",
    element: link,
  }));
  const own = [
    { label: "Change theme", group: "Commands", command: "theme" },
    { label: "Keyboard shortcuts", group: "Commands", command: "keys", detail: "?" },
    { label: "Print this page", group: "Commands", command: "print" },
  ];
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return [...actions, ...links, ...own].filter(({ label }) => wanted.every((word) => label.toLowerCase().includes(word)));
}

function take(choice, event) {
  const elsewhere = event.ctrlKey || event.metaKey;
  if (choice.href && elsewhere) {
    window.open(choice.href, "_blank", "noopener");
    return;
  }
  dialog.close();
  if (choice.command) runCommand(choice.command);
  else if (choice.element) choice.element.click();
  else if (choice.href) location.assign(choice.href);
}

if (dialog instanceof HTMLDialogElement) {
  const ask = asker();
  const listbox = new Listbox(input, list, take);
  const status = dialog.querySelector("[role=status]");
  const say = (words) => (status.textContent = words);

  const search = async () => {
    const words = input.value.trim();
    if (words === "") return;
    const address = new URL(list.dataset.source, location.href);
    address.searchParams.set("q", words);
    try {
      const found = await ask(address);
      if (input.value.trim() !== words) return;
      const records = found.map(({ label, detail, href, group }) => ({ label, detail, href, group: group ?? "Records" }));
      const everything = { label: `Search everything for “${words}”`, group: "Search", href: `/search?q=${encodeURIComponent(words)}` };
      listbox.show([...records, ...local(words), everything]);
      say(records.length === 0 ? "No record matches." : "");
    } catch (error) {
      if (error.name !== "AbortError") say("The search did not answer. Commands still work.");
    }
  };
  const searchSoon = afterPause(120, search);

  input.addEventListener("input", () => {
    listbox.show(local(input.value));
    say("");
    searchSoon();
  });

  const open = (words = "") => {
    input.value = words;
    say("");
    listbox.show(local(words));
    // A dialog gives the focus back when it closes. Back in the search of the top bar, keys would be text again.
    const opener = document.activeElement;
    if (opener instanceof HTMLElement && opener.matches("[data-palette-opener]")) opener.blur();
    openDialog(dialog);
    input.focus();
    if (words) searchSoon();
  };
  command("palette", () => open());
  on("click", "[data-palette-opener]", (_, opener) => open(opener.value));
  // Typing into the top bar's search goes on in the palette; without script it stays a plain form.
  on("input", "[data-palette-opener]", (_, opener) => {
    open(opener.value);
    opener.value = "";
  });
}
