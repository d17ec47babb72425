/* How is a tree of plain HTML drawn? By one component, so that a change costs as much as the tree is large, not its square.
 *
 * Dash wraps each of its own components, and after a change each of them tells all others. Texts are set as text.
 */
(function () {
  "use strict";
  const drawn = (node) => (Array.isArray(node)
    ? window.React.createElement(node[0], node[1], ...node[2].map(drawn))
    : node);
  window.servicemap = { Painted: ({ tree }) => window.React.createElement(window.React.Fragment, null, ...tree.map(drawn)) };
})();
