// Arrow keys move between the cells of the matrix; without this it is a plain table with links.
// One cell at a time is reached by Tab, so that sixty rows do not stand in the way.
"use strict";

const gridOf = (element) => element?.closest?.("[data-matrix]");
const inside = (cell) => cell.querySelector("a") ?? cell;
const rowsOf = (grid) => [...grid.querySelectorAll("tbody tr")];

function enter(grid) {
  grid.querySelectorAll("tbody :is(th, td)").forEach((cell) => { inside(cell).tabIndex = -1; });
  const first = grid.querySelector("tbody th, tbody td");
  if (first) inside(first).tabIndex = 0;
}

function go(grid, cell) {
  if (!cell) return;
  grid.querySelectorAll("tbody [tabindex='0']").forEach((one) => { one.tabIndex = -1; });
  const target = inside(cell);
  target.tabIndex = 0;
  target.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const grid = gridOf(event.target);
  const cell = grid && event.target.closest("tbody :is(th, td)");
  if (!cell || event.altKey || event.metaKey) return;
  const rows = rowsOf(grid);
  const at = rows.indexOf(cell.parentElement);
  const row = [...cell.parentElement.children];
  const column = row.indexOf(cell);
  const there = {
    ArrowLeft: () => row[column - 1],
    ArrowRight: () => row[column + 1],
    ArrowUp: () => rows[at - 1]?.children[column],
    ArrowDown: () => rows[at + 1]?.children[column],
    Home: () => (event.ctrlKey ? rows[0].children[0] : row[0]),
    End: () => (event.ctrlKey ? rows.at(-1).lastElementChild : row.at(-1)),
  }[event.key];
  if (!there) return;
  event.preventDefault();
  go(grid, there());
});

document.addEventListener("focusin", (event) => {
  const grid = gridOf(event.target);
  if (!grid || !event.target.closest("tbody")) return;
  grid.querySelectorAll("tbody [tabindex='0']").forEach((one) => { if (one !== event.target) one.tabIndex = -1; });
  event.target.tabIndex = 0;
});

document.querySelectorAll("[data-matrix]").forEach(enter);
