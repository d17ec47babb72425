/* How does a plan become a change? Its file is sent once, the answer is an address; what is told of it stays beside it. */
(function () {
  "use strict";
  const box = () => document.getElementById("impact-plan");

  const add = (...all) => window.servicemapTools.add(...all);

  function field() {
    const here = box();
    if (!here || here.querySelector("input")) return;
    const label = add(here, "label", "button");
    add(label, "span", "icon icon-file-text").setAttribute("aria-hidden", "true");
    add(label, "span", "", "Choose a plan");
    const input = add(label, "input", "sr");
    input.type = "file";
    input.accept = ".json,application/json";
    const said = add(here, "ul", "notes");
    said.setAttribute("role", "status");
    input.addEventListener("change", () => { if (input.files[0]) send(input, said); });
  }

  async function send(input, said) {
    const tell = (lines) => { said.replaceChildren(); for (const line of lines) add(said, "li", "anywhere", line); };
    tell(["It is being read"]);
    try {
      const answer = await fetch("/impact/plan.json", { method: "POST", headers: { "Content-Type": "application/json" }, body: input.files[0] });
      const found = await answer.json();
      input.value = "";
      if (!answer.ok) return tell([found.error.detail, found.error.help].filter(Boolean));
      tell(found.said);
      if (window.servicemapTools.on("impact")) window.servicemapTools.go(found.address);
    } catch { tell(["The server does not answer"]); }
  }

  document.addEventListener("toggle", (event) => { if (event.target instanceof Element && event.target.contains(box())) field(); }, true);
})();
