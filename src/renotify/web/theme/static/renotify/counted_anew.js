// A page that was counted anew takes the place of the old one, unless somebody has begun to type: then a link offers it.
(function () {
  "use strict";
  var typed = false;
  document.addEventListener("input", function (event) { if (event.target.closest("#page")) typed = true; });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var notice = document.getElementById("as-of");
    if (!notice || event.detail.requestConfig.elt !== notice) return;
    var at = document.activeElement, inForm = at && at.closest("#page form, #page .shown-table input");
    if (!typed && !inForm) return;
    event.detail.shouldSwap = false;
    notice.firstChild.textContent = "It was counted anew. ";
  });
  document.addEventListener("htmx:afterSwap", function (event) { if (event.detail.target.id === "page") typed = false; });
})();
