/* How is it told once that the bounds of a thing, or its style, have changed? Cytoscape.js tells each thing many times.
 *
 * Some steps of it are replaced, each with the same result:
 * - What nobody listens to is not told. What the renderer alone listens to is told it for all things at once.
 * - What is measured to be drawn has not changed by that: Cytoscape.js takes the bounds that it did not know yet for
 *   changed ones, and works out all lines once more before the next frame.
 * - Which of one thing are nodes, and which lines are at it, is said without a collection for each question.
 */
const PLAIN = /^\w+$/, RENDERER = { bounds: "bounds.*", style: "style.*" };

export function tellOnce(cy) {
  const kind = Object.getPrototypeOf(cy.collection()), { emit, boundingBox, dirtyBoundingBoxCache, dirtyStyleCache } = kind;
  const none = cy.collection();
  let measured = null;

  kind.emit = function (told, ...more) {
    if (typeof told !== "string" || !PLAIN.test(told)) return emit.call(this, told, ...more);
    for (let i = 0; i < this.length; i++) if (this[i]._private.emitter.listeners.length > 0) return emit.call(this, told, ...more);
    const heard = cy.emitter().listeners.filter((each) => each.type === told);
    if (heard.some((each) => each.event !== RENDERER[told])) return emit.call(this, told, ...more);
    if (this.length) for (const each of heard) each.callback.call(cy, { type: told, cy, target: this });
    return this;
  };

  kind.boundingBox = function (options) {
    const thing = this.length === 1 && (!options || options.useCache !== false) ? this[0] : null, own = thing && thing._private;
    if (!thing || (own.bbCache != null && !own.styleDirty)) return boundingBox.call(this, options);
    this.recalculateRenderedStyle(true);
    const outer = measured;
    measured = own.bbCache == null && own.rstyle.clean && !own.styleDirty ? thing : null;
    try { return boundingBox.call(this, options); } finally { measured = outer; }
  };

  kind.dirtyBoundingBoxCache = function () {
    return measured && this.length === 1 && this[0] === measured ? this : dirtyBoundingBoxCache.call(this);
  };

  for (const group of ["nodes", "edges"]) {
    const some = kind[group];
    kind[group] = function (selector) {
      if (measured && this === measured && selector === undefined) return this._private.group === group ? this : none;
      return some.call(this, selector);
    };
  }

  kind.dirtyStyleCache = function () {
    if (cy.hasCompoundNodes()) return dirtyStyleCache.call(this);
    for (let i = 0; i < this.length; i++) {
      const own = this[i]._private;
      own.styleCache = null;
      for (const edge of own.edges || []) edge._private.styleCache = null;
    }
    return this;
  };
}
