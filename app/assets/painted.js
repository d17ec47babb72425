/* How is a tree of plain HTML drawn? By one component, so that a change costs as much as the tree is large, not its square.
 *
 * Dash wraps each of its own components, and after a change each of them tells all others. Texts are set as text.
 */
(function () {
  "use strict";
  const { createElement, Fragment, useState } = window.React, { createRoot, flushSync } = window.ReactDOM;
  const drawn = (node) => (!Array.isArray(node) ? node
    : node[1]["data-rest"] ? createElement(Fold, { node })
    : createElement(node[0], node[1], ...node[2].map(drawn)));

  /* A filter that is closed, and values of one that are folded away, are drawn once somebody opens them; app/map/sift.py says what they are. */
  function Fold({ node: [tag, { "data-rest": rest, ...attributes }, inside] }) {
    const [opened, open] = useState(false);
    const onToggle = (event) => { if (event.target.open) open(true); };
    return createElement(tag, { ...attributes, onToggle }, ...inside.map(drawn), ...(opened ? values(JSON.parse(rest)).map(drawn) : []));
  }

  function values([href, facet, rows, first = rows.length, more]) {
    const links = rows.slice(0, first).map(([count, value, label = value, short = value]) => {
      const kept = encodeURIComponent(`${facet}:${value}`).replace(/%(2F|2C|3A|3E)/g, decodeURIComponent);
      const many = `${count.toLocaleString("en")} ${count === 1 ? "element" : "elements"}`;
      return ["a", { href: `${href}${href.includes("?") ? "&" : "?"}only=${kept}`, title: `Keep ${label}: ${many}` }, [
        ["span", { className: "box" }, []], ["span", { className: "grow anywhere" }, [short]], ["span", { className: "count" }, [count.toLocaleString("en")]]]];
    });
    if (more === undefined) return links;
    const others = JSON.stringify([href, facet, rows.slice(first)]);
    const fold = ["details", { className: "fold", "data-rest": others }, [["summary", {}, [more]]]];
    return [["div", {}, rows.length > first ? [...links, fold] : links]];
  }

  const Painted = ({ tree }) => createElement(Fragment, null, ...tree.map(drawn));

  /* A place that belongs to no component of Dash is drawn at once, in the same step as what stands beside it. */
  const roots = new WeakMap();
  function paint(place, tree) {
    if (!roots.has(place)) roots.set(place, createRoot(place));
    flushSync(() => roots.get(place).render(createElement(Painted, { tree })));
  }

  window.servicemap = { Painted, paint };
})();
