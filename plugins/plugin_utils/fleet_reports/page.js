/*
 * Copyright (c) 2026, the cloud66.cloud authors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
(() => {
  "use strict";
  const table = document.getElementById("stacks");
  const body = table.tBodies[0];
  const controls = document.getElementById("controls");
  const text = document.getElementById("text");
  const boxes = Array.from(controls.querySelectorAll("input[name=state]"));
  const stacks = Array.from(body.rows, (row) => {
    const section = document.getElementById(row.dataset.section);
    return { row, section, state: row.dataset.state, text: `${row.textContent} ${section.textContent}`.toLowerCase() };
  });

  const sort = (heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    const value = (stack) => stack.row.cells[heading.cellIndex].dataset.sort;
    const isNumeric = stacks.every((stack) => !Number.isNaN(Number(value(stack))));
    const compare = (one, other) => (isNumeric ? one - other : one.localeCompare(other));
    for (const other of heading.parentNode.cells) {
      other.removeAttribute("aria-sort");
    }
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    stacks.sort((first, second) => {
      const [one, other] = [value(first), value(second)];
      // What is unknown comes last in either order.
      if (one === "" || other === "") {
        return Number(one === "") - Number(other === "");
      }
      return descending ? compare(other, one) : compare(one, other);
    });
    body.append(...stacks.map((stack) => stack.row));
  };

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const stack of stacks) {
      const fits = states.has(stack.state) && words.every((word) => stack.text.includes(word));
      stack.row.hidden = stack.section.hidden = !fits;
      count += fits;
    }
    document.getElementById("shown").textContent = `${count} of ${stacks.length} stacks shown`;
  };

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", filter);
  controls.hidden = false;
  filter();
})();
