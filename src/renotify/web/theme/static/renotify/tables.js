// Tables sort by a click or Enter on a heading, and show the rows that hold the words of their filter.
(function () {
  "use strict";
  var words = new Intl.Collator(undefined, { numeric: true });

  function sort(table, heading) {
    var column = heading.cellIndex, falls = heading.getAttribute("aria-sort") === "ascending";
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(function (one, other) {
      var a = one.cells[column].dataset.sort || "", b = other.cells[column].dataset.sort || "";
      if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1; // blanks stay last
      var way = a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : words.compare(a, b);
      return falls ? -way : way;
    });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", falls ? "descending" : "ascending");
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
  }

  function ready(part) {
    part.querySelectorAll("table[data-sorts]").forEach(function (table) {
      if (table.dataset.ready) return;
      table.dataset.ready = "yes";
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading) {
        var button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        while (heading.firstChild) button.appendChild(heading.firstChild);
        heading.appendChild(button);
        button.addEventListener("click", function () { sort(table, heading); });
      });
    });
    part.querySelectorAll("input[data-filters]").forEach(function (input) {
      if (input.dataset.ready) return;
      input.dataset.ready = "yes";
      input.addEventListener("input", function () {
        var wanted = input.value.trim().toLowerCase();
        input.closest(".shown-table").querySelectorAll("tbody tr").forEach(function (row) {
          row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
        });
      });
    });
  }

  document.addEventListener("DOMContentLoaded", function () { ready(document); });
  document.addEventListener("htmx:load", function (event) { ready(event.detail.elt.parentNode || document); });
})();
