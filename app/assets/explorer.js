/* What happens in the browser? Addresses, menus, search, copying; and on the map: drawing, hover, selection, keys.
 *
 * The server decides what is shown and where. Here it is only drawn, dimmed, walked over. Texts from the map are set
 * as text, never as markup.
 */
(function () {
  "use strict";
  function add(parent, tag, name, words) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (words !== undefined) made.textContent = String(words).replace(/[\u202a-\u202e\u2066-\u2069]/g, ""); // as app/words.py writes
    parent.append(made);
    return made;
  }

  const byId = (id) => document.getElementById(id);
  const place = window.servicemapPlace;
  const props = (id, values) => window.dash_clientside.set_props(id, values);
  const narrow = () => window.matchMedia("(max-width: 720px)").matches;
  const stacked = () => window.matchMedia("(max-width: 820px)").matches;
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const typing = (target) => target.closest && target.closest("input, textarea, select, [contenteditable=true]");
  const well = (text) => (text.toWellFormed ? text.toWellFormed() : text);

  function announce(text) {
    const region = byId("announce");
    if (region && region.textContent !== text) region.textContent = text;
  }

  let toastTimer = 0;
  function toast(text, undo) {
    const old = document.querySelector(".toast");
    if (old) old.remove();
    const box = document.createElement("div");
    box.className = "toast";
    box.setAttribute("role", "status");
    box.textContent = text;
    if (undo) add(box, "a", "", "Undo").setAttribute("href", undo);
    document.body.append(box);
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => box.remove(), undo ? 8000 : 2000); // what can be pressed stays until it is
  }

  /* ── addresses ─────────────────────────────────────────────────────────────────────────── */

  function go(href) {
    const here = location.pathname + location.search;
    if (href === here) return;
    history[history.state && history.state.led ? "replaceState" : "pushState"]({}, "", href);
    went();
  }

  /* Another picture of the map is asked for and drawn first; all that stands around it is asked for then. */
  const tell = () => window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  const ahead = { at: null, pressed: null, now: null };
  function went() {
    const now = new URL(location.href), question = another(now) ? pressed(now) || picturing(now) : null;
    for (const each of [ahead.now, ahead.pressed]) if (each && each !== question) each.stop.abort();
    ahead.at = now;
    ahead.now = question;
    ahead.pressed = null;
    window.dispatchEvent(new CustomEvent("servicemap:went"));
    if (!question) return tell();
    untip();
    pending(true);
    drawAhead(question).finally(() => {
      if (question.stop.signal.aborted) return;
      ahead.now = null;
      tell();
    });
  }

  /* The press on a link asks already, the click that follows finds its answer under way. */
  const pressed = (now) => (ahead.pressed && ahead.pressed.search === now.search ? ahead.pressed : null);
  document.addEventListener("pointerdown", (event) => {
    const anchor = event.target instanceof Element && event.target.closest("a[href]");
    if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || anchor.target) return;
    const there = new URL(anchor.dataset.back || anchor.getAttribute("href"), location.href);
    if (there.origin !== location.origin || !another(there) || pressed(there)) return;
    if (ahead.pressed) ahead.pressed.stop.abort();
    ahead.pressed = picturing(there);
  });

  function picturing({ search }) {
    const stop = new AbortController();
    const answer = ask0(`/map/picture.json${search || "?"}${narrow() ? "&narrow" : ""}`, { signal: stop.signal }).catch(() => null);
    return { search, stop, answer }; // without an answer, what is asked for then tells what is wrong
  }

  const another = (now) => Boolean(ahead.at && pictured(ahead.at) && pictured(now) && pictured(now) !== pictured(ahead.at));

  /* What of an address decides which picture is drawn; "" where none is. */
  function pictured({ pathname, search }) {
    const query = new URLSearchParams(search);
    if ((pathname !== "/map" && pathname !== "/") || query.get("as") === "table" || !alive() || byId("map-page").hidden) return "";
    for (const key of ["select", "line", "way", "at"]) query.delete(key);
    return `map?${query}`;
  }

  async function drawAhead({ answer, stop }) {
    const said = await answer, data = said && said.ok ? await said.json().catch(() => null) : null;
    if (!data || data.key === "none" || stop.signal.aborted) return;
    drawn(data);
    await new Promise((then) => requestAnimationFrame(() => setTimeout(then))); // the frame comes before what is around it
  }

  function changed(values) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(values)) {
      if (value) query.set(key, value); else query.delete(key);
    }
    const text = query.toString().replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%3E/g, ">");
    return text ? `/map?${text}` : "/map";
  }

  let waiting = 0, slow = 0;
  function trouble(words) {
    const bar = byId("trouble");
    if (!bar) return;
    byId("trouble-words").textContent = words;
    bar.hidden = false;
  }

  function pending(on) {
    document.body.classList.toggle("pending", on);
    clearTimeout(waiting);
    const bar = byId("trouble");
    if (bar) bar.hidden = true;
    if (!on) unasked();
    if (on) waiting = setTimeout(() => trouble(`This takes longer than usual${state.drawn || document.querySelector(".page:not([hidden]) .article > *, .page:not([hidden]) table") ? "; what you see is from before" : ""}.`), 10000);
    clearTimeout(slow);
    const words = byId("working");
    if (!on && words) words.textContent = "";
    if (on && words) slow = setTimeout(() => { words.textContent = "Working…"; }, 700);
  }

  /* A question that failed is said at once; what is on the screen stays. */
  const ask0 = window.fetch.bind(window);
  window.fetch = (resource, options) => {
    const question = String(resource && resource.url ? resource.url : resource).includes("_dash-update-component");
    const tell = () => { if (question) { pending(false); place.gone(); trouble("The server does not answer; what you see may be out of date."); } };
    return ask0(resource, options).then((answer) => { if (!answer.ok) tell(); return answer; }, (error) => { if (error.name !== "AbortError") tell(); throw error; });
  };

  const pageOf = (path, pages) => pages.find((page) =>
    page.path === path || (page.path === "/map" && path === "/") || (page.below && path.startsWith(page.path + "/")));

  /* An answer that comes once its page was left is not told: neither as the title, nor aloud, nor is anything picked. */
  let known = [];
  const on = (name) => { const page = pageOf(location.pathname, known); return Boolean(page) && page.name === name; };
  const still = () => on(String(window.dash_clientside.callback_context.triggered_id).split("-")[0]);

  function route(href, pages) {
    const address = new URL(href, location.href);
    const page = pageOf(address.pathname, pages), here = ahead.at;
    ahead.at = address;
    known = pages;
    if (ahead.now && (!page || page.name !== "map")) { ahead.now.stop.abort(); ahead.now = null; }
    if (!page || page.name !== "impact") state.pick = null;
    untip();
    const skip = window.dash_clientside.no_update;
    if (here) { // a menu that is opened before the page is there stays open
      document.querySelectorAll("#react-entry-point .menu[open]").forEach((menu) => { menu.open = false; });
      document.body.classList.remove("searching");
    }
    if (page) pending(true);
    if (!page || page.name !== "map") place.gone();
    if (byId("map-page") && byId("map-page").hidden) state.arriving = true; // from another page
    shell(page, address);
    const data = asking(address);
    return [...pages.map((p) => (p === page ? data : skip)), ...pages.map((p) => p !== page)];
  }

  /* What a page is asked for; which picture is on the screen already. */
  const asking = (address) => ({ path: address.pathname, query: address.search.slice(1), narrow: narrow(), known: state.drawn || "" });

  /* What the shell shows of the address, and the search field, which no component library needs to own. */
  function shell(page, address) {
    const slot = byId("search-slot");
    if (slot && !byId("search-input")) {
      const input = document.createElement("input");
      const attributes = { id: "search-input", type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "200",
        placeholder: FIND, "aria-label": "Search for an element",
        "aria-expanded": "false", "aria-controls": "search-list", "aria-autocomplete": "list" };
      for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
      slot.append(input);
    }
    document.querySelectorAll("[data-filter]").forEach((box) => filterField(box, page, address));
    if (byId("impact-slip")) slipped("", "");
    const menu = document.querySelectorAll(".facet-menu, .times-fold");
    if (stacked() && !state.narrowed) { state.narrowed = true; menu.forEach((each) => { each.open = false; }); }
    document.body.dataset.page = page ? page.name : "";
    const title = byId("page-title");
    if (title) title.textContent = page ? (page.name === "map" && new URLSearchParams(address.search).get("as") === "table" ? "Table" : page.title) : "";
    ending(address);
    const when = document.querySelector(".times-fold > summary > span:last-child"), timed = new URLSearchParams(address.search);
    if (when) when.textContent = timed.has("from") || timed.has("until") || timed.has("change") ? "Change the time" : "When does it happen?";
    const table = new URLSearchParams(address.search).get("as") === "table";
    left.keep(page, address);
    document.querySelectorAll(".rail a, .tabs a").forEach((anchor) => {
      left.lead(anchor, page);
      const here = page && anchor.getAttribute("href") === page.path ? !(table && anchor.closest(".tabs")) : anchor.id === "tab-table" && table;
      if (here) anchor.setAttribute("aria-current", "page"); else anchor.removeAttribute("aria-current");
    });
    const toTable = byId("tab-table"), toMap = byId("tab-map");
    if (page && page.path === "/map") {
      const query = new URLSearchParams(address.search);
      query.set("as", "table");
      toTable.setAttribute("href", `/map?${query.toString().replace(/%2F/g, "/")}`);
      query.delete("as");
      const text = query.toString().replace(/%2F/g, "/");
      if (toMap && table) toMap.dataset.back = text ? `/map?${text}` : "/map";
    }
  }

  /* Each page is found again as it was left, in this tab; the entry of the page that is open begins it anew. */
  const left = {
    name: (page) => `servicemap-left ${page.name}`,
    get(page) { try { return sessionStorage.getItem(this.name(page)) || ""; } catch { return ""; } },
    keep(page, address) {
      if (!page || page.below) return;
      try { sessionStorage.setItem(this.name(page), address.pathname === "/" ? "" : address.pathname + address.search); } catch { /* the page begins anew */ }
    },
    lead(anchor, here) {
      const page = known.find((each) => each.path === anchor.getAttribute("href"));
      if (!page) return;
      const there = page === here ? "" : this.get(page);
      if (there.includes("?")) { anchor.dataset.back = there; anchor.title = `${page.title}, as you left it`; }
      else { delete anchor.dataset.back; anchor.title = page === here && location.search ? `Begin anew: ${page.title}` : ""; }
    },
  };

  /* Where a path or a comparison was begun, the search asks for its other end, and has the cursor. */
  const FIND = "Find a service, system, person or agreement";
  function begunAt({ pathname, search }) {
    const query = new URLSearchParams(search), named = query.getAll("element");
    if (pathname === "/map" && query.get("from") && !query.get("to")) return { from: query.get("from"), asks: "Where does the path lead to?", to: (hit) => changed({ to: hit.id, select: "" }) };
    if (pathname === "/compare" && named.length === 1 && !named[0].includes(",")) return { from: named[0], asks: "Compare with which other?", to: (hit) => `/compare?element=${encodeURIComponent(named[0])}&element=${encodeURIComponent(hit.id)}` };
    return null;
  }
  function ending(address) {
    const input = byId("search-input"), begun = begunAt(address), key = begun ? `${address.pathname} ${begun.from}` : "";
    input.placeholder = begun ? begun.asks : FIND;
    if (begun && key !== state.begun) { input.value = ""; setTimeout(actions.search, 50); }
    state.begun = key;
  }

  /* The words that a list is filtered by: typed here, kept in the address, without a step back for each letter. */
  function filterField(box, page, address) {
    const key = box.dataset.key || "q", long = box.dataset.most;
    let input = box.querySelector("input, textarea");
    if (!input) {
      input = document.createElement(long ? "textarea" : "input");
      const attributes = { ...(long ? { rows: "8" } : { type: "search" }), autocomplete: "off", spellcheck: "false",
        maxlength: long || "200", placeholder: box.dataset.hint || box.dataset.filter, "aria-label": box.dataset.filter };
      for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
      box.querySelector(".grow").append(input);
      let timer = 0;
      if (box.dataset.picks) box.addEventListener("keydown", (event) => hitKey(event, input, key));
      if (box.dataset.picks) input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !input.value.trim()) return;
        event.preventDefault();
        clearTimeout(timer);
        if (!picked(box.dataset.picks, input.value)) { state.pick = [box.dataset.picks, input.value]; filtered(input, key); }
      });
      if (long) {
        input.addEventListener("input", () => drafts.set(key, input.value));
        input.addEventListener("blur", () => { if (drafts.get(key) !== null) { drafts.drop(key); filtered(input, key); } });
      } else if (box.classList.contains("time-box")) {
        input.addEventListener("change", timed);
        input.addEventListener("focus", () => setTimeout(() => input.select())); // what is typed takes the place of what stood there
      } else if (box.dataset.key && !box.dataset.live) input.addEventListener("change", () => filtered(input, key));
      else input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => filtered(input, key), 200); });
    }
    const mine = page && byId(`${page.name}-page`).contains(box), said = mine ? new URLSearchParams(address.search).get(key) || "" : "";
    const words = (mine && long && drafts.get(key)) || said;
    const stepped = box.classList.contains("time-box") && box.dataset.said !== words; // a step back also reaches the field one stands in
    if (stepped || document.activeElement !== input) input.value = box.dataset.time ? inWords(words) : words;
    box.dataset.said = words;
    if (long && words) box.closest("details").open = true;
  }

  /* What is typed in a long field and not yet asked survives a reload of the same address, in this tab. */
  const drafts = {
    name: (key) => { const rest = new URLSearchParams(location.search); rest.delete(key); rest.delete("at"); return `servicemap-draft ${location.pathname}?${rest} ${key}`; },
    get(key) { try { return sessionStorage.getItem(this.name(key)); } catch { return null; } },
    set(key, text) { try { sessionStorage.setItem(this.name(key), text); } catch { /* it is asked when the field is left */ } },
    drop(key) { try { sessionStorage.removeItem(this.name(key)); } catch { /* nothing was kept */ } },
  };

  /* A time as people write it, in the zone of this computer where none is said; what is said by its day alone is the
     next one. What is not read here goes on as it is, and the page says what is wrong with it. */
  const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
  const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const NAMED = `(?<d>\\d{1,2})\\.? (?<name>${MONTHS.join("|")})[a-z]*`;
  const DATES = [/^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})/, /^(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.\s?(?<y>\d{4})/, new RegExp(`^${NAMED} (?<y>\\d{4})`),
    /^(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.(?!\d)/, new RegExp(`^${NAMED}`), /^(?<near>today|tonight|tomorrow)\b/,
    new RegExp(`^(?:next |this |on )?(?<day>${DAYS.join("|")})(?:day|sday|s|nesday|rsday|rs|urday)?\\b\\.?`), /^(?=\d{1,2}:\d\d$)/];
  const CLOCK = /^(?:(?:t|,? at |,? *)(\d{1,2})(?:[:.](\d\d)(?::00)?\s*(am|pm|h)?|\s*(am|pm|h)))?(?:\s*(?<zone>z|utc(?:[+-]\d\d:\d\d)?|[+-]\d\d:\d\d))?$/;

  function moment(text, now = new Date()) {
    const said = text.trim().toLowerCase(), date = DATES.map((each) => said.match(each)).find(Boolean);
    const clock = date && said.slice(date[0].length).match(CLOCK);
    if (!clock || !said) return text;
    const g = date.groups || {}, half = clock[3] || clock[4], minute = +(clock[2] || 0);
    const hour = half === "am" || half === "pm" ? (+clock[1] % 12) + (half === "pm" ? 12 : 0) : +(clock[1] || 0);
    if (hour > 23 || minute > 59 || half && half !== "h" && (clock[1] > 12 || clock[1] < 1)) return text;
    const month = g.name ? MONTHS.indexOf(g.name) : g.d ? g.m - 1 : now.getMonth(), day = g.d ? +g.d : now.getDate();
    const on = (year, more = 0) => new Date(year, month, day + more, hour, minute), year = now.getFullYear();
    let at = on(g.y ? +g.y : year, g.near === "tomorrow" ? 1 : g.day ? (DAYS.indexOf(g.day) - now.getDay() + 7) % 7 : 0);
    if (g.d && at.getDate() !== day) return text; // there is no such day
    if (at < now && g.d && !g.y) at = on(year + 1);
    else if (at < now && !g.d && !g.near) at.setDate(at.getDate() + (g.day ? 7 : 1));
    const zone = clock.groups.zone ? clock.groups.zone.replace("utc", "").toUpperCase() || "Z" : shift(at);
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}${zone}`;
  }

  const two = (number) => String(number).padStart(2, "0");
  const shift = (at) => {
    const minutes = -at.getTimezoneOffset(), far = Math.abs(minutes);
    return minutes ? `${minutes < 0 ? "-" : "+"}${two(Math.floor(far / 60))}:${two(far % 60)}` : "Z";
  };

  /* A time of the address as it stands in its field; the zone is said where it is not that of this computer. */
  function inWords(text) {
    const found = text.match(/^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::00)?(Z|[+-]\d\d:\d\d))?$/);
    if (!found) return text;
    const [, year, month, day, hour = "00", minute = "00", zone = "Z"] = found, name = MONTHS[month - 1];
    if (!name) return text;
    const here = shift(new Date(+year, month - 1, +day, +hour, +minute)) === zone.replace("+00:00", "Z");
    return `${+day} ${name[0].toUpperCase()}${name.slice(1)} ${year}, ${hour}:${minute}${here ? "" : zone === "Z" ? " UTC" : ` UTC${zone}`}`;
  }

  /* Times go into the address once all of them can be read; until then the answer that stands there stays. */
  let times = 0;
  async function timed() {
    const boxes = [...document.querySelectorAll("#impact-page .time-box")], asked = new URLSearchParams(), mine = ++times;
    for (const box of boxes) {
      const input = box.querySelector("input");
      const read = box.dataset.time ? moment(input.value) : input.value, words = well(read.trim());
      if (box.dataset.time) input.value = inWords(read);
      if (words) asked.set(box.dataset.key, words);
    }
    let found = {};
    try { found = await (await ask0(`/impact/when.json?${asked}`)).json(); } catch { /* the next question tells that nobody answers */ }
    if (mine !== times || !on("impact")) return; // another time was written meanwhile, or the page was left
    const query = new URLSearchParams(location.search); // with what was picked meanwhile
    for (const { dataset: { key } } of boxes) if (asked.has(key)) query.set(key, asked.get(key)); else query.delete(key);
    slipped(found.field, found.wrong ? `${found.wrong}. The answer below is still the one from before.` : found.wanted || "");
    byId("impact-slip").classList.toggle("when-wrong", !found.wanted);
    if (found.wrong || found.wanted) return;
    if (stacked() && query.has("from") && (query.has("lasts") || query.has("until"))) folded(document.querySelector(".times-fold"));
    query.delete("at");
    if (query.toString() === new URLSearchParams(location.search).toString()) return;
    state.stay = true; // one reads on where one was
    go(`${location.pathname}${query.size ? `?${query}` : ""}`); // a step of its own: a step back takes the time back alone
  }

  /* What is folded away gives its cursor to its own line. */
  function folded(part) {
    const inside = part.contains(document.activeElement);
    part.open = false;
    if (inside) part.querySelector("summary").focus({ preventScroll: true });
  }

  function slipped(field, words) {
    for (const box of document.querySelectorAll("#impact-page .time-box")) {
      const wrong = Boolean(words) && box.dataset.key === field, input = box.querySelector("input");
      box.classList.toggle("wrong", wrong);
      if (wrong) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", "impact-slip"); }
      else { input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); }
    }
    const told = byId("impact-slip");
    if (told && told.textContent !== words) told.textContent = words;
  }

  /* The arrows walk the list under the field, Escape takes it away. */
  function hitKey(event, input, key) {
    const all = [input, ...event.currentTarget.querySelectorAll("a")], at = all.indexOf(document.activeElement);
    if (event.key === "Escape") { input.value = ""; filtered(input, key); input.focus(); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* Enter takes the first of what is found, as soon as it is there. */
  function picked(where, words) {
    const list = document.querySelector(where), first = list && list.dataset.for === words.trim().replace(/\s+/g, " ") && list.querySelector("a");
    if (!first) return false;
    document.querySelectorAll("[data-picks] input").forEach((each) => { each.value = ""; });
    first.click();
    return true;
  }

  /* The fields of time show in grey what the record says. */
  function recorded() {
    const said = document.querySelector("#impact-when [data-from]");
    for (const box of document.querySelectorAll("#impact-page .time-box[data-time]")) {
      const input = box.querySelector("input");
      const time = inWords((said && said.dataset[box.dataset.key]) || "").replace(/ UTC.*$/, ""); // the line below says the zone
      if (input) input.placeholder = time || box.dataset.hint;
    }
  }

  function heard() {
    const box = byId("impact-hits"), first = box.querySelector("b"), many = box.querySelectorAll("a").length;
    if (box.contains(document.activeElement) || !box.closest(":focus-within")) return;
    if (first) announce(`${many} found; ${first.textContent}`); else if (box.firstChild) announce("Nothing found");
  }

  function picking(pick, times) {
    if (on("impact") && !picked(...pick) && times) setTimeout(() => picking(pick, times - 1), 50);
  }

  function filtered(input, key) {
    if (!on(input.closest(".page").id.replace("-page", ""))) return; // the page was left meanwhile
    const query = new URLSearchParams(location.search);
    if (input.value.trim()) query.set(key, well(input.value.trim())); else query.delete(key);
    query.delete("page");
    replaced(query);
  }

  function replaced(query) {
    const text = query.toString();
    history.replaceState({}, "", location.pathname + (text ? `?${text}` : ""));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  /* What is picked is on the screen; its answer is still being worked out. */
  function taken(data) {
    if (!data || !on("impact")) return window.dash_clientside.no_update;
    unasked();
    requestAnimationFrame(heard);
    requestAnimationFrame(recorded);
    if (chosen) requestAnimationFrame(keep);
    if (state.pick) { const pick = state.pick; state.pick = null; picking(pick, 40); }
    return window.dash_clientside.no_update;
  }

  function arrived(data) {
    if (!data || !still()) return window.dash_clientside.no_update;
    pending(false);
    refocus();
    requestAnimationFrame(ticked);
    requestAnimationFrame(hold);
    document.title = data.title;
    const article = document.querySelector(".page:not([hidden]) .article, .page:not([hidden]) .table-flow");
    if (article && !state.stay && !chosen) article.scrollTop = 0;
    if (article && !state.stay && !chosen) article.closest(".page").scrollTop = 0;
    state.stay = false;
    chosen = null;
    if (data.announce) announce(data.announce);
    return window.dash_clientside.no_update;
  }

  /* ── a map that changes ────────────────────────────────────────────────────────────────── */

  const LOOK = 150;
  let revision = "";

  /* With --watch the server is asked for its revision; another one fills the page again, where it stands. */
  async function look() {
    if (byId("watching") && !document.hidden) {
      try {
        const now = await (await ask0("/revision.json")).json();
        revision = revision || byId("watching").dataset.revision; // an edit may have come before the first look
        if (now.revision !== revision) renewed();
        revision = now.revision;
        stale(now.trouble);
      } catch { /* what does not answer is told by the next question of a page */ }
    }
    setTimeout(look, LOOK);
  }
  setTimeout(look, LOOK);

  async function renewed() {
    const here = new URL(location.href), question = pictured(here) ? picturing(here) : null;
    if (question && !ahead.now) { // the picture comes first here too
      ahead.now = question;
      state.stay = true;
      await drawAhead(question);
      if (question.stop.signal.aborted) return; // another page was opened meanwhile; it is of the new map
      ahead.now = null;
    }
    state.stay = true;
    const address = new URL(location.href), pages = [...document.querySelectorAll(".page")].filter((page) => !page.hidden);
    const data = { ...asking(address), renewed: Date.now() };
    for (const page of pages) props(page.id.replace("-page", "-address"), { data });
    announce("The map has changed");
  }

  function stale(trouble) {
    const bar = byId("stale");
    if (!bar) return;
    const words = trouble.length ? `What you see is older than the files: ${trouble[0]}` : "";
    if (bar.textContent !== words) bar.textContent = words;
    bar.hidden = !words;
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const anchor = target.closest("a[href]");
    document.querySelectorAll(".menu[open]").forEach((menu) => { if (!menu.contains(target) || anchor) menu.open = false; });
    const copy = target.closest("[data-copy]");
    if (copy) return void copyText(copy.dataset.copy === "address" ? location.href : copy.dataset.copy === "link" ? new URL(copy.dataset.link, location.href).href : copy.dataset.copy, copy.dataset.said);
    const act = target.closest("[data-act]");
    if (act && act.closest(".help-menu")) byId("help-menu").open = false;
    if (act && place.early(act.dataset.act)) return;
    if (act && actions[act.dataset.act]) return void actions[act.dataset.act](act);
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const href = anchor.getAttribute("href");
    if (href.startsWith("#") && byId(href.slice(1))) {
      event.preventDefault();
      if (anchor.closest(".so-far")) anchor.closest("details").open = false; // the choices make room for the answer
      return void step(byId(href.slice(1)));
    }
    if (!href.startsWith("/") || anchor.target || anchor.hasAttribute("download") || /\.(json|csv|svg)(\?|$)/.test(href)) return;
    event.preventDefault();
    held = anchor.closest(".page") && anchor === document.activeElement ? (anchor.title || anchor.textContent) : "";
    if (anchor.closest("#impact-article, .toast") && href.startsWith("/impact?")) reading(anchor); // a time, somebody who is not notified: one reads on where one was
    chosen = anchor.closest("#impact-picker") ? { words: anchor.textContent, top: anchor.getBoundingClientRect().top, at: scrolled() } : null;
    if (anchor.matches(".facet a:has(.box)") && href !== location.pathname + location.search) {
      unasked();
      anchor.classList.add("asked"); // its box changes at once; the server says the same a moment later
    }
    go(anchor.dataset.back || href);
  });

  /* A way down the page is a step of the browser too: the step back leads to where one was, not away from the answer.
     What is asked from down there takes the place of that step, so each step back shows another place or another answer. */
  const scrolls = (each) => each.scrollHeight > each.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(each).overflowY);
  const NEAR = 8; // what moves less is no step
  function around(part) {
    const boxes = [];
    for (let each = part.parentElement; each; each = each.parentElement) boxes.push(each);
    return boxes;
  }
  function step(part) {
    const before = around(part).map((box) => [box, box.scrollTop]), led = history.state && history.state.led;
    lead(part);
    const moved = before.find(([box, top]) => Math.abs(box.scrollTop - top) > NEAR);
    if (!moved) return;
    if (!led) history.replaceState({ ...history.state, left: { part: part.id, top: moved[1] } }, "", location.href);
    history[led ? "replaceState" : "pushState"]({ led: part.id }, "", location.href);
  }
  window.addEventListener("popstate", (event) => {
    const { led, left } = event.state || {}, part = byId(led || (left || {}).part), shown = ahead.at;
    if (!part || !shown || shown.pathname + shown.search !== location.pathname + location.search) return;
    event.stopImmediatePropagation(); // this answer is on the screen, so nothing is asked
    if (led) return void lead(part);
    const box = around(part).find(scrolls);
    if (box) box.scrollTop = left.top;
  }, true);
  window.addEventListener("popstate", (event) => {
    if (!another(new URL(location.href))) return;
    event.stopImmediatePropagation(); // asked for once its picture is drawn
    went();
  }, true);

  /* A part of the page comes into view, unfolded with all that it is in. */
  function lead(part) {
    for (let each = part; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    document.querySelectorAll(".led").forEach((each) => each.classList.remove("led"));
    part.classList.add("led");
    const first = part.tagName === "DETAILS" ? part.querySelector("summary") : part;
    if (first === part) part.tabIndex = -1;
    part.scrollIntoView({ block: part.offsetHeight > 300 ? "start" : "center" });
    first.focus({ preventScroll: true });
  }

  /* What stands before what was pressed is where it was, whatever the answer has above it then. */
  let line = null;
  const people = () => [...document.querySelectorAll("#told .section > *")];
  const cards = () => [...document.querySelectorAll("#impact-article .card")];
  function reading(anchor) {
    const row = anchor.closest(".party"), seen = people().find((each) => each.matches(".party") && each.getBoundingClientRect().top > 0);
    const mark = row ? row.previousElementSibling : anchor.closest(".toast") ? seen : anchor.closest(".card"), words = mark && mark.textContent;
    state.stay = true;
    if (row && anchor.dataset.told) toast(anchor.dataset.told, location.pathname + location.search);
    else document.querySelectorAll(".toast").forEach((each) => each.remove());
    if (!mark) return;
    const place = cards().indexOf(mark), find = place < 0 ? () => people().find((each) => each.textContent === words) : () => cards()[place];
    line = { find, top: mark.getBoundingClientRect().top, row: Boolean(row) };
    if (row) held = "";
  }
  function hold() {
    const { find, top, row } = line || {}, mark = find && find(), box = mark && around(mark).find(scrolls);
    line = null;
    if (!mark) return;
    if (box) box.scrollTop += mark.getBoundingClientRect().top - top;
    const next = row && document.activeElement === document.body && mark.nextElementSibling && mark.nextElementSibling.querySelector("[data-told]");
    if (next) next.focus({ preventScroll: true });
  }

  /* What was ticked stays where the finger is, so that more can be ticked. */
  let chosen = null;
  const scrolled = () => [...document.querySelectorAll("#impact-page .facet-menu, #impact-page")].reverse().map((box) => [box, box.scrollTop]);
  const unasked = () => document.querySelectorAll(".facet .asked").forEach((each) => each.classList.remove("asked"));
  function keep() {
    if (!chosen) return;
    const again = [...document.querySelectorAll("#impact-picker a")].find((each) => each.textContent === chosen.words);
    chosen.at.forEach(([box, top]) => { box.scrollTop = top; });
    const box = chosen.at.map(([each]) => each).find(scrolls);
    if (box && again && again.offsetParent) box.scrollTop += again.getBoundingClientRect().top - chosen.top;
  }

  /* The link that was followed has the focus again where the page still has it: a table that is sorted anew, a filter. */
  let held = "";
  function refocus() {
    const words = held;
    held = "";
    if (words) requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      const again = [...document.querySelectorAll(".page:not([hidden]) a")].find((each) => (each.title || each.textContent) === words);
      if (again) again.focus({ preventScroll: true });
    });
  }

  function copyText(text, said) {
    const done = () => toast(said || "Copied");
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(done, () => fallbackCopy(text, done));
    } else fallbackCopy(text, done);
  }

  function fallbackCopy(text, done) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) done(); else toast("Copying is not allowed here");
    area.remove();
  }

  const compared = new Set();
  function ticked() {
    document.querySelectorAll(".pick-box").forEach((box) => {
      box.setAttribute("aria-checked", String(compared.has(box.dataset.id)));
    });
    const press = byId("compare-picked"), said = byId("compare-said");
    if (!press) return;
    press.disabled = compared.size !== 2;
    press.classList.toggle("button-filled", compared.size === 2);
    said.textContent = ["Tick two services to compare them", "One is ticked, tick one more", ""][compared.size];
  }

  /* Ways, who is hit and the elements of an answer are read on the map: the sheet of a phone does not grow over them. */
  const beneath = () => Boolean(state.picture && (state.picture.selected.length > 1 || (!state.picture.selected.length && (state.picture.litLines || state.picture.hit))));

  const actions = {
    scheme() {
      const scheme = window.servicemapScheme;
      scheme.set(scheme.get() === "dark" ? "light" : "dark");
      announce(`${scheme.get() === "dark" ? "Dark" : "Light"} colours`);
    },
    time() { // the cursor goes where a start is given, and on to the length where it is
      const fold = document.querySelector(".times-fold"), inputs = [...document.querySelectorAll("#impact-page .time-box input")];
      fold.open = true;
      const wanted = inputs.find((input) => !input.value) || inputs[0];
      wanted.scrollIntoView({ block: "center" });
      wanted.focus({ preventScroll: true });
    },
    search() {
      document.body.classList.add("searching");
      const input = document.querySelector(".first-page input[type=search]") || byId("search-input"); // what comes first lies over it
      input.focus();
      input.select(); // what is typed takes the place of what was looked for
    },
    "search-close"() { closeSearch(); document.body.classList.remove("searching"); },
    reload() { location.reload(); },
    unfold(press) {
      press.parentElement.classList.add("unfolded");
      press.parentElement.querySelector(".rest a, .rest td").focus({ preventScroll: true });
    },
    /* Two services of the catalogue are ticked and compared; a third one takes the place of the first. */
    "compare-pick"(box) {
      const id = box.dataset.id;
      if (!compared.delete(id)) compared.add(id);
      if (compared.size > 2) compared.delete([...compared][0]);
      ticked();
      announce(compared.size === 2 ? "Two are ticked: Compare shows both" : compared.size ? "One is ticked, one more is needed" : "None is ticked");
    },
    compare() {
      const query = [...compared].map((id) => `element=${encodeURIComponent(id).replace(/%2F/g, "/")}`).join("&");
      if (compared.size === 2) go(`/compare?${query}`);
    },
    "zoom-in"() { zoomBy(1.25); },
    "zoom-out"() { zoomBy(0.8); },
    fit() { state.touched = false; fit(true); },
    sheet() {
      const pane = byId("map-pane");
      const next = pane.classList.contains("folded") ? "" : pane.classList.contains("full") || beneath() ? "folded" : "full";
      pane.classList.remove("folded", "full");
      if (next) pane.classList.add(next);
    },
  };

  /* ── light and dark ────────────────────────────────────────────────────────────────────── */

  document.addEventListener("servicemap:scheme", (event) => {
    props("mantine", { forceColorScheme: event.detail });
    const body = byId("map-stage") && byId("map-stage").parentElement, printing = window.servicemapScheme.printing();
    if (body) window.servicemapPaper.printed(body, printing, { cy: state.cy, scheme: state.scheme || "light", narrow: narrow(), restyle });
    if (!printing) restyle();
  });

  /* ── search ────────────────────────────────────────────────────────────────────────────── */

  const search = { timer: 0, abort: null, hits: [], at: -1, asked: "", told: "", chosen: "" };

  /* What was asked and is not answered yet would open the list again. */
  function closeSearch() {
    clearTimeout(search.timer);
    if (search.abort) search.abort.abort();
    const list = byId("search-list"), input = byId("search-input");
    if (list) list.hidden = true;
    if (input) { input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
    search.at = -1;
    search.chosen = search.asked = "";
  }

  async function ask(text) {
    search.asked = text;
    if (search.abort) search.abort.abort();
    if (!text.trim()) return void closeSearch();
    search.abort = new AbortController();
    try {
      const answer = await fetch(`/search.json?q=${encodeURIComponent(well(text))}`, { signal: search.abort.signal });
      const found = await answer.json();
      if (search.asked === text) list(found.hits || [], text, found.error);
    } catch (error) {
      if (error.name !== "AbortError") list([], text, { title: "The server does not answer" });
    }
  }

  function list(hits, text, error) {
    const box = byId("search-list"), input = byId("search-input");
    search.hits = hits;
    search.told = text;
    search.at = hits.length ? Math.max(0, hits.findIndex((hit) => hit.id === search.chosen)) : -1; // a choice outlasts an answer that was on its way
    box.replaceChildren();
    hits.forEach((hit, number) => {
      const row = add(box, "li");
      row.id = `hit-${number}`;
      row.setAttribute("role", "option");
      row.dataset.number = number;
      add(row, "span", `tile tile-24 tile-${hit.look}`);
      add(row, "b", "", hit.label);
      add(row, "small", "", `${hit.kind}, ${hit.why || hit.id}`);
      add(row, "span", "users", hit.users ? `used by ${hit.users.toLocaleString("en")}` : "");
    });
    if (!hits.length) add(box, "li", "nothing", error ? error.title : `Nothing is called “${text.slice(0, 60)}”. Try a part of the name or the id.`);
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
    announce(hits.length ? `${hits.length} found; ${hits[search.at].label}, ${hits[search.at].kind}` : "Nothing found");
  }

  function mark() {
    document.querySelectorAll("#search-list li[role=option]").forEach((row, number) => {
      row.setAttribute("aria-selected", String(number === search.at));
      if (number === search.at) row.scrollIntoView({ block: "nearest" });
    });
    const input = byId("search-input");
    if (search.at >= 0) input.setAttribute("aria-activedescendant", `hit-${search.at}`);
  }

  function moved(number) {
    search.at = number;
    search.chosen = search.hits[number].id;
    mark();
  }

  function take(number) {
    const hit = search.hits[number];
    if (!hit) return;
    closeSearch();
    const input = byId("search-input");
    input.value = "";
    input.blur();
    document.body.classList.remove("searching");
    const begun = begunAt(location);
    const anew = Object.fromEntries(["hops", "direction", "line", "from", "to", "within", "way", "by", "open", "answer", "impact", "among", "show", "find"].map((key) => [key, ""]));
    const stays = !byId("map-page").hidden && hit.href.startsWith("/map?focus="); // a filter holds until it is taken away
    go(begun && hit.id ? begun.to(hit) : stays ? changed({ ...anew, focus: hit.id, select: hit.id }) : hit.href);
  }

  document.addEventListener("input", (event) => {
    if (event.target.id !== "search-input") return;
    clearTimeout(search.timer);
    search.chosen = "";
    search.timer = setTimeout(() => ask(event.target.value), 60);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.id === "search-input" && event.target.value.trim()) ask(event.target.value);
  });
  document.addEventListener("mousedown", (event) => {
    const row = event.target instanceof Element && event.target.closest("#search-list li[role=option]");
    if (row) { event.preventDefault(); take(Number(row.dataset.number)); }
    else if (event.target instanceof Element && !event.target.closest(".search")) closeSearch();
  });
  document.addEventListener("mousemove", (event) => {
    const row = event.target instanceof Element && event.target.closest("#search-list li[role=option]");
    if (row && Number(row.dataset.number) !== search.at) { moved(Number(row.dataset.number)); }
  });

  function searchKey(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && search.hits.length) {
      moved((search.at + moves[event.key] + search.hits.length) % search.hits.length);
      announce(`${search.hits[search.at].label}, ${search.hits[search.at].kind}`);
    } else if (event.key === "Enter") {
      const seen = search.told === event.target.value || search.chosen; // else the list is still of fewer letters
      if (seen && !byId("search-list").hidden) take(Math.max(search.at, 0));
      else {
        const text = event.target.value;
        clearTimeout(search.timer);
        ask(text).then(() => search.asked === text && search.told === text && take(Math.max(search.at, 0)));
      }
    } else if (event.key === "Escape") {
      if (byId("search-list").hidden) { event.target.value = ""; event.target.blur(); document.body.classList.remove("searching"); }
      closeSearch();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* ── the map ───────────────────────────────────────────────────────────────────────────── */

  const state = { cy: null, picture: null, drawn: null, touched: false, walk: null, level: "", picks: [], stay: false, same: false, narrowed: false };
  const alive = () => state.cy && !state.cy.destroyed();
  const number = (value) => value.toLocaleString("en");
  const plural = (count, noun, nouns) => `${number(count)} ${count === 1 ? noun : nouns || noun + "s"}`;

  function restyle(scheme = window.servicemapScheme.get()) {
    if (!alive()) return;
    const rules = [...window.servicemapLook[scheme].style];
    rules.splice(2, 0, window.servicemapCards.rule(scheme));
    state.scheme = scheme;
    state.cy.scratch()._pictures = window.servicemapCards.picture;
    state.cy.style().fromJson(rules).update();
  }

  /* Under 85 % the second line leaves; under 65 % the class mark too, and the name takes the whole box. */
  function detail() {
    const zoom = state.cy.zoom();
    const level = place.level(zoom);
    if (level === state.level) return;
    state.level = level;
    state.cy.batch(() => {
      const all = state.cy.nodes(".element, .frame, .number");
      all.removeClass("far plain");
      if (level) all.addClass(level);
      apart(level === "far");
    });
    const under = state.cy.nodes(".element.hover");
    if (under.nonempty() && byId("map-tip").hidden) say({ target: under[0] }); // zoomed under the pointer, which stays where it is
  }

  /* From far away numbers are larger than their lines are apart: of two that would lie on each other the larger stands. */
  const LETTER = 17; // their size then, as the style has it
  function apart(far) {
    const numbers = state.cy.nodes(".number").removeClass("under"), kept = [];
    if (!far) return;
    const worth = (node) => Number(node.data("label").replace(/\D/g, ""));
    for (const node of [...numbers].sort((one, other) => worth(other) - worth(one))) {
      const { x, y } = node.position(), half = LETTER * [...node.data("label")].reduce((sum, letter) => sum + (letter === "," ? 0.16 : 0.32), 0.1);
      if (kept.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < LETTER * 1.1)) node.addClass("under");
      else kept.push({ x, y, half });
    }
  }

  function lanes() {
    if (alive()) place.lanes(byId("map-page"), state.cy.zoom(), state.cy.pan(), (state.picture && state.picture.bounds) || undefined);
  }

  const frame = () => place.frame(byId("map-stage"), { whole: Boolean(state.picture && state.picture.whole), told: byId("map-notice").firstChild });

  /* The whole picture where it stays readable; else as much as stays readable, around what matters. */
  function fit(animate) {
    if (!alive() || !state.picture || !state.picture.bounds) return;
    const several = lit(), asked = several && several.boundingBox({ includeLabels: false, includeOverlays: false });
    const main = state.cy.getElementById(state.picture.selected[0] || (state.picture.line || "").split(" > ")[0] || state.picture.focus || shining() || "");
    if (main.nonempty()) addLines([main.id()]);
    const near = several || main.closedNeighborhood();
    const { zoom, pan } = place.fitted(state.picture, frame(), {
      asked, ends: Boolean(state.picture.litLines && state.picture.selected.length < 2), main: main.nonempty() ? main.position() : null, all: animate === true,
      spots: () => state.cy.nodes(".element").map((node) => [node.position("x"), node.position("y"), node.data("w"), near.contains(node)]),
    });
    if (animate === true && !calm() && state.cy.elements().length <= 500) {
      state.cy.stop().animate({ zoom, pan }, { duration: 200, easing: "ease-out" });
    } else state.cy.viewport({ zoom, pan: { x: Math.round(pan.x), y: Math.round(pan.y) } });
  }

  /* What the picture begins at where much is lit up: the first; of groups the highest, so that none above is cut. */
  function shining() {
    const ids = state.picture.lit || [], high = (id) => state.cy.getElementById(id)[0] ? state.cy.getElementById(id).position("y") : Infinity;
    return state.picture.whole ? ids.reduce((one, other) => (high(other) < high(one) ? other : one), ids[0]) : ids[0];
  }

  /* What several were asked for takes, where that can be seen at once: ways, both ends of a line, a selection of several. */
  function lit() {
    const { selected, litLines, line, hit } = state.picture, ids = selected.length > 1 ? selected : litLines || (hit && !selected.length) ? state.picture.lit : line ? line.split(" > ") : [];
    const nodes = state.cy.collection(ids.map((id) => state.cy.getElementById(id)[0]).filter(Boolean));
    return nodes.length > 1 && (nodes.length <= 60 || litLines) ? nodes : null;
  }

  function zoomBy(factor) {
    if (!alive()) return;
    state.touched = true;
    const area = frame();
    const walk = state.walk && state.cy.getElementById(state.walk);
    const at = walk && walk.nonempty() ? walk.renderedPosition() : { x: area.left + area.width / 2, y: area.height / 2 };
    const level = Math.min(Math.max(state.cy.zoom() * factor, state.cy.minZoom()), state.cy.maxZoom());
    state.cy.zoom({ level, renderedPosition: at });
  }

  /* Lines that are not seen until something is picked come after the picture: here, those at some things, or all. */
  const addLines = (ids) => { const there = state.cy.scratch()._lines; if (there) there(ids); };

  /* What the selection reaches lights up in both directions, the rest is dimmed: by colour, never by opacity. */
  function select(ids) {
    if (!alive()) return;
    const cy = state.cy, of = (names) => cy.collection(names.map((id) => cy.getElementById(id)[0]).filter(Boolean));
    state.picks = ids;
    if (ids.length || (state.picture && (state.picture.line || state.picture.lit))) addLines();
    const nodes = of(ids), line = state.picture && state.picture.line ? cy.getElementById(state.picture.line) : cy.collection();
    const lit = state.picture && state.picture.lit ? of(state.picture.lit) : null;
    cy.batch(() => {
      cy.elements().removeClass("dim on touch near whole asked stops");
      cy.nodes(".dot").toggleClass("dim", nodes.nonempty() || line.nonempty() || lit !== null);
      cy.nodes(".focus").removeClass("focus");
      (nodes.nonempty() ? nodes : cy.getElementById((state.picture && state.picture.focus) || "")).addClass("focus");
      if (line.nonempty()) dimAllBut(line.union(line.connectedNodes()), line);
      else if (nodes.nonempty()) {
        const beside = of(nodes.map((node) => node.data("beside") || []).flat())
          .union(cy.nodes(".element").filter((other) => (other.data("beside") || []).some((id) => ids.includes(id))));
        const reached = ids.length === 1 ? nodes.union(nodes.predecessors()).union(nodes.successors()).union(beside)
          : nodes.union(nodes.connectedEdges()).union(nodes.neighborhood()).union(beside);
        const outside = meaning(ids);
        dimAllBut(reached.union(outside).union(outside.connectedNodes()), nodes.connectedEdges().union(outside));
        if (ids.length === 1) nodes.connectedEdges().connectedNodes().union(beside).difference(nodes).addClass("near");
        else nodes.removeClass("focus").addClass("asked");
      } else if (lit !== null) {
        const lines = state.picture.litLines ? of(state.picture.litLines) : lit.edgesWith(lit);
        dimAllBut(lit.union(lines), state.picture.litLines ? lines : cy.collection());
        of(state.picture.stops || []).addClass("stops");
        if (state.picture.hit) lit.edges().addClass("on"); // the states tell what was asked for
        else if (!state.picture.litLines) lit.addClass("asked");
        else { lit.addClass("near"); of(state.picture.lit.slice(0, 2)).addClass("asked"); }
      }
    });
    cy.emit("chosen");
  }

  function dimAllBut(reached, own) {
    const cy = state.cy;
    cy.edges().difference(reached).addClass("dim");
    reached.edges().addClass("on whole");
    own.addClass("touch");
    cy.nodes(".element").difference(reached).addClass("dim");
    cy.nodes(".mark, .badge").forEach((mark) => { if (!reached.contains(cy.getElementById(mark.data("of")))) mark.addClass("dim"); });
  }

  function said(node) {
    if (node.data("said")) return `${node.data("label")}, ${node.data("said")}`;
    addLines([node.id()]);
    const needs = node.outgoers("node.element").length, users = node.incomers("node.element").length;
    return `${node.data("label").replace("\n", " ")}, ${node.data("kind")}, ` +
      `${needs === 1 ? "1 dependency" : `${number(needs)} dependencies`}, used by ${number(users)}` +
      (node.data("told") ? `; ${node.data("told").join("; ")}` : "");
  }

  /* Whether all of the picture is in sight across: then it is scaled where the pane grows, and nothing is lost. */
  function wholly() {
    const seen = state.cy.extent(), [left, , right] = (state.picture && state.picture.bounds) || [0, 0, 0];
    return left >= seen.x1 && right <= seen.x2;
  }

  /* One element, or with "more" one more or one less; where ways were begun, the element is their end. */
  function choose(id, more) {
    const href = id && state.cy.getElementById(id).data("href"); // a group of an overview opens
    if (href) return void go(href);
    const query = new URLSearchParams(location.search);
    if (id && !more && query.get("from") && id !== query.get("from")) return go(changed({ to: id, select: "", line: "", way: "" })); // also another end
    const ids = !id ? [] : !more ? [id] : state.picks.includes(id) ? state.picks.filter((each) => each !== id) : [...state.picks, id];
    if (state.picture) state.picture.line = null;
    if (state.drawn && !wholly()) { state.touched = true; state.mine = ids[0]; } // the map stays where it is while the pane grows beside it
    select(ids);
    go(changed({ select: ids.join(","), line: "" }));
  }

  function wander(key) {
    const cy = state.cy, all = cy.nodes(".element");
    if (all.empty()) return;
    let from = cy.getElementById(state.walk || state.picks[0] || (state.picture && state.picture.focus) || "");
    let to = from;
    if (from.empty()) to = all.sort((a, b) => a.position("y") - b.position("y") || a.position("x") - b.position("x"))[0];
    else {
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
      let best = Infinity;
      all.forEach((node) => {
        if (node.same(from)) return;
        const x = node.position("x") - from.position("x"), y = node.position("y") - from.position("y");
        const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
        if (along > 4 && along + 2.5 * across < best) { best = along + 2.5 * across; to = node; }
      });
    }
    cy.nodes(".walk").removeClass("walk");
    to.addClass("walk");
    state.walk = to.id();
    const spot = to.renderedPosition(), area = frame(), half = to.renderedWidth() / 2 + 8;
    const left = Math.min(0, spot.x - half - area.left) + Math.max(0, spot.x + half - area.left - area.width);
    const top = Math.min(0, spot.y - 40) + Math.max(0, spot.y + 40 - area.height);
    if (left || top) { state.touched = true; cy.panBy({ x: -left, y: -top }); }
    announce(said(to));
  }

  function stageKey(event) {
    if (!alive()) return false;
    if (event.key.startsWith("Arrow")) wander(event.key);
    else if (event.key === "Enter" && state.walk) {
      const id = state.walk;
      go(state.cy.getElementById(id).data("href") || changed({ focus: id, select: id }));
    } else if (event.key === " " && state.walk) choose(state.walk, event.shiftKey);
    else if (event.key === "Escape") clear();
    else if (event.key === "+" || event.key === "=") zoomBy(1.25);
    else if (event.key === "-") zoomBy(0.8);
    else if (event.key === "0") { state.touched = false; fit(true); }
    else return false;
    return true;
  }

  /* One step back to rest: the walking ring, the selection, a line, ways, the focus. */
  function clear() {
    const query = new URLSearchParams(location.search);
    if (state.walk) { state.cy.nodes(".walk").removeClass("walk"); state.walk = null; if (!state.picks.length) return announce("Nothing selected"); }
    if (state.picks.length || query.has("line")) { choose(""); announce("Nothing selected"); }
    else if (query.has("from") || query.has("to")) go(changed({ from: "", to: "", within: "", way: "" }));
    else if (query.has("focus")) go(changed({ focus: "", hops: "", direction: "" }));
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "search-input") return searchKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const menu = event.target.closest && event.target.closest(".menu");
    if (menu && menu.open && ["Escape", "ArrowDown", "ArrowUp"].includes(event.key)) {
      const entries = [menu.querySelector("summary"), ...menu.querySelectorAll(".menu-list a, .menu-list > button")].filter((each) => each.offsetParent && !each.disabled);
      const at = entries.indexOf(document.activeElement);
      if (event.key === "Escape") { menu.open = false; entries[0].focus(); }
      else entries[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), entries.length - 1)].focus();
      event.preventDefault();
      return;
    }
    const fold = stacked() && event.target.closest && event.target.closest(".facet-menu[open], .times-fold[open]");
    if (fold && event.key === "Escape") { event.preventDefault(); fold.open = false; return fold.querySelector("summary").focus(); }
    if (event.key === "/") { event.preventDefault(); return actions.search(); }
    const page = byId("map-page");
    const onMap = page && !page.hidden && byId("map-table").hidden;
    const free = event.target === document.body || event.target === byId("map-stage");
    const button = event.target.closest && event.target.closest("a, button, summary");
    if (onMap && (free || (event.key === "Escape" && !menu) || (button && "+-0".includes(event.key))) && stageKey(event)) event.preventDefault();
  });

  /* What was said about what is pointed at goes with the next step, and where the pointer leaves the map. */
  function untip() {
    const box = byId("map-tip");
    if (box) box.hidden = true;
    if (!alive()) return;
    state.cy.elements(".hover, .meant").removeClass("hover meant");
    state.cy.edges(".whole").not(".on").removeClass("whole");
    byId("map-stage").style.cursor = "";
  }

  /* A line that ends at an open group means some of what is inside; and what is inside has such lines. */
  const means = (edge) => state.cy.collection((edge.data("means") || []).map((id) => state.cy.getElementById(id)[0]).filter(Boolean));
  const meaning = (ids) => state.cy.edges(".bundle").filter((edge) => (edge.data("means") || []).some((id) => ids.includes(id)));

  function tip(event, title, words) {
    const box = byId("map-tip"), area = byId("map-stage").getBoundingClientRect();
    box.replaceChildren();
    const bold = document.createElement("b"), plain = document.createElement("span");
    bold.textContent = title;
    plain.textContent = words;
    box.append(bold, ...(words ? [plain] : []));
    box.hidden = false;
    const spot = event.renderedPosition || event.target.renderedPosition();
    box.style.left = `${Math.min(spot.x + 14, area.width - box.offsetWidth - 8)}px`;
    box.style.top = `${spot.y + 18 + box.offsetHeight > area.height ? spot.y - box.offsetHeight - 12 : spot.y + 18}px`;
  }

  const name = (node) => node.data("label").replace("\n", " ");

  /* What is pointed at says what its box does not show at this size. */
  function say(event) {
    const node = event.target, told = (node.data("told") || []).slice(0, 3).join("; ");
    if (told) tip(event, name(node), told);
    else if (state.level) tip(event, name(node), [node.data("kind"), node.data("second")].filter((v, i, a) => v && a.indexOf(v) === i).join(", "));
    else if (node.data("full")) tip(event, node.data("full"), node.data("kind"));
  }

  /* A title of a lane that gets the focus comes into view with its lane: the map is moved, never the titles alone. */
  document.addEventListener("focusin", (event) => {
    const lane = event.target instanceof Element && event.target.closest("#map-lanes .lane");
    if (!lane || !alive()) return;
    const stay = () => { for (let each = lane.parentElement; each; each = each.parentElement) if (each.scrollTop) each.scrollTop = 0; };
    const { y } = state.cy.pan(), zoom = state.cy.zoom(), height = byId("map-stage").clientHeight;
    const top = y + Number(lane.dataset.y) * zoom, low = top + Number(lane.dataset.h) * zoom;
    stay();
    requestAnimationFrame(stay);
    if (top < height - 40 && low > 40) return;
    state.touched = true;
    state.cy.panBy({ x: 0, y: low > 40 ? Math.max(height - 8 - low, 8 - top) : 8 - top });
  });

  function listen(cy) {
    cy.on("tap", (event) => {
      const held = event.originalEvent || {}, more = held.shiftKey || held.ctrlKey || held.metaKey;
      if (event.target === cy) { if (!more && (state.picks.length || new URLSearchParams(location.search).has("line"))) choose(""); return; }
      if (event.target.isNode() && event.target.hasClass("element")) {
        state.walk = null;
        cy.nodes(".walk").removeClass("walk");
        choose(event.target.id(), more);
        announce(said(event.target));
      } else if (event.target.isEdge() && event.target.data("id").includes("group ")) { // of groups: no dependency of its own to show
        untip();
        event.target.addClass("hover whole");
        means(event.target).addClass("meant");
        tip(event, `${name(event.target.source())} depends on ${name(event.target.target())}`, event.target.data("said"));
        announce(`${name(event.target.source())} depends on ${name(event.target.target())}, ${event.target.data("said")}`);
      } else if (event.target.isEdge()) {
        go(changed({ line: `${event.target.source().id()}>${event.target.target().id()}`, select: "" }));
      }
    });
    const adds = (event) => event.originalEvent && (event.originalEvent.shiftKey || event.originalEvent.ctrlKey || event.originalEvent.metaKey);
    cy.on("dbltap", "node.element", (event) => { if (!event.target.data("href") && !adds(event)) go(changed({ focus: event.target.id(), select: event.target.id() })); });
    cy.on("mouseover", "node.element", (event) => {
      addLines([event.target.id()]);
      event.target.addClass("hover");
      event.target.connectedEdges().union(meaning([event.target.id()])).addClass("hover whole");
      byId("map-stage").style.cursor = "pointer";
      say(event);
    });
    cy.on("mousemove", "node.element", (event) => { if (byId("map-tip").hidden) say(event); });
    cy.on("mouseover", "edge", (event) => {
      const edge = event.target;
      edge.addClass("hover whole");
      means(edge).addClass("meant");
      tip(event, `${name(edge.source())} depends on ${name(edge.target())}`, edge.data("said"));
    });
    cy.on("mouseout", "node.element, edge", () => {
      untip();
    });
    byId("map-stage").addEventListener("mouseleave", untip);
    let asked = false;
    cy.on("viewport", () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; if (alive()) { detail(); lanes(); } });
    });
    cy.on("dragpan scrollzoom pinchzoom", () => { state.touched = true; byId("map-tip").hidden = true; });
    new ResizeObserver(() => {
      if (!alive()) return;
      cy.resize();
      if (!state.touched) fit();
      else if (state.mine && state.picks[0] === state.mine) bring(state.mine);
      state.mine = null;
      lanes();
    }).observe(byId("map-stage"));
  }

  document.addEventListener("servicemap:canvas", (event) => {
    state.cy = event.detail;
    state.drawn = null;
    listen(state.cy);
    restyle();
  });

  function settle(fresh) {
    if (!alive() || state.picture.key === "none" || state.drawn !== state.picture.key) return;
    if (fresh) {
      if (!state.stay && !state.same) { state.walk = null; state.touched = false; }
      state.level = "";
      state.cy.resize();
    }
    const asked = state.picture.litLines ? state.picture.lit.join() : "", anew = (asked && asked !== state.ways) || (state.arriving && state.picture.selected.length > 0);
    state.ways = asked; state.arriving = false;
    const told = state.picture.selected, elsewhere = told.length && told.join() !== state.picks.join(); // not picked on the map itself
    if (!fresh && elsewhere && !anew) bring(...told);
    if (!fresh && anew) { state.touched = false; if (lit()) fit(); else bring(state.picture.selected[0]); detail(); }
    if (fresh) { if (state.same) bring(state.opening); else if (!state.stay) fit(); detail(); } // before anything reads a style, so that styles are worked out once
    select(state.picture.selected);
    lanes();
    state.stay = false;
    requestAnimationFrame(() => place.follow(state.cy, () => { lanes(); window.servicemapReady = state.picture.key; place.live().forEach((act) => actions[act]()); }));
    window.servicemapPaper.prepare(state.cy);
  }

  /* What was opened or picked comes into view, smaller where it is larger than the frame; everything else stays where it
     is. Of several that cannot be seen at once, the first comes. */
  function bring(...ids) {
    const { cy } = state, nodes = ids.filter(Boolean).map((id) => cy.getElementById(id)[0]).filter(Boolean);
    if (!nodes.length) return;
    const whole = () => cy.collection(nodes).renderedBoundingBox({ includeLabels: false }), area = frame(), zoom = cy.zoom();
    const wide = zoom * (area.width - 16) / whole().w, high = nodes.length > 1 ? zoom * (area.height - 16) / whole().h : Infinity;
    if (nodes.length > 1 && Math.min(wide, high) < Math.min(zoom, 0.45)) return bring(ids[0]);
    const level = Math.max(Math.min(zoom, wide, high), Math.min(zoom, 0.45));
    if (level < zoom) cy.zoom({ level, renderedPosition: nodes[0].renderedPosition() });
    const box = whole();
    const shift = (low, high, start, size) => (high - low > size || low < start ? start - low : Math.min(0, start + size - high));
    state.touched = true;
    cy.panBy({ x: shift(box.x1 - 8, box.x2 + 8, area.left, area.width), y: shift(box.y1 - 8, box.y2 + 8, area.top, area.height) });
  }

  /* A picture with its parts takes the place of the one before: cards and lines, titles of lanes, where all of it stands. */
  function drawn(data) {
    const { drawn: parts, ...told } = data, open = (state.picture && state.picture.open) || [];
    const fresh = Boolean(parts) && state.drawn !== data.key;
    state.opening = (data.open || []).find((path) => !open.includes(path));
    state.same = Boolean(data.family && state.picture && state.picture.family === data.family && state.drawn);
    state.picture = told;
    document.title = data.title;
    byId("map-stage").setAttribute("aria-label", data.label);
    announce(data.announce);
    if (fresh && alive()) {
      state.cy.scratch()._replace(parts.elements);
      state.cy.scratch()._key = state.drawn = data.key; // given by name, it would have all styles worked out anew
      window.servicemap.paint(byId("map-lanes"), parts.lanes);
      window.servicemap.paint(byId("map-bands"), parts.bands);
      document.dispatchEvent(new CustomEvent("servicemap:drawn", { detail: state.cy }));
    }
    settle(fresh);
  }

  function picture(data) {
    if (!data || ahead.now || !on("map")) return window.dash_clientside.no_update; // another one is on its way
    drawn(data);
    pending(false);
    document.dispatchEvent(new CustomEvent("servicemap:arrived"));
    if (data.key === "none") place.gone();
    else if (alive() && state.drawn !== data.key) props("map-address", { data: asking(new URL(location.href)) }); // drawn over meanwhile
    const pane = byId("map-pane");
    if (pane) { pane.scrollTop = 0; pane.classList.remove("folded", "full"); if (narrow() && (beneath() || !pane.classList.contains("selection"))) pane.classList.add("folded"); }
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    servicemap: { route, taken, arrived, picture },
  });
  window.servicemapTools = { on, left, add, byId, go, changed, choose, announce, toast, copyText, actions, typing, narrow, well, state, alive, fit, frame, plural, moment };
})();
