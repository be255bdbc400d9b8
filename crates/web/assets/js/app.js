// Enhancement only: every page reads and every form sends without this.

import { command } from "./dom.js";
import "./builder.js";
import "./dialogs.js";
import "./forms.js";
import "./grid.js";
import "./keyboard.js";
import "./lookup.js";
import "./palette.js";
import "./partial.js";
import "./rows.js";
import "./toasts.js";

const root = document.documentElement;

command("theme", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Without storage the choice holds for this page.
  }
});

command("print", () => print());
