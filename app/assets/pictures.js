/* How is a picture looked at that is larger than its frame? Moved and zoomed as the map is: by mouse, fingers and keys.
 *
 * The pictures of a change and of an answer are drawn by the server; a frame is any .picture-box with images in it.
 */
(function () {
  "use strict";
  const LEAST = 0.1, MOST = 3, READABLE = 0.85, FITS = 0.8, TALL = 520, ELSE = 300, NARROW = 480, MARKS = 32, HEAD = 36, BAR = 40, EDGE = 12, MUST = 50;
  /* HEAD: the title at the top of a picture, which the page says too; the bar with the buttons stands in its place. EDGE: room for the badge of a card. ELSE: what a page has above and below a picture. */
  const CAUSE = ".spot[href='#changed']"; // what fails or is changed itself
  const frames = new WeakMap();

  function add(parent, tag, name, values) {
    const made = document.createElement(tag);
    made.className = name;
    for (const [key, value] of Object.entries(values || {})) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  const shown = (box) => [...box.querySelectorAll("img")].find((image) => image.offsetParent !== null && image.naturalWidth);

  /* Once the picture is there, its frame gets a place for it, buttons, and a first view: all of it where that is readable. */
  function ready(box) {
    const image = shown(box);
    if (!image) return;
    if (!frames.has(box)) {
      const inner = box.querySelector(".picture-inner");
      const bar = add(box, "div", "picture-bar");
      add(bar, "span", "picture-hint").textContent = "Two fingers move it";
      const tools = add(bar, "div", "picture-tools", { role: "group", "aria-label": "Zoom" });
      for (const [sign, words, act] of [["minus", "Zoom out", () => zoom(box, 0.8)], ["plus", "Zoom in", () => zoom(box, 1.25)], ["", "Fit the whole picture", () => fit(box, true)]]) {
        const button = add(tools, "button", sign ? "button button-icon" : "button", { type: "button", title: words, "aria-label": words });
        if (sign) add(button, "span", `icon icon-${sign}`, { "aria-hidden": "true" }); else button.textContent = "Fit";
        button.addEventListener("click", act);
      }
      frames.set(box, { x: 0, y: 0, zoom: 1, size: "", inner, fingers: new Map() });
    }
    const at = frames.get(box), size = `${image.naturalWidth} ${image.naturalHeight}`;
    if (at.size === size) place(box); else fit(box, false); // another time of the same picture is seen from the same place
    at.size = size;
  }

  function fit(box, whole) {
    const image = shown(box), at = frames.get(box);
    if (!image || !at) return;
    const width = image.naturalWidth, height = image.naturalHeight - HEAD;
    const first = Math.max(Math.min(1, box.clientWidth / width), Math.min(READABLE, 1)); // as it is seen at first
    box.style.height = `${Math.round(Math.min(Math.max(TALL, window.innerHeight - ELSE), Math.max(height * first + BAR, 160)))}px`;
    if (box.closest(".impact")) document.documentElement.style.setProperty("--picture", box.style.height); // as high from the start, when another answer takes its place
    const all = Math.min(1, box.clientWidth / width, (box.clientHeight - BAR) / height);
    const across = box.clientWidth / width; // where a little less is enough for its whole width, no card is cut
    at.zoom = whole ? all : Math.max(all, across >= FITS ? Math.min(READABLE, across) : READABLE);
    at.x = Math.max(0, (box.clientWidth - width * at.zoom) / 2);
    at.y = whole ? 0 : below(box, at);
    if (!whole && width * at.zoom > box.clientWidth) {
      const tries = at.zoom === READABLE && box.clientWidth >= NARROW ? [READABLE, 0.825, FITS] : [at.zoom];
      Object.assign(at, tries.map((each) => beside(box, at, each)).sort((one, other) => one.lost - other.lost)[0]);
    }
    place(box);
  }

  /* A narrow frame begins with what fails at its foot, above it what rests on it. */
  function below(box, at) {
    const cause = box.clientWidth < NARROW && at.inner.querySelector(CAUSE);
    return cause ? Math.min(0, box.clientHeight - BAR - EDGE - (cause.offsetTop + cause.offsetHeight - HEAD) * at.zoom) : 0;
  }

  /* A frame begins where most cards are whole, none of them cut at its beginning if that can be; a narrow one beside the titles
     of the lanes. A little smaller is right where more are whole then. */
  function beside(box, at, zoom) {
    const places = box.cards || [...at.inner.querySelectorAll(".spot")].map((each) => [each.offsetLeft, each.offsetLeft + each.offsetWidth, each.offsetTop, each.matches(CAUSE)]);
    const seen = (top) => (top - HEAD) * READABLE + at.y < box.clientHeight - BAR && (top - HEAD) * READABLE + at.y >= 0;
    const cards = places.filter(([, , top]) => seen(top)).map(([left, right, , cause]) => [left * zoom, right * zoom, box.clientWidth < NARROW && cause ? MUST : 1]);
    if (!cards.length) return { zoom, x: at.x, lost: 0 };
    const first = MARKS + 8 - Math.min(...cards.map(([left]) => left)), begin = box.clientWidth < NARROW ? first : Math.max(first, 0);
    const last = box.clientWidth < NARROW && !cards.some(([, , weight]) => weight > 1) ? begin - box.clientWidth / 2 : box.clientWidth - shown(box).naturalWidth * zoom;
    const lost = (x) => {
      const start = x > -MARKS * zoom / 2 ? 0 : MARKS, end = box.clientWidth - EDGE;
      const cost = ([left, right, weight]) => weight * (left + x >= start && right + x <= end ? 0 : left + x < start && right + x > start ? 2.5 : left + x < end && right + x > end ? 1.5 : 1);
      return cards.reduce((sum, each) => sum + cost(each), 0) - x / 500;
    };
    let best = begin;
    for (let x = begin; x > last - 4; x -= 4) if (lost(Math.max(x, last)) < lost(best)) best = Math.max(x, last);
    return { zoom, x: best, lost: lost(best) + (READABLE - zoom) * 20 };
  }

  function place(box) {
    const at = frames.get(box), image = shown(box);
    const free = (frame, size, value) => (size <= frame ? Math.min(Math.max(value, 0), frame - size) : Math.min(Math.max(value, frame - size), 0));
    at.x = free(box.clientWidth, image.naturalWidth * at.zoom, at.x);
    at.y = free(box.clientHeight - BAR, (image.naturalHeight - HEAD) * at.zoom, at.y);
    at.inner.style.transform = `translate(${at.x}px, ${BAR + at.y - HEAD * at.zoom}px) scale(${at.zoom})`;
    marked(box, at);
  }

  /* Once the titles of the lanes leave the frame, their marks stand at its edge, over what is left of the titles. */
  function marked(box, at) {
    const marks = box.querySelector(".picture-lanes");
    if (!marks) return;
    marks.hidden = at.x > -MARKS * at.zoom / 2;
    marks.style.width = `${Math.max(MARKS, at.x + (marks.dataset.titles || 0) * at.zoom)}px`;
    for (const mark of marks.children) mark.style.transform = `translateY(${BAR + at.y + (mark.dataset.middle - HEAD) * at.zoom - 10}px)`;
  }

  function zoom(box, factor, x = box.clientWidth / 2, from = box.clientHeight / 2) {
    const at = frames.get(box);
    if (!at || !shown(box)) return;
    const next = Math.min(Math.max(at.zoom * factor, LEAST), MOST), change = next / at.zoom, y = from - BAR;
    at.x = x - (x - at.x) * change;
    at.y = y - (y - at.y) * change;
    at.zoom = next;
    place(box);
    if (window.servicemapTools) window.servicemapTools.announce(`${Math.round(next * 100)} %`);
  }

  function move(box, x, y) {
    const at = frames.get(box);
    at.x += x;
    at.y += y;
    place(box);
  }

  const boxOf = (event) => (event.target instanceof Element ? event.target.closest(".picture-box") : null);
  const known = (event) => { const box = boxOf(event); return box && frames.has(box) && shown(box) ? box : null; };

  document.addEventListener("load", (event) => { const box = event.target instanceof HTMLImageElement && boxOf(event); if (box) ready(box); }, true);
  document.addEventListener("servicemap:scheme", () => requestAnimationFrame(() => document.querySelectorAll(".picture-box").forEach((box) => { if (frames.has(box) && shown(box)) place(box); else ready(box); })));

  document.addEventListener("keydown", (event) => {
    const box = known(event);
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (event.key in steps) move(box, ...steps[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(box, 1.25);
    else if (event.key === "-") zoom(box, 0.8);
    else if (event.key === "0") fit(box, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  /* The wheel scrolls the page; it zooms the picture with Control, or once somebody went into it. */
  document.addEventListener("wheel", (event) => {
    const box = known(event);
    if (!box || !(event.ctrlKey || event.metaKey || box.contains(document.activeElement))) return;
    event.preventDefault();
    const area = box.getBoundingClientRect();
    zoom(box, Math.exp(-event.deltaY / 400), event.clientX - area.left, event.clientY - area.top);
  }, { passive: false });

  document.addEventListener("pointerdown", (event) => {
    const box = known(event);
    if (!box || event.button || event.target.closest("button")) return;
    const at = frames.get(box);
    at.fingers.set(event.pointerId, event);
    if (at.fingers.size === 1) at.moved = false;
    box.focus({ preventScroll: true });
    if (event.pointerType === "mouse") event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    const box = known(event);
    const fingers = box ? frames.get(box).fingers : null;
    if (!fingers || !fingers.has(event.pointerId)) return;
    const before = fingers.get(event.pointerId), at = frames.get(box);
    if (!at.moved && fingers.size < 2 && Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < 4) return; // a click on a box is no move
    if (!at.moved) { at.moved = true; box.setPointerCapture(event.pointerId); }
    const other = [...fingers.values()].find((each) => each.pointerId !== event.pointerId);
    if (other) { // the picture goes along with the middle between them
      const area = box.getBoundingClientRect(), apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoom(box, apart(event) / Math.max(apart(before), 1), (before.clientX + other.clientX) / 2 - area.left, (before.clientY + other.clientY) / 2 - area.top);
      move(box, (event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
    } else move(box, event.clientX - before.clientX, event.pointerType === "touch" ? 0 : event.clientY - before.clientY); // one finger scrolls the page
    fingers.set(event.pointerId, event);
  });

  /* What ends a move is no click on what lies beneath. */
  document.addEventListener("click", (event) => {
    const box = known(event);
    if (box && frames.get(box).moved && !event.target.closest("button")) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  const lifted = (event) => { const box = known(event); if (box) frames.get(box).fingers.delete(event.pointerId); };
  document.addEventListener("pointerup", lifted);
  document.addEventListener("pointercancel", lifted);
})();
