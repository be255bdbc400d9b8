// Dialogs and menus. Both are native elements; this adds opening from links and leaving by key or by a click outside.

import { command, on } from "./dom.js";

export function openDialog(dialog) {
  if (dialog.open) return;
  const opener = document.activeElement;
  dialog.showModal();
  const giveBack = () => {
    if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) opener.focus();
    else if (dialog.contains(document.activeElement)) document.activeElement.blur();
  };
  dialog.addEventListener("close", giveBack, { once: true });
}

on("click", "[data-dialog]", (event, opener) => {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!(dialog instanceof HTMLDialogElement) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  opener.closest("details[data-menu]")?.removeAttribute("open");
  openDialog(dialog);
});

// A click on the backdrop is a click on the dialog itself, outside of its box.
on("click", "dialog", (event, dialog) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  const dirty = dialog.querySelector("form[data-dirty]");
  if (!inside && !dirty) dialog.close();
});

command("close-dialog", (button) => button.closest("dialog")?.close());
command("keys", () => {
  const dialog = document.getElementById("keys");
  if (dialog) openDialog(dialog);
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null));
on("focusin", "body", (event) => closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null));

on("click", "details[data-menu] .menu-item[data-command]", (event, item) => item.closest("details").removeAttribute("open"));

on("keydown", "details[data-menu][open]", (event, menu) => {
  const items = [...menu.querySelectorAll("a[href], button")].filter((item) => item.offsetParent !== null);
  const at = items.indexOf(document.activeElement);
  const go = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (go !== undefined && items.length > 0) {
    items[(go + items.length) % items.length].focus();
    event.preventDefault();
  }
});
