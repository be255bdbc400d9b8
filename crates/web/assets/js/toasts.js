// Flashes leave by themselves after a while, never while they are pointed at or focused, and failures never do.

import { command, element } from "./dom.js";

const STAYS_MS = 8000;

function leaveLater(toast) {
  if (toast.dataset.toast !== "leaves" || toast.dataset.timed !== undefined) return;
  toast.dataset.timed = "";
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), STAYS_MS));
  const wait = () => clearTimeout(timer);
  for (const type of ["mouseenter", "focusin"]) toast.addEventListener(type, wait);
  for (const type of ["mouseleave", "focusout"]) toast.addEventListener(type, () => {
    wait();
    start();
  });
  start();
}

const region = document.getElementById("toasts");
if (region) {
  const watch = () => region.querySelectorAll("[data-toast]").forEach(leaveLater);
  new MutationObserver(watch).observe(region, { childList: true });
  watch();
}

command("close-toast", (button) => button.closest("[data-toast]")?.remove());

/** Says something that happened without a new page. */
export function say(words, tone = "neutral") {
  const failed = tone === "bad";
  region?.append(
    element(
      "div",
      { class: "toast", "data-tone": tone, "data-toast": failed ? "stays" : "leaves", role: failed ? "alert" : "status" },
      element("span", { class: "toast-message" }, words),
      element("button", { class: "button quiet small", type: "button", "data-command": "close-toast" }, "Dismiss"),
    ),
  );
}
