/* Light or dark, before anything is painted: what was chosen last, else what the system wants. */
(function () {
  let chosen = null;
  try { chosen = localStorage.getItem("mantine-color-scheme-value"); } catch { /* no storage: follow the system */ }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printed = false; // paper is white: what is printed has the light colours
  const scheme = () => (printed ? "light" : chosen === "light" || chosen === "dark" ? chosen : "") || (dark.matches ? "dark" : "light");
  const root = document.documentElement;
  window.servicemapScheme = {
    get: scheme,
    printing: () => printed,
    set(value) {
      chosen = value;
      try { localStorage.setItem("mantine-color-scheme-value", value); } catch { /* not remembered, still shown */ }
      this.apply();
    },
    apply() {
      root.setAttribute("data-mantine-color-scheme", scheme());
      document.dispatchEvent(new CustomEvent("servicemap:scheme", { detail: scheme() }));
    },
  };
  root.setAttribute("data-mantine-color-scheme", scheme());
  dark.addEventListener("change", () => window.servicemapScheme.apply());
  for (const [event, now] of [["beforeprint", true], ["afterprint", false]]) addEventListener(event, () => { printed = now; window.servicemapScheme.apply(); });
})();
