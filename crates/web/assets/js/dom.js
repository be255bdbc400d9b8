// The few things every enhancement needs: delegated events, commands by name, and questions about the focus.

const commands = new Map();

/** Names a command, so that buttons (`data-command`), keys and the palette can run it. */
export function command(name, run) {
  commands.set(name, run);
}

export function runCommand(name, origin) {
  const run = commands.get(name);
  if (run) run(origin);
  return Boolean(run);
}

/** Listens on the document, so that parts replaced later are covered too. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    },
    options,
  );
}

/** Whether keys belong to what the person is typing into. */
export function isTyping(target) {
  const control = target instanceof Element ? target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") : null;
  // For a moment after a dialog closed, the focus is still on a control inside of it.
  return control !== null && !control.closest("dialog:not([open])");
}

/** An element with text, never with markup: labels come from other people. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function isModified(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
}

/** Calls `run` once the calls have paused for `ms`. */
export function afterPause(ms, run) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms, ...values);
  };
}

on("click", "[data-command]", (event, button) => {
  if (runCommand(button.dataset.command, button)) event.preventDefault();
});
