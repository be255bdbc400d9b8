// The grid of a dashboard's editor: components are moved and sized by dragging, or by Alt and the arrow keys.

import { send } from "./builder.js";
import { on } from "./dom.js";

const COLUMNS = 12;

function placeOf(cell) {
  return {
    at: cell.dataset.card,
    row: Number(cell.dataset.row),
    column: Number(cell.dataset.column) - 1,
    rows: Number(cell.dataset.height),
    columns: Number(cell.dataset.columns),
  };
}

function step(verb, at, first, second) {
  const form = document.querySelector("form[data-builder]");
  if (form) send(form, null, `${verb}:component.${at}.${Math.max(first, 0)}.${Math.max(second, 0)}`);
}

on("keydown", "[data-grid] [data-card]", (event, cell) => {
  const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!by || !event.altKey || event.target !== cell) return;
  event.preventDefault();
  event.stopPropagation();
  const { at, row, column, rows, columns } = placeOf(cell);
  if (event.shiftKey) step("size", at, rows + by[0], columns + by[1]);
  // Downwards a component changes places with the next: by less it would only move back up.
  else if (by[0] > 0) step("place", at, row + Math.max(nextHeight(cell), 1), column);
  else step("place", at, row + by[0] * Math.max(rowsAbove(cell), 1), column + by[1]);
});

function cells(cell) {
  return [...cell.parentElement.querySelectorAll("[data-card]")].filter((other) => other !== cell).map(placeOf);
}

function overlaps(one, other) {
  return one.column < other.column + other.columns && other.column < one.column + one.columns;
}

/** Rows of what stands below in the same columns. */
function nextHeight(cell) {
  const own = placeOf(cell);
  const below = cells(cell).filter((other) => other.row >= own.row + own.rows && overlaps(own, other));
  const first = Math.min(...below.map((other) => other.row));
  return below.length ? Math.max(...below.filter((other) => other.row === first).map((other) => other.rows)) : 0;
}

/** Rows of what stands above in the same columns. */
function rowsAbove(cell) {
  const own = placeOf(cell);
  const above = cells(cell).filter((other) => other.row + other.rows <= own.row && overlaps(own, other));
  const last = Math.max(...above.map((other) => other.row + other.rows));
  return above.length ? own.row - Math.min(...above.filter((other) => other.row + other.rows === last).map((other) => other.row)) : 0;
}

let moving = null;

on("pointerdown", "[data-grid] [data-card]", (event, cell) => {
  if (event.button !== 0) return;
  const sizes = event.target.closest("[data-size]");
  const head = event.target.closest(".panel-head, .stat-label");
  if ((!sizes && !head) || event.target.closest("a, button, summary")) return;
  event.preventDefault();
  cell.setPointerCapture(event.pointerId);
  const box = cell.getBoundingClientRect();
  const place = placeOf(cell);
  moving = { cell, place, sizes: Boolean(sizes), x: event.clientX, y: event.clientY, width: cell.parentElement.clientWidth / COLUMNS, height: Math.max(box.height / place.rows, 8) };
  cell.toggleAttribute("data-dragged", true);
});

function moved(event) {
  return [Math.round((event.clientY - moving.y) / moving.height), Math.round((event.clientX - moving.x) / moving.width)];
}

on("pointerup", "[data-grid] [data-card]", (event) => {
  if (!moving) return;
  const { cell, place, sizes } = moving;
  const [rows, columns] = moved(event);
  moving = null;
  cell.removeAttribute("data-dragged");
  if (rows === 0 && columns === 0) return;
  if (sizes) step("size", place.at, place.rows + rows, place.columns + columns);
  else step("place", place.at, place.row + rows, place.column + columns);
});

on("pointercancel", "[data-grid] [data-card]", (_, cell) => {
  moving = null;
  cell.removeAttribute("data-dragged");
});
