/* What is on paper of a map? The canvas in the colours of paper, as wide as the sheet. */
(function () {
  "use strict";
  const SHEET = 718, SHARP = 2;
  const idle = window.requestIdleCallback || ((then) => setTimeout(then, 200));

  /* A printer waits for nothing: in dark the images of light are there before it is asked. */
  let images = null;
  function prepare(cy) {
    if (window.servicemapScheme.get() === "light") return;
    idle(() => {
      if (cy.destroyed()) return;
      for (const dim of ["", "dim"]) window.servicemapCards.prepare("light", dim);
      const wanted = new Set(cy.nodes().map((node) => node.data("light")).filter(Boolean));
      for (const { style } of window.servicemapLook.light.style) if (/^data:/.test(style["background-image"])) wanted.add(style["background-image"]);
      images = [...wanted].map((each) => cy.renderer().getCachedImage(each, null, () => {}));
    });
  }

  const ready = () => images !== null && images.every((each) => each.complete) && window.servicemapCards.ready();

  /* A canvas of its own: what is wiped from one that is on the screen would be white on paper, and cover what is below. */
  function drawn(cy) {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), { x, y } = cy.pan();
    canvas.className = "paper";
    canvas.width = cy.width() * SHARP;
    canvas.height = cy.height() * SHARP;
    Object.assign(canvas.style, { width: `${cy.width()}px`, height: `${cy.height()}px` });
    pen.translate(x * SHARP, y * SHARP);
    pen.scale(cy.zoom() * SHARP, cy.zoom() * SHARP);
    cy.renderer().drawElements(pen, cy.renderer().getCachedZSortedEles());
    return canvas;
  }

  /* Before and after. Where an image is not there yet, the canvas stays as it is, on the ground of its own colours. */
  function printed(body, now, { cy, scheme, narrow, restyle }) {
    for (const old of body.querySelectorAll(".paper")) old.remove();
    if (!now) {
      delete body.dataset.drawn;
      delete body.dataset.wide;
      return;
    }
    let paper = scheme;
    if (cy && !cy.destroyed() && (scheme === "light" || ready())) {
      paper = "light";
      if (scheme !== paper) restyle(paper);
      cy.container().append(drawn(cy));
      if (scheme !== paper) restyle(scheme);
    }
    if (!narrow) body.dataset.wide = "";
    body.dataset.drawn = paper;
    const sizes = { width: `${body.clientWidth}px`, height: `${body.clientHeight}px`, zoom: Math.min(1, SHEET / Math.max(body.clientWidth, 1)) };
    for (const [name, value] of Object.entries(sizes)) body.style.setProperty(`--print-${name}`, value);
  }

  window.servicemapPaper = { prepare, printed, ready };
})();
