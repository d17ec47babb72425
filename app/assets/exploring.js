/* How is a map explored beyond picking? Expressions while they are typed, steps back and forth, menus, the small map.
 *
 * What is drawn and selected is the business of explorer.js; here are the helpers around it.
 */
(function () {
  "use strict";
  const t = window.servicemapTools, { add, byId, go, changed, announce, actions, typing } = t;
  const onMap = () => byId("map-page") && !byId("map-page").hidden;
  const here = () => new URLSearchParams(location.search);

  /* ── expressions ───────────────────────────────────────────────────────────────────────── */

  const find = { timer: 0, abort: null, offered: [], at: -1 };

  function field() {
    const slot = byId("find-slot");
    if (!slot) return null;
    let input = byId("find-input");
    if (!input) {
      input = document.createElement("input");
      const attributes = { id: "find-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "2000",
        placeholder: "kind = database and used by > 2", "aria-label": "Expression", "aria-expanded": "false",
        "aria-controls": "find-list", "aria-autocomplete": "list" };
      for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
      slot.append(input);
      input.addEventListener("input", () => later(input));
      input.addEventListener("keydown", keys);
    }
    return input;
  }

  function later(input) {
    clearTimeout(find.timer);
    find.timer = setTimeout(() => ask(input), 80);
  }

  async function ask(input) {
    if (find.abort) find.abort.abort();
    find.abort = new AbortController();
    const text = input.value;
    try {
      const answer = await fetch(`/find.json?q=${encodeURIComponent(t.well(text))}&at=${input.selectionStart ?? text.length}`, { signal: find.abort.signal });
      if (input.value === text) tell(input, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") byId("find-said").textContent = "The server does not answer";
    }
  }

  function tell(input, answer) {
    find.offered = answer.completions || [];
    find.at = -1;
    const list = byId("find-list"), said = byId("find-said");
    list.replaceChildren();
    find.offered.forEach((each, number) => {
      const row = add(list, "li");
      row.id = `goes-on-${number}`;
      row.setAttribute("role", "option");
      row.dataset.number = number;
      add(row, "b", "", each.text.trim());
      add(row, "small", "", each.said);
    });
    list.hidden = !find.offered.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(input);
    said.replaceChildren();
    said.className = "find-said";
    if (answer.problem) {
      const { message, remedy, at, until } = answer.problem, text = answer.text;
      said.classList.add("wrong");
      const code = add(said, "code", "", text.slice(0, at));
      add(code, "mark", "", text.slice(at, until) || " ");
      code.append(text.slice(Math.max(until, at)));
      add(said, "span", "", `${message[0].toUpperCase()}${message.slice(1)}${remedy ? `; ${remedy}` : ""}`);
    } else if (answer.count !== null && answer.count !== undefined) {
      add(said, "span", "", `${answer.count === 1 ? "1 element fits" : `${answer.count.toLocaleString("en")} elements fit`}${answer.notes.length ? `; ${answer.notes.join("; ")}` : ""}`);
      for (const { at, until, text } of answer.meant || []) {
        const press = add(said, "button", "button", `Take ${text}`);
        press.type = "button";
        press.addEventListener("click", () => {
          input.value = answer.text.slice(0, at) + text + answer.text.slice(until);
          input.focus();
          ask(input);
        });
      }
    }
    const examples = byId("find-menu").querySelector(".find-examples"), fit = answer.examples || [];
    examples.hidden = Boolean(answer.text.trim()) || !fit.length;
    examples.querySelectorAll("button").forEach((each) => { each.hidden = !fit.includes(each.dataset.text); }); // an example finds something here
  }

  function mark(input) {
    document.querySelectorAll("#find-list li").forEach((row, number) => {
      row.setAttribute("aria-selected", String(number === find.at));
      if (number === find.at) row.scrollIntoView({ block: "nearest" });
    });
    if (find.at >= 0) input.setAttribute("aria-activedescendant", `goes-on-${find.at}`); else input.removeAttribute("aria-activedescendant");
  }

  function take(input, number) {
    const each = find.offered[number];
    if (!each) return;
    const rest = input.value.slice(input.selectionStart ?? input.value.length);
    input.value = input.value.slice(0, each.at) + each.text + rest;
    const at = each.at + each.text.length;
    input.setSelectionRange(at, at);
    input.focus();
    ask(input);
  }

  function keys(event) {
    const input = event.target, moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && find.offered.length) {
      const count = find.offered.length + 1;
      find.at = (find.at + 1 + moves[event.key] + count) % count - 1;
      mark(input);
      if (find.at >= 0) announce(`${find.offered[find.at].text.trim()}, ${find.offered[find.at].said}`);
    } else if (event.key === "Tab" && find.offered.length && input.value && !event.shiftKey && !byId("find-list").hidden) take(input, Math.max(find.at, 0));
    else if (event.key === "Enter") { if (find.at >= 0) take(input, find.at); else actions["find-light"](); }
    else if (event.key === "Escape") {
      if (!byId("find-list").hidden && find.at >= 0) { find.at = -1; mark(input); } else { byId("find-menu").open = false; byId("find-menu").querySelector("summary").focus(); }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function apply(values) {
    byId("find-menu").open = false;
    go(changed({ ...values, select: "", line: "" }));
  }

  const text = () => (field() ? field().value.trim() : "");
  actions["find-light"] = () => apply({ find: text() });
  actions["find-only"] = () => text() && apply({ without: `not (${text()})`, find: "" });
  actions["find-hide"] = () => text() && apply({ without: here().get("without") ? `${here().get("without")} or (${text()})` : text(), find: "" });
  actions.rule = () => { byId("filter-menu").open = false; byId("find-menu").open = true; };
  actions["find-example"] = (button) => { field().value = button.dataset.text; ask(field()); field().focus(); };

  document.addEventListener("mousedown", (event) => {
    const row = event.target instanceof Element && event.target.closest("#find-list li");
    if (row) { event.preventDefault(); take(field(), Number(row.dataset.number)); }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "find-menu" && event.target.open && document.activeElement !== field()) begin();
  }, true);
  function begin() {
    const input = field();
    if (!input.value) input.value = here().get("find") || "";
    input.focus();
    ask(input);
  }

  /* ── saved views ───────────────────────────────────────────────────────────────────────── */

  const dayOf = (moment) => new Date(moment).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const views = { turn: 0, told: "" };
  async function listViews(said) {
    const list = byId("views-list"), told = byId("views-said"), slot = byId("views-slot"), mine = ++views.turn;
    let text;
    try { text = await (await fetch("/views.json")).text(); } catch { told.textContent = "The server does not answer"; return; }
    if (mine !== views.turn) return;
    const answer = JSON.parse(text);
    const why = answer.error ? answer.error.detail || answer.error.title : answer.why_not ? `Views cannot be saved here: ${answer.why_not}. The address of the page holds the focus, the filters and what is picked.` : "";
    told.textContent = said || why;
    if (text === views.told && list.firstChild && !said) return; // what stands there already stays under the pointer
    views.told = text;
    list.replaceChildren();
    for (const view of answer.views || []) {
      const row = add(list, "div", "row picked");
      const link = add(row, "a", "grow-link");
      link.href = view.address;
      add(link, "span", "name anywhere", view.name);
      add(row, "span", "note", dayOf(view.saved_at)).title = view.by ? `Saved by ${view.by}` : "";
      if (!answer.why_not) {
        const away = add(row, "button", "button button-icon button-plain");
        away.type = "button";
        away.title = `Forget ${view.name}`;
        add(away, "span", "icon icon-x icon-14").setAttribute("aria-hidden", "true");
        add(away, "span", "sr", `Forget ${view.name}`);
        away.addEventListener("click", () => forget(view.name));
      }
    }
    if (!(answer.views || []).length) add(list, "p", "words", "No view is saved yet.");
    byId("views-menu").querySelector(".actions").hidden = !(answer.views || []).length;
    slot.replaceChildren();
    if (!answer.why_not) {
      const input = add(slot, "input"), save = add(slot, "button", "button button-filled", "Save this view");
      for (const [key, value] of Object.entries({ id: "view-name", type: "text", maxlength: "100", placeholder: "Name of this view", "aria-label": "Name of this view", autocomplete: "off" })) input.setAttribute(key, value);
      save.type = "button";
      save.addEventListener("click", () => keep(input.value));
      input.addEventListener("keydown", (event) => { if (event.key === "Enter") keep(input.value); });
    }
  }

  async function keep(name, again) {
    const told = byId("views-said");
    if (!name.trim()) { told.textContent = "Give the view a name"; return; }
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: t.well(name), query: location.search.slice(1), again }) };
    const answer = await fetch("/views.json", options), said = await answer.json();
    if (answer.ok) return listViews(`Saved as “${said.saved.name}”`);
    told.textContent = `${said.error.detail[0].toUpperCase()}${said.error.detail.slice(1)}; ${said.error.help}.`;
    if (/already/.test(said.error.detail) && !again) {
      const replace = add(told, "button", "button", "Replace it");
      replace.type = "button";
      replace.addEventListener("click", () => keep(name, true));
    }
  }

  async function forget(name) {
    const answer = await fetch(`/views.json?name=${encodeURIComponent(name)}`, { method: "DELETE" });
    listViews(answer.ok ? `Forgot “${name}”` : (await answer.json()).error.detail);
  }

  document.addEventListener("toggle", (event) => { if (event.target.id === "views-menu" && event.target.open) listViews(); }, true);

  /* ── steps back and forth ──────────────────────────────────────────────────────────────── */

  /* Each address of the map is a step; where one stands is kept with it, how far one has been is kept for the tab. */
  const steps = { at: 0, last: 0 };

  function stepped() {
    const own = history.state && history.state.step;
    if (own !== undefined && own !== null) steps.at = own;
    else {
      steps.at += steps.seen === undefined ? 0 : 1;
      steps.last = steps.at;
      history.replaceState({ ...history.state, step: steps.at }, "", location.href);
    }
    if (steps.seen === undefined) steps.last = Math.max(steps.at, Number(sessionStorage.getItem("servicemap-last") || 0));
    steps.seen = true;
    sessionStorage.setItem("servicemap-last", String(steps.last));
    document.querySelectorAll("[data-act=undo]").forEach((each) => { each.disabled = steps.at <= 0; });
    document.querySelectorAll("[data-act=redo]").forEach((each) => { each.disabled = steps.at >= steps.last; });
  }

  actions.undo = () => { if (steps.at > 0) { history.back(); announce("One step back"); } };
  actions.redo = () => { if (steps.at < steps.last) { history.forward(); announce("One step forth"); } };
  window.addEventListener("popstate", () => setTimeout(stepped));
  for (const name of ["_dashprivate_pushstate", "servicemap:went"]) window.addEventListener(name, () => setTimeout(stepped));
  new MutationObserver((_, watch) => { if (byId("undo")) { stepped(); watch.disconnect(); } }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("keydown", (event) => {
    if (!onMap() || typing(event.target)) return;
    const held = event.ctrlKey || event.metaKey, key = event.key.toLowerCase();
    if (held && key === "z") event.shiftKey ? actions.redo() : actions.undo();
    else if (held && key === "y") actions.redo();
    else if (!held && !event.altKey && key === "f") {
      byId("find-menu").open = true;
      begin(); // at once: the event that tells of it comes after the next letters
    }
    else if ((event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) && t.alive()) {
      const node = t.state.cy.getElementById(t.state.walk || t.state.picks[0] || "");
      if (node.empty()) return;
      openMenu(node, node.renderedPosition());
    } else return;
    event.preventDefault();
  });

  /* ── the menu of an element ────────────────────────────────────────────────────────────── */

  function closeMenu() {
    const menu = byId("context");
    if (menu) menu.remove();
  }

  function openMenu(node, spot) {
    closeMenu();
    const stage = byId("map-stage").parentElement, id = node.id(), name = node.data("label").replace("\n", " ");
    const menu = add(stage, "div", "menu-list context");
    menu.id = "context";
    menu.setAttribute("role", "menu");
    menu.setAttribute("aria-label", name);
    const entry = (words, icon, act) => {
      const made = add(menu, typeof act === "string" ? "a" : "button");
      made.setAttribute("role", "menuitem");
      made.tabIndex = -1;
      add(made, "span", `icon icon-${icon}`).setAttribute("aria-hidden", "true");
      add(made, "span", "grow", words);
      if (typeof act === "string") made.href = act; else made.addEventListener("click", () => { closeMenu(); act(); });
      if (typeof act === "string") made.addEventListener("click", () => setTimeout(closeMenu));
    };
    const path = id.split("/").map(encodeURIComponent).join("/"), more = t.state.picks.length && !t.state.picks.includes(id);
    add(menu, "b", "context-name", name);
    entry("Focus on it", "focus-2", changed({ focus: id, select: id, line: "" }));
    if (more) entry("Add to the selection", "plus", () => t.choose(id, true));
    entry("Path to…", "arrow-right", changed({ from: id, to: "", select: "", line: "", way: "" }));
    if (here().get("from") && here().get("from") !== id) entry("Path to here", "arrow-left", changed({ to: id, select: "", line: "", way: "" }));
    entry("Hide it", "eye-off", changed({ without: hide(id), select: "", line: "" }));
    entry(`Hide every ${node.data("kind").toLowerCase()}`, "eye-off", changed({ without: hideKind(node.data("kind")), select: "", line: "" }));
    const away = ["Person", "Team", "Role"].includes(node.data("kind"));
    entry(away ? "If away" : "If it fails", "bolt", `/impact?element=${encodeURIComponent(id)}`);
    const other = t.state.picks.length === 1 && t.state.picks[0] !== id && t.state.cy.getElementById(t.state.picks[0]), compared = (...ids) => `/compare?${ids.map((each) => `element=${encodeURIComponent(each)}`).join("&")}`;
    if (other && other.nonempty()) entry(`Compare with ${other.data("label").replace("\n", " ")}`, "layout-list", compared(other.id(), id));
    else entry("Compare with…", "layout-list", compared(id));
    entry("Open its page", "external-link", `/element/${path}`);
    entry("Copy the id", "copy", () => t.copyText(id, "Id copied"));
    entry("Copy a link", "link", () => t.copyText(new URL(`/map?focus=${encodeURIComponent(id)}&select=${encodeURIComponent(id)}`, location.href).href, "Link copied"));
    const area = stage.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(spot.x, area.width - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(4, Math.min(spot.y, area.height - menu.offsetHeight - 8))}px`;
    menu.querySelector("[role=menuitem]").focus();
    byId("map-tip").hidden = true;
  }

  const or = (expression) => (here().get("without") ? `${here().get("without")} or ${expression}` : expression);
  const quoted = (words) => (/^[\w/.:-]+$/.test(words) ? words : `"${words.replace(/"/g, "")}"`);
  const hide = (id) => or(`id = ${quoted(id)}`);
  const hideKind = (kind) => or(kind === "Not defined" ? "defined = no" : `kind = ${kind.toLowerCase()}`);

  document.addEventListener("keydown", (event) => {
    const menu = byId("context");
    if (!menu) return;
    const entries = [...menu.querySelectorAll("[role=menuitem]")], at = entries.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") { closeMenu(); byId("map-stage").focus(); }
    else if (event.key === "ArrowDown") entries[(at + 1) % entries.length].focus();
    else if (event.key === "ArrowUp") entries[(at - 1 + entries.length) % entries.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("mousedown", (event) => { if (byId("context") && !byId("context").contains(event.target)) closeMenu(); });
  document.addEventListener("servicemap:canvas", (event) => {
    const cy = event.detail;
    cy.on("cxttap", "node.element", (tap) => openMenu(tap.target, tap.renderedPosition));
    cy.on("viewport", closeMenu);
    cy.on("viewport", redraw);
    cy.on("chosen", () => { cards = {}; redraw(); }); // as after each picture
  });
  document.addEventListener("contextmenu", (event) => { if (event.target instanceof Element && event.target.closest("#map-stage")) event.preventDefault(); });

  /* ── the small map ─────────────────────────────────────────────────────────────────────── */

  const OFF = "servicemap-small-map-off";
  const off = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };

  function switched() {
    const entry = document.querySelector("[data-act=small-map]");
    if (!entry) return;
    entry.querySelector(".grow").textContent = off() ? "Show the small map" : "Hide the small map";
    entry.querySelector(".icon").className = `icon icon-${off() ? "eye" : "eye-off"}`;
  }

  actions["small-map"] = () => {
    try { if (off()) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "yes"); } catch { return announce("This browser remembers nothing"); }
    announce(off() ? "The small map is hidden" : "The small map is shown");
    redraw();
  };
  document.addEventListener("toggle", (event) => { if (event.target.id === "help-menu" && event.target.open) switched(); }, true);

  let waiting = false;
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; small(); });
  }

  /* The cards of the small map are drawn once; while the map moves, the frame alone is drawn on them. */
  let cards = {};
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  function drawnCards(cy, [width, height], scale, [x1, y1], loud) {
    const image = document.createElement("canvas"), pen = image.getContext("2d");
    image.width = width; image.height = height;
    pen.scale(scale, scale);
    pen.translate(-x1, -y1);
    const plain = colour("--sm-element-border"), quiet = colour("--sm-border");
    cy.nodes(".element").not(".handle").forEach((node) => {
      const { x, y } = node.position(), w = node.data("w"), h = node.data("h");
      pen.fillStyle = node.hasClass("focus") ? loud : node.hasClass("dim") ? quiet : plain;
      pen.fillRect(x - w / 2, y - h / 2, w, h);
    });
    return image;
  }

  /* Only where the picture is larger than its frame; a click goes there. It stands under the details, where it lies on nothing. */
  function small() {
    const canvas = byId("map-small");
    if (!canvas || !t.alive() || !t.state.picture || !t.state.picture.bounds) return;
    const cy = t.state.cy, [x1, y1, x2, y2] = t.state.picture.bounds, seen = cy.extent();
    const whole = x1 >= seen.x1 - 4 && x2 <= seen.x2 + 4 && y1 >= seen.y1 - 4 && y2 <= seen.y2 + 4;
    canvas.hidden = off() || whole || t.narrow() || !byId("map-table").hidden || !byId("map-empty").hidden || t.state.picture.key === "none" || cy.nodes(".element").length < 12;
    if (canvas.hidden) return;
    const room = byId("map-pane").clientWidth - 32, scale = Math.min(room / (x2 - x1 || 1), 112 / (y2 - y1 || 1)), ratio = window.devicePixelRatio || 1;
    const width = Math.max((x2 - x1) * scale, 24), height = Math.max((y2 - y1) * scale, 12);
    const size = [Math.round(width * ratio), Math.round(height * ratio)], loud = colour("--sm-accent");
    const key = [t.state.picture.key, x1, y1, x2, y2, ...size, loud].join(" ");
    if (cards.key !== key || canvas.width !== size[0] || canvas.height !== size[1]) {
      cards = { key, image: drawnCards(cy, size, ratio * scale, [x1, y1], loud) };
      [canvas.width, canvas.height] = size;
      canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, ...size);
    pen.drawImage(cards.image, 0, 0);
    pen.scale(ratio * scale, ratio * scale);
    pen.translate(-x1, -y1);
    pen.strokeStyle = loud;
    pen.lineWidth = 1.5 / scale;
    const within = (value, low, high) => Math.min(Math.max(value, low), high), half = 0.75 / scale; // the frame stays on the small map
    const left = within(seen.x1, x1 + half, x2), top = within(seen.y1, y1 + half, y2);
    pen.strokeRect(left, top, within(seen.x2, x1, x2 - half) - left, within(seen.y2, y1, y2 - half) - top);
  }

  function jump(event) {
    const canvas = byId("map-small"), box = canvas.getBoundingClientRect(), [x1, y1, x2, y2] = t.state.picture.bounds, cy = t.state.cy;
    const x = x1 + (event.clientX - box.left) / box.width * (x2 - x1), y = y1 + (event.clientY - box.top) / box.height * (y2 - y1);
    const area = t.frame(), zoom = cy.zoom();
    t.state.touched = true;
    cy.pan({ x: area.left + area.width / 2 - x * zoom, y: area.top + area.height / 2 - y * zoom });
  }
  document.addEventListener("pointerdown", (event) => { if (event.target.id === "map-small") { event.target.setPointerCapture(event.pointerId); jump(event); event.preventDefault(); } });
  document.addEventListener("pointermove", (event) => { if (event.target.id === "map-small" && event.buttons) jump(event); });
  document.addEventListener("servicemap:scheme", redraw);

  /* ── the first visit ───────────────────────────────────────────────────────────────────── */

  const STOPS = [
    [".header .search-box, .header [data-act=search]", "Find anything", "Type a part of a name, an id, an owner or a kind. Slips are forgiven. Press / to come here.",
      "Type a part of a name, an id, an owner or a kind. Slips are forgiven."],
    ["#map-stage", "Pick an element", "A click lights up what it depends on and who uses it, and tells its facts. A double click focuses on it; a right click offers more.",
      "A tap lights up what it depends on and who uses it, and tells its facts. Focus, among them, shows what is around it."],
    ["#filter-menu, #find-menu", "Light up, show only, hide", "Write what you look for, such as environment = production. The list below the field says what may come next.",
      "Keep only some kinds, owners or environments. Show by rule, below them, takes what you write, such as environment = production."],
    ["#map-pane", "Filters and facts", "Here you keep only some kinds, owners or environments. Once you pick something, its facts are here, each with its source; “If it fails” among them leads to Impact: who is hit, and who must be told.",
      "Once you pick something, its facts are here, each with its source; “If it fails” among them leads to Impact: who is hit, and who must be told."],
    ["#undo, #help-menu", "Nothing is lost", "Every step can be undone. The address of the page holds the focus, the filters and what is picked: send it to a colleague."],
  ];

  const known = () => { try { return localStorage.getItem("servicemap-toured"); } catch { return "yes"; } };
  const remember = () => { try { localStorage.setItem("servicemap-toured", "yes"); } catch { /* it is offered again */ } };

  function offer() {
    if (known() || t.narrow() || !onMap() || byId("tour") || location.search.length > 1) return; // a picture that was sent is not covered
    const box = card("tour-offer");
    add(box, "b", "", "New here?");
    add(box, "p", "", "Five short hints show what this page can do.");
    end(box, [["Show me", () => stop(0)], ["No, thanks", leave]]);
  }

  function card(name) {
    leaveOpen();
    const box = add(byId("map-page"), "div", `tour ${name}`);
    box.id = "tour";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", "Hints");
    return box;
  }

  function leaveOpen() {
    const old = byId("tour");
    if (old) old.remove();
    document.querySelectorAll(".toured").forEach((each) => each.classList.remove("toured"));
  }

  function leave() { leaveOpen(); remember(); }

  function end(box, choices) {
    const row = add(box, "div", "actions");
    choices.forEach(([words, act], number) => {
      const made = add(row, "button", number ? "button" : "button button-filled", words);
      made.type = "button";
      made.addEventListener("click", act);
    });
    return row.querySelector("button");
  }

  function stop(number) {
    const [where, title, words, short] = STOPS[number], box = card("tour-stop");
    const target = where.split(", ").map((each) => document.querySelector(each)).find((each) => each && each.offsetParent) || byId("map-stage");
    add(box, "small", "", `${number + 1} of ${STOPS.length}`);
    add(box, "b", "", title);
    add(box, "p", "", t.narrow() && short ? short : words);
    const next = number + 1 < STOPS.length ? ["Next", () => stop(number + 1)] : ["Done", leave];
    const first = end(box, [next, ...(number ? [["Back", () => stop(number - 1)]] : []), ...(number + 1 < STOPS.length ? [["Close", leave]] : [])]);
    const spot = target.getBoundingClientRect(), page = byId("map-page").getBoundingClientRect();
    const inside = where === "#map-stage";
    const left = inside ? spot.left + spot.width / 2 - 150 : where === "#map-pane" ? spot.left - 316 : spot.left;
    const top = inside && !t.narrow() ? spot.bottom - box.offsetHeight - 24 : inside || where === "#map-pane" ? spot.top + 80 : spot.bottom + 8; // below what the map begins with
    box.style.left = `${Math.max(8, Math.min(left, window.innerWidth - 316)) - page.left}px`;
    const bottom = spot.top > page.top + page.height / 2 ? spot.top - 8 : page.bottom - 8; // above what stands at the lower edge
    box.style.top = `${Math.max(Math.min(top, bottom - box.offsetHeight), page.top + 4) - page.top}px`;
    target.classList.add("toured");
    first.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && byId("tour") && (byId("tour").classList.contains("tour-stop") || byId("tour").contains(event.target))) { leave(); event.stopPropagation(); } }, true);
  actions.tour = () => {
    if (onMap()) return stop(0);
    toured = true;
    go("/map");
  };
  let toured = false; // the hints were asked for elsewhere, and come with the map
  document.addEventListener("servicemap:arrived", () => {
    if (toured) setTimeout(() => { if (onMap()) stop(0); }, 300);
    toured = false;
  });
  for (const name of ["servicemap:went", "popstate"]) window.addEventListener(name, () => { toured = toured && t.on("map"); });
  window.servicemapOffer = offer;
  document.addEventListener("servicemap:drawn", () => setTimeout(offer, 600));
})();
