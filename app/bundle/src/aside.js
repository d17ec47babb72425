/* When do lines come that are not seen until something is picked ("rest")? After the picture, a few at a time, so that a
 * picture of a thousand cards is there at once; and before that for whoever needs them: all, or those at some things.
 */
const FEW = 200, PORTION = 40, CALM = 400;
const idle = window.requestIdleCallback || ((then) => setTimeout(() => then({ timeRemaining: () => 10 }), 50));

export function setAside(cy) {
  let waiting = [], at = new Map(), timer = 0, pictures = 0, begun = false;

  const add = (lines) => {
    const fresh = lines.filter((line) => line.waits);
    for (const line of fresh) line.waits = false;
    if (fresh.length) cy.batch(() => cy.add(fresh.map((line) => line.element)));
  };

  /* Once the picture stands, and only while nothing else wants the page: not between the frames of a movement. */
  function begin(turn) {
    clearTimeout(timer);
    timer = setTimeout(() => idle((left) => portion(left, turn)), CALM);
  }
  function portion(left, turn) {
    if (turn !== pictures || cy.destroyed()) return;
    begun = true;
    do add(waiting.splice(0, PORTION)); while (waiting.length && left.timeRemaining() > 5);
    if (waiting.length) idle((next) => portion(next, turn));
  }
  cy.on("render", () => { if (waiting.length && !begun) begin(pictures); });

  cy.scratch()._lines = (ids) => {
    if (waiting.length) add(ids ? ids.flatMap((id) => at.get(id) || []) : waiting.splice(0));
  };

  /* What is drawn now, of what a picture has. */
  return (elements) => {
    pictures += 1;
    begun = false;
    const hidden = elements.filter((each) => each.data.source !== undefined && /(^| )rest$/.test(each.classes || ""));
    waiting = hidden.length > FEW ? hidden.map((element) => ({ element, waits: true })) : [];
    at = new Map();
    for (const line of waiting) {
      for (const end of [line.element.data.source, line.element.data.target]) {
        if (at.has(end)) at.get(end).push(line); else at.set(end, [line]);
      }
    }
    if (waiting.length) begin(pictures);
    const later = new Set(waiting.map((line) => line.element));
    return later.size ? elements.filter((each) => !later.has(each)) : elements;
  };
}
