// The colours of the machine, before the page is drawn, unless somebody chose others.
(function () {
  var root = document.documentElement, dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    if (root.dataset.themeChoice === "auto") root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  }
  follow();
  dark.addEventListener("change", follow);
})();
