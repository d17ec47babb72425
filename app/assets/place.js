/* Where does a picture stand in its frame? And, before anything else runs, the first picture is put there.
 *
 * The server sends the map as it will stand with the first answer, as SVG (app/map/first.py). The canvas that takes its
 * place later asks here too, so nothing moves when it comes.
 */
(function () {
  "use strict";
  const FITS = 0.8, LEAST = 0.45, FAR = 160, ENOUGH = 0.85, EDGE = 6, LIE = 4;
  const narrow = () => window.matchMedia("(max-width: 720px)").matches;
  const level = (zoom) => (zoom < 0.65 ? "far" : zoom < 0.845 ? "plain" : "");

  /* The part of the map that the titles of the lanes, and what was cut, leave free. */
  function frame(stage, { whole, told }) {
    const box = stage.getBoundingClientRect(), left = whole ? 8 : narrow() ? 40 : 140;
    return { left, top: 8, width: Math.max(box.width - left - 8, 50), height: Math.max(box.height - 16 - (told ? 44 : 0) - (narrow() ? 12 : 0), 50) };
  }

  /* The whole picture where it stays readable; else as much as stays readable, around what matters.
   *
   * "asked" is what has to be seen at once, "main" where the middle is, "spots" tells of each card where its middle is,
   * how wide it is, and whether it is beside what matters. */
  function fitted({ bounds, whole }, area, { asked, ends, main, all, spots }) {
    const [left, y1, right, y2] = bounds, x1 = left - 14, x2 = right + 14;
    const across = Math.min(area.width / (x2 - x1), 1), complete = Math.min(across, area.height / (y2 - y1));
    let around = asked ? Math.min((area.width - 48) / asked.w, (area.height - 48) / asked.h) : 1; // both ends of ways are seen
    if (asked && main && around < LEAST && complete < LEAST) { asked = null; around = 1; } // not all can be seen at once: the first is
    const open = complete >= FITS ? complete : across >= FITS ? across : 0.92; // names of 12 px are read at 10 px or more
    const readable = asked ? Math.max(Math.min(around, across >= FITS ? across : 0.92), ends ? LEAST : Math.min(across, 0.6), LEAST) : open; // all of it before large names, both ends of ways before names
    const first = Math.max(complete, whole ? Math.min(across, FITS) : readable);
    const begin = all ? complete : asked && ends ? Math.min(first, Math.max(around, LEAST)) : first; // with the rings of both ends
    const centre = asked ? { x: asked.x1 + asked.w / 2, y: asked.y1 + asked.h / 2 } : main || { x: x1, y: y1 };
    const place = (size, low, high, middle, start, down, zoom) => {
      const full = (high - low) * zoom;
      if (full <= size) return start + (down ? (whole ? (size - full) / 3 : Math.min((size - full) / 2, 24)) : (size - full) / 2) - low * zoom;
      return start + Math.min(0, Math.max(size - full, size / 2 - (middle - low) * zoom)) - low * zoom;
    };
    const at = (zoom) => ({ zoom, pan: { x: place(area.width, x1, x2, centre.x, area.left, false, zoom), y: place(area.height, y1, y2, centre.y, area.top, true, zoom) } });
    if (whole || (x2 - x1) * begin <= area.width) return at(begin);
    const tries = asked || begin !== 0.92 ? [begin] : [0.92, 0.89, 0.86], known = spots(), settled = asked || main ? snapped : fullest;
    return tries.map((each) => settled(at(each), [x1, x2], area, known)).sort((a, b) => a.cut - b.cut)[0];
  }

  const inside = ({ zoom, pan }, area, spots) => spots.filter(([, y]) => y * zoom + pan.y > area.top && y * zoom + pan.y < area.top + area.height)
    .map(([x, , width, near]) => [(x - width / 2) * zoom, (x + width / 2) * zoom, near]);

  /* Where nothing is asked for, the whole map begins as far left as nearly the most of its first rows is seen whole. */
  function fullest({ zoom, pan }, [low, high], area, spots) {
    const seen = inside({ zoom, pan }, area, spots), end = area.left + area.width, first = area.left - low * zoom, last = end - high * zoom, found = [];
    for (let x = first; x > last - 4; x -= 4) {
      const at = Math.max(x, last), told = { x: at, whole: 0, cut: 0 };
      for (const [from, to] of seen) {
        if (from + at >= area.left + EDGE && to + at <= end) told.whole += 1;
        else if (from + at < area.left + EDGE && to + at > area.left) told.cut += 2;
        else if (from + at < end && to + at > end) told.cut += 1;
      }
      found.push(told);
    }
    const most = Math.max(...found.map(({ whole }) => whole)), begin = found.find(({ whole }) => whole >= most * ENOUGH);
    const near = found.filter(({ x }) => Math.abs(x - begin.x) < FAR), worth = ({ whole, cut, x }) => whole - cut + x / FAR;
    const best = near.reduce((one, other) => (worth(other) > worth(one) ? other : one));
    return { zoom, pan: { x: best.x, y: pan.y }, cut: best.cut + (1 - zoom) };
  }

  /* Where not all of it has room, what is beside the focus is whole if it can be, and the edges of the frame cut few cards. */
  function snapped({ zoom, pan }, [low, high], area, spots) {
    const seen = inside({ zoom, pan }, area, spots), end = area.left + area.width;
    const lost = ([from, to, near], x) => (near && (from + x < area.left || to + x > end) ? 10 : (from + x < area.left && to + x > area.left ? 2 : 0) + (from + x < end && to + x > end ? 1 : 0)); // a cut beginning is worse than a cut end
    let best = { zoom, pan, cut: Infinity };
    for (let shift = -FAR; shift <= FAR; shift += 4) {
      const x = Math.min(area.left - low * zoom, Math.max(end - high * zoom, pan.x + shift));
      const cut = seen.reduce((sum, each) => sum + lost(each, x), 0) + Math.abs(x - pan.x) / FAR / 2 + (1 - zoom);
      if (cut < best.cut) best = { zoom, pan: { x, y: pan.y }, cut };
    }
    return best;
  }

  /* Bands and titles of lanes go along with the picture. */
  function lanes(page, zoom, pan, [first, , last] = [0, 0, 0]) {
    const { width, height } = page.querySelector(".stage").getBoundingClientRect(), bands = page.querySelector(".bands");
    bands.classList.toggle("before", first * zoom + pan.x < (narrow() ? 40 : 140)); // a band ends where its cards do
    bands.classList.toggle("beyond", last * zoom + pan.x > width);
    page.querySelectorAll(".band").forEach((band) => {
      band.style.transform = `translateY(${pan.y + Number(band.dataset.y) * zoom}px)`;
      band.style.height = `${Number(band.dataset.h) * zoom}px`;
    });
    const titles = [...page.querySelectorAll(".lane")].map((lane) => {
      const top = pan.y + Number(lane.dataset.y) * zoom, high = Number(lane.dataset.h) * zoom;
      const lines = lane.dataset.lines === "2" ? 28 : 14;
      lane.classList.toggle("tight", high + 12 < lines + 14);
      lane.classList.toggle("tighter", high + 6 < lines);
      const own = lane.offsetHeight;
      const visibleTop = Math.max(top, 0), visibleBottom = Math.min(top + high, height);
      let middle = (visibleTop + visibleBottom) / 2;
      middle = Math.min(Math.max(middle, top + Math.min(own, high) / 2), top + high - Math.min(own, high) / 2);
      lane.style.transform = `translateY(${middle - own / 2}px)`;
      return { lane, high, top: middle - own / 2, end: middle + own / 2 };
    });
    const kept = []; // from far away there is no room for all: the titles of the higher lanes stand
    for (const each of titles.sort((one, other) => other.high - one.high)) {
      const under = kept.some((other) => Math.min(each.end, other.end) - Math.max(each.top, other.top) > LIE);
      each.lane.classList.toggle("under", under);
      if (!under) kept.push(each);
    }
    const shown = page.querySelector(".zoom output");
    if (shown) shown.textContent = `${Math.round(zoom * 100)} %`;
  }

  let page = document.querySelector(".first-page");
  const details = (place) => [...place.querySelectorAll("details")], told = (each) => each.firstElementChild.textContent;
  const open = new Set(page ? details(page).filter((each) => each.open).map(told) : []); // before anybody has opened one

  /* The first picture, where it was made for a screen like this one. */
  function begin() {
    const svg = page.querySelector(".first-map");
    if (narrow() !== (page.dataset.narrow === "1")) return gone();
    const { bounds, spots, focus } = JSON.parse(svg.dataset.told);
    const area = frame(page.querySelector(".stage"), { whole: false, told: page.querySelector(".notice > *") });
    const main = focus && { x: focus[0], y: focus[1] };
    const { zoom, pan } = fitted({ bounds, whole: false }, area, { main, spots: () => spots });
    const x = Math.round(pan.x), y = Math.round(pan.y);
    if (level(zoom) === "far") return gone();
    const box = page.querySelector(".stage").getBoundingClientRect();
    [...svg.querySelectorAll("a")].forEach((card, number) => { // what is outside the frame would only cost
      const [left, top, width] = spots[number], across = left * zoom + x, down = top * zoom + y;
      if (across + width < 0 || across - width > box.width || down < -60 || down > box.height + 60) card.remove();
    });
    svg.lastElementChild.setAttribute("transform", `translate(${x} ${y}) scale(${zoom})`);
    if (level(zoom)) svg.classList.add(level(zoom));
    lanes(page, zoom, { x, y }, bounds);
    page.classList.add("placed");
    performance.mark("first picture");
  }

  /* A tool of the map that is pressed before the map is live acts once it is. */
  const TOOLS = ["fit", "zoom-in", "zoom-out"];
  let waiting = [];
  const early = (act) => Boolean(waiting && TOOLS.includes(act));
  document.addEventListener("click", (event) => {
    const press = waiting && event.target instanceof Element && event.target.closest("[data-act]");
    if (press && early(press.dataset.act)) waiting.push(press.dataset.act);
  }, true);
  function live() {
    const acts = waiting || [];
    waiting = null;
    return acts;
  }

  /* What was typed and opened stays: the field of the search has its letters, a menu or a filter is open. */
  function gone() {
    if (!page) return;
    const opened = new Set(details(page).filter((each) => each.open && !open.has(told(each))).map(told));
    const early = page.querySelector("input[type=search]"), sought = early === document.activeElement;
    page.remove();
    page = null;
    const map = document.getElementById("map-page"), field = document.getElementById("search-input");
    if (field && early) field.value = early.value;
    if (sought && field) {
      field.focus();
      if (field.value) field.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (map) [document.querySelector("#react-entry-point .header"), map].flatMap((part) => (part ? details(part) : [])).filter((each) => opened.has(told(each))).forEach((each) => { each.open = true; });
  }

  /* The canvas has drawn what it shows, with the images on its cards: what was there at first can go. */
  function follow(cy, then) {
    if (!page) return then();
    const began = performance.now(), images = cy.renderer().imageCache || {};
    let turns = 0;
    const look = () => {
      turns += 1;
      const kept = Object.values(images), drawn = turns > 2 && window.servicemapCards.ready() && kept.every((each) => each.image && each.image.complete);
      if (!drawn && performance.now() - began < 1500) return requestAnimationFrame(look);
      gone();
      then();
    };
    requestAnimationFrame(look);
  }

  window.servicemapPlace = { level, frame, fitted, lanes, gone, follow, early, live };
  if (page) begin();
})();
