/* When does the canvas look whether something has to be drawn? Cytoscape.js looks 60 times a second, for ever: a page that
 * nobody touches took a tenth of a processor. Here it looks twice a second once nothing was drawn for a while, and at
 * once when a drawing or a movement is asked for. ("nextFrame" is asked by the changed loop, see build.mjs.) */
const CALM = 2000, PAUSE = 500;

export function quieten(cy) {
  const renderer = cy.renderer();
  let last = performance.now(), waiting = null, timer = 0;

  const go = () => {
    const step = waiting;
    waiting = null;
    clearTimeout(timer);
    if (step) requestAnimationFrame(step);
  };
  const wake = () => {
    last = performance.now();
    go();
  };

  renderer.nextFrame = (step) => {
    if (renderer.requestedFrame || performance.now() - last < CALM) return requestAnimationFrame(step);
    waiting = step;
    timer = setTimeout(go, PAUSE);
  };
  for (const [owner, name] of [[renderer, "redraw"], [cy, "animate"], [cy, "animation"], [cy, "addToAnimationPool"]]) {
    const known = owner[name];
    owner[name] = function (...told) {
      const answer = known.apply(this, told);
      wake();
      return answer;
    };
  }
}
