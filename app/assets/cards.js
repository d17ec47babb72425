/* What stands on the cards of the map? The mark of a class, the second line, the fold of a vendor's corner.
 *
 * Each has a name, and the canvas asks here for what is to be drawn under it: an image, or what draws itself. The marks are
 * there before the first card is drawn, and a line is written by the canvas, so nothing is drawn twice for an image that
 * comes later.
 */
(function () {
  "use strict";
  const LINE = 16, BASE = 12; // the height of a second line, and where its letters stand
  const NOTHING = { complete: true, width: 1, height: 1, draw() {} };
  const known = new Map([["nothing", NOTHING]]);

  function picture(name) {
    if (!known.has(name)) {
      const [what, scheme, dim, width, ...words] = name.split("|"), look = window.servicemapLook[scheme], text = words.join("|");
      if (what === "line") known.set(name, line(text, dim === "dim" ? look.secondDim : look.secondState[dim] || look.second, Number(width), look.font));
      else if (what === "fold") known.set(name, image(look.fold));
      else if (what === "tile") known.set(name, image(look[dim ? "dim" : "tiles"][text]));
    }
    return known.get(name);
  }

  function image(address) {
    const made = new Image();
    made.src = address;
    return made;
  }

  function line(text, colour, width, font) {
    let long = null;
    return {
      complete: true, width, height: LINE,
      draw(pen, x, y) {
        pen.save();
        Object.assign(pen, { font: `11px ${font}`, fillStyle: colour, textAlign: "left", textBaseline: "alphabetic" });
        if (long === null) long = pen.measureText(text).width > width;
        if (long) { pen.beginPath(); pen.rect(x, y, width, LINE); pen.clip(); }
        pen.fillText(text, x, y + BASE);
        pen.restore();
      },
    };
  }

  /* The rule of the style sheet for it. Where things stand is the same on all cards, so only their names are asked for. */
  function rule(scheme) {
    const names = (card) => {
      const { look, second, w } = card.data(), dim = card.hasClass("dim") ? "dim" : "", far = card.hasClass("far");
      const tile = far ? "" : `tile|${scheme}|${dim}||${look}`, fold = look === "vendor-service" ? `fold|${scheme}` : "";
      const said = second && !far && !card.hasClass("plain") ? `line|${scheme}|${dim || card.data("state") || ""}|${Math.ceil(w - 40)}|${second}` : "";
      return fold ? [tile || "nothing", said || "nothing", fold] : said ? [tile, said] : tile ? [tile] : [];
    };
    return {
      selector: "node.element",
      style: {
        "background-image": names,
        "background-position-x": "6px 38px 100%",
        "background-position-y": "50% 100% 0%",
        "background-offset-y": "0px -2px 0px",
        "background-width": "24px auto 10px",
        "background-height": "24px auto 10px",
        "background-repeat": "no-repeat",
        "background-clip": "none",
      },
    };
  }

  const prepare = (scheme, dim = "") => Object.keys(window.servicemapLook[scheme].tiles).forEach((word) => picture(`tile|${scheme}|${dim}||${word}`));
  const ready = () => [...known.values()].every((each) => each.complete);

  window.servicemapCards = { picture, rule, ready, prepare };
  prepare(window.servicemapScheme.get());
})();
