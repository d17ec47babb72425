/* How is the map asked? The editor, the fields of a question, and its answer: a table, with what can be done with it.
 *
 * The server says what an address asks and gives its answer as JSON. Here it is asked for, so that it can be cancelled,
 * and drawn. Every text is set as text. The editor is loaded when the page is seen for the first time.
 */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const house = () => window.servicemapTools;
  const PAGE = 100, MOST_TAKEN = 50, PATIENCE = 1000;
  const state = { said: null, asked: "", about: "", answer: null, abort: null, editor: null, loading: null, chosen: new Map(), timer: 0, key: "" };

  function made(tag, attributes, ...inside) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === false) continue;
      if (key === "class") element.className = value; else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...inside.filter((each) => each !== null && each !== undefined && each !== ""));
    return element;
  }
  const icon = (name, extra) => made("span", { class: `icon icon-${name} ${extra || ""}`.trim(), "aria-hidden": "true" });
  const tile = (look) => made("span", { class: `tile tile-${look}`, "aria-hidden": "true" });
  const plural = (number, noun) => `${number.toLocaleString("en")} ${number === 1 ? noun : noun + "s"}`;

  const narrow = () => window.matchMedia("(max-width: 720px)").matches;

  function button(words, name, act, extra) {
    const element = made("button", { type: "button", class: `button ${extra || ""}`.trim() }, icon(name), made("span", {}, words));
    element.addEventListener("click", act);
    return element;
  }

  /* ── addresses ─────────────────────────────────────────────────────────────────────────── */

  function address(values, path) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(values)) {
      if (value) query.set(key, value); else query.delete(key);
    }
    const text = query.toString();
    return text ? `${path || "/query"}?${text}` : path || "/query";
  }

  function run() {
    const said = state.said;
    if (!said) return;
    const values = {};
    document.querySelectorAll("#query-fields [data-field]").forEach((field) => { values[field.dataset.field] = field.dataset.value ?? field.value; });
    if (values.rows === "1000") values.rows = "";
    if (!said.name) {
      const text = written();
      if (!text.trim()) return void problem("Write a query, or pick a question of the library.");
      values.query = text;
      values.ask = "";
    }
    const href = address({ ...values, page: "", ...(said.name ? {} : { sort: "", find: "", across: "", up: "" }) });
    if (href === location.pathname + location.search || href === address({})) return void ask(`${said.asked}&part=${said.page}`, true);
    state.key = "";
    house().go(href);
  }

  /* ── what the server says about an address ─────────────────────────────────────────────── */

  function told(said) {
    if (!said || !house().on("query")) return window.dash_clientside.no_update; // the page was left meanwhile
    const before = state.said;
    state.said = said;
    if (before && before.revision !== said.revision) state.asked = ""; // the map is another one now
    if (said.wrong && said.name) document.querySelector(".query-menu").open = true;
    window.dash_clientside.servicemap.arrived({ title: said.title, announce: before && before.title === said.title ? "" : said.announce });
    fields(said);
    tools(said);
    edit(said);
    const here = document.querySelector("#query-library [aria-current]");
    if (here && !(before && before.name === said.name)) here.scrollIntoView({ block: "center" });
    problem(said.wrong);
    if (said.asked) ask(`${said.asked}&part=${said.page}`, false);
    else { stop(); state.answer = null; state.asked = ""; nothing(said); }
    return window.dash_clientside.no_update;
  }

  /* ── the fields of a question ──────────────────────────────────────────────────────────── */

  function fields(said) {
    const box = byId("query-fields"), key = JSON.stringify([said.name, said.fields]);
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const parts = said.fields.map((field) => {
      const label = made("label", { for: `field-${field.key}` }, made("span", {}, field.words), made("code", {}, field.code));
      return made("div", { class: "field" }, label, control(field));
    });
    const press = made("button", { type: "button", class: "button button-filled run" }, icon("player-play"), made("span", {}, "Run"), made("small", { class: "not-phone" }, "Ctrl Enter"));
    press.addEventListener("click", run);
    box.replaceChildren(...(parts.length > 1 ? [made("h2", {}, "Values")] : []), ...parts, press);
  }

  function control(field) {
    const id = `field-${field.key}`;
    if (field.kind === "choice") {
      const select = made("select", { id, "data-field": field.key, class: "input" }, ...field.choices.map((each) => made("option", { value: each.value }, each.words)));
      select.value = field.value;
      return made("div", { class: "select" }, select, icon("chevron-down"));
    }
    if (field.kind === "element") return picker(field, id);
    const type = field.kind === "date" ? "date" : field.kind === "number" ? "number" : "text";
    const input = made("input", { id, "data-field": field.key, class: "input", type, step: "any", placeholder: field.kind === "moment" ? "2026-12-31 or 2026-12-31T08:00Z" : field.hint, autocomplete: "off" });
    input.value = field.value;
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") run(); });
    return input;
  }

  /* A field that an element is picked for: what is typed is looked for among the elements that fit. */
  function picker(field, id) {
    const list = made("ul", { class: "pick-list", id: `${id}-list`, role: "listbox", "aria-label": field.words, hidden: true });
    const input = made("input", { id, class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: field.hint, "data-field": field.key,
      "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list" });
    const mark = tile(field.look || "none");
    let picks = [], at = -1, timer = 0, turn = 0, told = "", moved = false;
    const hold = (pick) => {
      input.dataset.value = pick.id;
      input.value = pick.label || pick.id;
      mark.className = `tile tile-${pick.look || "none"}`;
      input.parentNode && input.parentNode.classList.toggle("with-tile", !!pick.look);
    };
    const close = () => { clearTimeout(timer); turn += 1; list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
    const show = () => {
      [...list.children].forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
      if (at >= 0) { input.setAttribute("aria-activedescendant", `${id}-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); }
    };
    const look = async (words) => {
      const mine = ++turn;
      let found = {};
      try { found = await (await fetch(`/query/picks.json?type=${encodeURIComponent(field.type)}&q=${encodeURIComponent(words)}`)).json(); } catch { /* as where nothing has that name */ }
      if (mine !== turn) return false; // asked anew, or closed meanwhile
      picks = found.picks || [];
      told = words;
      moved = false;
      list.replaceChildren(...picks.map((pick, number) => {
        const row = made("li", { role: "option", id: `${id}-${number}` }, tile(pick.look), made("span", { class: "anywhere grow" }, pick.label), made("small", {}, pick.kind));
        row.addEventListener("mousedown", (event) => { event.preventDefault(); hold(pick); close(); run(); });
        return row;
      }));
      if (!picks.length) list.replaceChildren(made("li", { class: "nothing" }, "Nothing here has that name"));
      at = picks.length && words ? 0 : -1;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      show();
      return true;
    };
    input.addEventListener("input", () => { delete input.dataset.value; clearTimeout(timer); timer = setTimeout(() => look(input.value), 120); });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => { if (list.hidden) look(""); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && list.hidden) { look(input.dataset.value ? "" : input.value); event.preventDefault(); }
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && picks.length) {
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + picks.length) % picks.length;
        moved = true;
        show();
        event.preventDefault();
      } else if (event.key === "Enter") {
        const fits = () => !list.hidden && (moved || told === input.value); // else the list is still of fewer letters
        const take = () => { if (fits() && picks[at]) hold(picks[at]); close(); run(); };
        clearTimeout(timer);
        if (!fits() && input.value.trim() && input.dataset.value === undefined) look(input.value).then((came) => { if (came && fits()) take(); });
        else take();
        event.preventDefault();
      } else if (event.key === "Escape") close();
    });
    const box = made("div", { class: `picker${field.look ? " with-tile" : ""}` }, mark, input, icon("chevron-down"), list);
    hold({ id: field.value, label: field.label, look: field.look });
    return box;
  }

  /* ── the editor ────────────────────────────────────────────────────────────────────────── */

  function load(slot) {
    if (!state.loading) state.loading = new Promise((done, failed) => {
      window.servicemapPrefixes = JSON.parse(slot.dataset.prefixes);
      document.head.append(made("link", { rel: "stylesheet", href: slot.dataset.style }));
      const script = made("script", { src: slot.dataset.script });
      script.addEventListener("load", () => done(window.servicemapEditor));
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    return state.loading;
  }

  const draft = (said) => `servicemap-draft ${said.given}`;

  /* The query of a ready question is for those who want to see it; one's own is what the page is about. */
  function fold(said) {
    const box = byId("query-sparql");
    const aside = said.name || (narrow() && !said.given); // on a phone the ready questions come first
    if (state.folded !== said.name || !aside) box.open = !aside;
    box.classList.toggle("always", !aside);
    state.folded = said.name;
  }

  async function edit(said) {
    fold(said);
    const slot = byId("query-editor"), text = said.name ? said.text : said.given;
    const key = JSON.stringify([said.name, text]);
    if (key === state.key) return;
    state.key = key;
    if (!state.editor) {
      slot.replaceChildren(made("pre", { class: "query-plain" }, text));
      try { state.editor = begin(await load(slot), slot, text); } catch { state.editor = plain(slot, text); }
      if (state.key !== key) return;
    }
    const kept = said.name ? null : sessionStorage.getItem(draft(said));
    const value = kept ?? (text || START);
    state.editor.readOnly(!!said.name);
    high(slot, value);
    if (state.editor.value() !== value) state.editor.set(value);
  }

  /* As high as the query, up to a third of the page; where somebody has pulled at it, as high as that. */
  function high(slot, text) {
    if (slot.style.height && slot.style.height !== slot.dataset.height) return;
    const lines = Math.max(text.split("\n").length, 4);
    slot.style.height = slot.dataset.height = `min(${lines * 20 + 24}px, ${narrow() ? "180px" : "32vh"})`;
    slot.dataset.height = slot.style.height;
  }

  const START = "SELECT ?service ?name\nWHERE {\n  ?service a sm:Service ; rdfs:label ?name .\n}\nORDER BY ?name\n";
  const written = () => (state.editor ? state.editor.value() : "");

  function changed() {
    const said = state.said;
    if (!said || said.name) return;
    validate();
    try {
      if (written() === (said.given || START)) sessionStorage.removeItem(draft(said)); else sessionStorage.setItem(draft(said), written());
    } catch { /* what cannot be kept is lost with the page */ }
  }

  function plain(slot, text) {
    const area = made("textarea", { class: "query-plain", "aria-label": "Query, in SPARQL", spellcheck: "false" });
    area.value = text;
    area.addEventListener("input", changed);
    slot.replaceChildren(area);
    return { value: () => area.value, set: (words) => { area.value = words; }, readOnly: (on) => { area.readOnly = on; }, focus: () => area.focus() };
  }

  function begin(Yasqe, slot, text) {
    slot.replaceChildren();
    complete(Yasqe);
    const yasqe = new Yasqe(slot, {
      value: text, persistenceId: null, showQueryButton: false, resizeable: false, createShareableLink: null, consumeShareLink: null, editorHeight: "100%",
      hintConfig: { container: document.body },
      extraKeys: { "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": () => {}, Tab: false, "Shift-Tab": false,
        "Ctrl-Space": (editor) => { offer.wanted = true; editor.autocomplete(); offer.wanted = false; } },
    });
    yasqe.getInputField().setAttribute("aria-label", "Query, in SPARQL");
    yasqe.getScrollerElement().tabIndex = 0; // a long query is read by keyboard too
    yasqe.on("autocompletionShown", (_, widget) => widget.hints.setAttribute("aria-label", "Words that fit"));
    yasqe.on("change", changed);
    yasqe.on("inputRead", () => { offer.typed = Date.now(); });
    yasqe.on("focus", vocabulary);
    new ResizeObserver(() => yasqe.refresh()).observe(slot);
    return {
      yasqe,
      value: () => yasqe.getValue(),
      set: (words) => { yasqe.setValue(words); yasqe.getDoc().clearHistory(); },
      readOnly: (on) => { yasqe.setOption("readOnly", on); slot.classList.toggle("read-only", on); },
      focus: () => yasqe.focus(),
    };
  }

  /* ── completion: what is typed is looked for among the words of the map and its elements ── */

  const offer = { wanted: false, typed: 0, words: null, revision: "", picks: new Map() };
  const MOST = 60;

  function vocabulary() {
    const revision = state.said ? state.said.revision : "";
    if (!offer.words || offer.revision !== revision) {
      offer.revision = revision;
      offer.words = fetch("/query/words.json").then((answer) => answer.json()).catch(() => { offer.words = null; return {}; });
    }
    return offer.words;
  }

  const asked = () => offer.wanted || Date.now() - offer.typed < 400;
  const before = (yasqe, token) => (yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token).string || "").toUpperCase();

  function complete(Yasqe) {
    const known = Yasqe.Autocompleters;
    const bare = { bulk: false, autoShow: true, persistenceId: null, preProcessToken: (_, token) => token, postProcessSuggestion: (_, token, text) => text };
    Object.assign(known.prefixes, { persistenceId: null, get: () => Object.entries(window.servicemapPrefixes).map(([name, iri]) => `${name}: <${iri}>`) });
    for (const [name, kind] of [["class", "classes"], ["property", "properties"]]) {
      const fits = known[name].isValidCompletionPosition;
      Object.assign(known[name], bare, {
        isValidCompletionPosition: (yasqe) => {
          const token = yasqe.getCompleteToken();
          return asked() && /^[\w-]*:?[\w-]*$/.test(token.string.trim()) && (token.string.trim() || offer.wanted) && fits(yasqe);
        },
        get: async (yasqe, token) => fitting((await vocabulary())[kind] || [], token.string.trim(), yasqe.getPrefixesFromQuery()),
        postprocessHints: async (yasqe, hints) => { const all = (await vocabulary())[kind] || []; return hints.map((hint) => described(hint, all, yasqe.getPrefixesFromQuery())); },
      });
    }
    Yasqe.registerAutocompleter({ ...bare, name: "element",
      isValidCompletionPosition: (yasqe) => {
        const token = yasqe.getCompleteToken();
        return asked() && /^<[^>]*$/.test(written_before(yasqe)) && !["PREFIX", "BASE", "FROM"].includes(before(yasqe, token)) && !/PREFIX\s+\S*\s*<[^>]*$/i.test(line(yasqe));
      },
      get: async (yasqe) => {
        const found = await (await fetch(`/query/picks.json?q=${encodeURIComponent(written_before(yasqe).slice(1))}`)).json();
        offer.picks = new Map((found.picks || []).map((pick) => [`<${pick.iri}>`, pick]));
        return [...offer.picks.keys()];
      },
      postprocessHints: (yasqe, hints) => {
        const cursor = yasqe.getDoc().getCursor(), from = { line: cursor.line, ch: cursor.ch - written_before(yasqe).length };
        return hints.map((hint) => ({ ...hint, from, to: cursor, render: (row) => { const pick = offer.picks.get(hint.text); row.append(made("b", {}, pick.label), made("small", {}, `${pick.kind}, ${pick.id}`)); } }));
      },
    });
  }

  const line = (yasqe) => { const at = yasqe.getDoc().getCursor(); return yasqe.getLine(at.line).slice(0, at.ch); };
  const written_before = (yasqe) => (/<[^<>"{}|^`\\]*$/.exec(line(yasqe)) || [""])[0];

  function named(word, prefixes) {
    for (const [prefix, start] of Object.entries(prefixes)) {
      const rest = word.iri.slice(start.length);
      if (word.iri.startsWith(start) && /^[\w-]+$/.test(rest)) return `${prefix}:${rest}`;
    }
    return word.name;
  }

  function fitting(all, text, prefixes) {
    const wanted = text.toLowerCase(), [prefix, local] = text.includes(":") ? text.split(":") : [null, ""];
    const space = prefix === null ? null : prefixes[prefix];
    const rank = (word) => {
      const rest = word.iri.replace(/^.*[#/]/, "").toLowerCase();
      if (prefix !== null) return space !== undefined && word.iri.startsWith(space) && word.iri.slice(space.length).toLowerCase().startsWith(local.toLowerCase()) ? 0 : -1;
      return rest.startsWith(wanted) ? 0 : word.label.toLowerCase().includes(wanted) || rest.includes(wanted) ? 1 : -1;
    };
    const found = all.map((word) => [rank(word), word]).filter(([order]) => order >= 0);
    found.sort((a, b) => a[0] - b[0]);
    return found.slice(0, MOST).map(([, word]) => named(word, prefixes));
  }

  function described(hint, all, prefixes) {
    const word = all.find((each) => named(each, prefixes) === hint.text);
    if (!word) return hint;
    const said = [word.label, word.used ? `used ${word.used.toLocaleString("en")} ${word.used === 1 ? "time" : "times"}` : ""].filter(Boolean).join(", ");
    return { ...hint, render: (row) => row.append(made("b", {}, hint.text), made("small", {}, said)) };
  }

  /* ── validation while somebody writes ──────────────────────────────────────────────────── */

  let checking = 0, marked = [];

  function validate() {
    clearTimeout(checking);
    checking = setTimeout(async () => {
      const said = state.said, text = written();
      if (!said || said.name || byId("query-page").hidden) return;
      let wrong = [];
      try { wrong = text.trim() ? (await (await fetch("/query/check.json", { method: "POST", body: text, headers: { Accept: "application/json", "Content-Type": "text/plain" } })).json()).wrong || [] : []; } catch { return; }
      if (written() !== text || state.said.name) return;
      marked.forEach((mark) => mark.clear());
      marked = [];
      const yasqe = state.editor && state.editor.yasqe;
      if (yasqe) for (const each of wrong) if (each.length) {
        const at = { line: each.line - 1, ch: each.column - 1 };
        marked.push(yasqe.getDoc().markText(at, { ...at, ch: at.ch + each.length }, { className: "query-wrong", attributes: { title: each.words } }));
      }
      const place = (each) => (each.line ? `Line ${each.line}, column ${each.column}: ${each.words}` : capital(each.words));
      const end = (words) => (/[.?]$/.test(words) ? words : `${words}.`);
      problem(wrong.length ? `${end(place(wrong[0]))}${wrong.length > 1 ? ` And ${(wrong.length - 1).toLocaleString("en")} more.` : ""}` : state.said.wrong);
    }, 500);
  }

  function problem(words) {
    const box = byId("query-problem");
    box.hidden = !words;
    box.replaceChildren(...(words ? [icon("alert-circle"), made("span", { class: "anywhere" }, words)] : []));
  }

  /* ── asking ────────────────────────────────────────────────────────────────────────────── */

  function stop() {
    clearTimeout(state.timer);
    byId("query-page").classList.remove("asking");
    if (state.abort) state.abort.abort();
    state.abort = null;
  }

  async function ask(asked, fresh) {
    if (!asked) return;
    if (asked === state.asked && state.answer && !fresh) return void draw();
    stop();
    const mine = state.abort = new AbortController(), { search } = location;
    byId("query-page").classList.add("asking");
    if (!state.answer) bar(null);
    state.timer = setTimeout(waiting, PATIENCE);
    try {
      const headers = { Accept: "application/json", ...(fresh ? { "Cache-Control": "no-cache" } : {}) };
      const response = await fetch(asked, { headers, signal: mine.signal });
      const found = await response.json();
      if (state.abort !== mine || !house().on("query")) return; // cancelled, or the page was left
      const about = asked.replace(/&(find|sort|part)=[^&]*/g, "");
      if (about !== state.about || fresh) state.chosen.clear();
      state.asked = asked;
      state.about = about;
      if (!response.ok) return void failed(found.error || {});
      state.answer = found;
      problem("");
      remember(found, search);
      draw();
      house().announce(found.title);
    } catch (error) {
      if (error.name !== "AbortError" && state.abort === mine) failed({ title: "The server does not answer", detail: "what you see may be out of date", help: "try again" });
    } finally {
      if (state.abort === mine) stop();
    }
  }

  function waiting() {
    const cancel = button("Cancel", "player-stop", () => {
      stop();
      state.asked = "";
      state.answer = null;
      byId("query-result").replaceChildren(message("Cancelled", "Nothing is asked any more.", button("Run again", "player-play", run)));
      house().announce("Cancelled");
    });
    byId("query-count").replaceChildren(made("span", { class: "muted" }, "Asking the map…"));
    byId("query-acts").replaceChildren(cancel);
  }

  function message(title, words, ...acts) {
    return made("div", { class: "message" }, made("h2", {}, title), made("p", {}, words), made("div", { class: "actions" }, ...acts));
  }

  const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);

  function failed(error) {
    state.answer = null;
    state.asked = "";
    bar(null);
    const place = error.title === "Not SPARQL" && error.position;
    const told = place ? [`line ${place.line}, column ${place.column}: from here on it is no SPARQL`, "mend it there, and run it again"] : [error.detail, error.help];
    const words = told.filter(Boolean).map((each) => capital(String(each)).replace(/[.]$/, "") + ".").join(" ");
    byId("query-result").replaceChildren(message(error.title || "This cannot be answered", words || "The server did not say why.", button("Run again", "player-play", run)));
    byId("query-status").replaceChildren(made("span", {}, icon("alert-circle", "icon-14"), "No answer"));
    house().announce(error.title || "This cannot be answered");
  }

  function nothing(said) {
    bar(null);
    byId("query-status").replaceChildren(made("span", {}, "Read only: no question changes the map"));
    const box = byId("query-result");
    if (said.wrong) return void box.replaceChildren(message("This cannot be asked", said.name ? "Give the values on the left, and run it." : "Mend the address, or pick a question."));
    box.replaceChildren(message("What do you want to know?", `Pick a question of the library, or write a query in SPARQL and run it${narrow() ? "" : " with Ctrl Enter"}. The address always says what is asked, so a link shows a colleague the same answer.`),
      made("div", { class: "query-starters" }, made("h3", {}, "To begin with"), made("div", { class: "picks" }, ...said.starters.map((each) => made("a", { class: "pick", href: each.href }, icon("help-circle", "icon-20"), made("b", {}, each.title))))));
  }

  /* ── what was asked before, in this browser alone ──────────────────────────────────────── */

  const HISTORY = "servicemap-queries", REMEMBERED = 30;

  function past() { try { return JSON.parse(localStorage.getItem(HISTORY)) || []; } catch { return []; } }

  function remember(found, search) {
    const query = new URLSearchParams(search);
    for (const key of ["view", "find", "sort", "page", "across", "up", "q"]) query.delete(key);
    const values = Object.values(found.parameters || {}).map((each) => each.replace(" (as nothing else is said)", "")).join(", ");
    const first = (found.query.split("\n").find((each) => each.trim() && !each.startsWith("#")) || "").trim();
    const entry = { href: `/query?${query}`, title: found.question ? found.question + (values ? ` (${values})` : "") : found.query.replace(/\s+/g, " ").trim().slice(0, 160) || first, rows: found.total, form: found.form, at: Date.now() };
    try { localStorage.setItem(HISTORY, JSON.stringify([entry, ...past().filter((each) => each.href !== entry.href)].slice(0, REMEMBERED))); } catch { /* what cannot be kept is not remembered */ }
  }

  function ago(at) {
    const minutes = Math.round((Date.now() - at) / 60000);
    return minutes < 1 ? "just now" : minutes < 60 ? `${plural(minutes, "minute")} ago` : minutes < 1440 ? `${plural(Math.round(minutes / 60), "hour")} ago` : `${plural(Math.round(minutes / 1440), "day")} ago`;
  }

  function tools(said) {
    const box = byId("query-tools"), key = said.name ? "library" : "own";
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const list = made("div", { class: "menu-list menu-right history-list" });
    const menu = made("details", { class: "menu" }, made("summary", { class: "button", title: "What was asked before" }, icon("history"), made("span", { class: "roomy" }, "History")), list);
    menu.addEventListener("toggle", () => {
      if (!menu.open) return;
      const entries = past().map((each) => made("a", { href: each.href }, made("span", { class: "grow anywhere" }, short(each.title)), made("small", {}, `${each.form === "ask" ? "yes or no" : plural(each.rows, each.form === "graph" ? "statement" : "row")}, ${ago(each.at)}`)));
      const forget = made("button", { type: "button", class: "button" }, "Forget all");
      forget.addEventListener("click", () => { localStorage.removeItem(HISTORY); menu.open = false; house().announce("Nothing is remembered any more"); });
      list.replaceChildren(...entries, made("p", { class: "menu-note" }, entries.length ? "Kept in this browser alone." : "Nothing was asked yet. What is asked is kept in this browser alone."), entries.length ? forget : "");
    });
    const save = button("Save", "bookmark", keep);
    save.title = "Save this query as a question of the library";
    box.replaceChildren(menu, ...(said.name ? [] : [save]));
  }

  /* ── saving a query as a question ──────────────────────────────────────────────────────── */

  const LINE = /^#\s*(title|persona)\s*:\s*(.*)$/;
  const slug = (words) => words.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "").slice(0, 60).replace(/-+$/, "");

  async function keep() {
    const text = written();
    if (!text.trim()) return void problem("Write a query first.");
    const said = Object.fromEntries(text.split("\n").map((each) => LINE.exec(each)).filter(Boolean).map((found) => [found[1], found[2]]));
    const field = (id, words, value, hint) => {
      const input = made("input", { id, class: "input", type: "text", placeholder: hint, autocomplete: "off", maxlength: "200", required: id === "keep-persona" ? undefined : true });
      input.value = value;
      return { input, box: made("div", { class: "field" }, made("label", { for: id }, words), input) };
    };
    const title = field("keep-title", "The question in words", said.title || "", "Which services has nobody tried to restore?");
    const name = field("keep-name", "Its name in addresses and commands", slug(said.title || ""), "not-restored");
    const persona = field("keep-persona", "Who asks it", said.persona || "", "service manager");
    let own = !said.title;
    title.input.addEventListener("input", () => { if (own) name.input.value = slug(title.input.value); });
    name.input.addEventListener("input", () => { own = false; });
    const wrong = made("p", { class: "wrong", role: "alert" });
    const note = made("p", { class: "words" }, "…");
    const file = made("button", { type: "submit", class: "button", value: "file" }, icon("download"), made("span", {}, "Save as a file"));
    const shelf = made("button", { type: "submit", class: "button button-filled", value: "library", hidden: true }, icon("bookmark"), made("span", {}, "Save to the library"));
    const close = made("button", { type: "button", class: "button button-plain" }, "Cancel");
    const form = made("form", { method: "dialog" }, made("h2", {}, "Save as a question"), title.box, name.box, persona.box, note, wrong, made("div", { class: "actions" }, shelf, file, close));
    const dialog = made("dialog", { class: "keep", "aria-label": "Save as a question" }, form);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = text.split("\n").filter((each) => !LINE.test(each)).join("\n").trim();
      const one = (words) => words.replace(/\s+/g, " ").trim();
      const whole = `# title: ${one(title.input.value)}\n${persona.input.value.trim() ? `# persona: ${one(persona.input.value)}\n` : ""}${body}\n`;
      if (event.submitter && event.submitter.value === "file") {
        const link = made("a", { href: URL.createObjectURL(new Blob([whole], { type: "application/sparql-query" })), download: `${slug(name.input.value) || "question"}.rq` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        return void dialog.close();
      }
      try {
        const answer = await fetch("/query/library.json", { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ name: name.input.value.trim(), text: whole }) });
        const found = await answer.json();
        if (!answer.ok) { wrong.textContent = `${capital(found.error.detail)}. ${capital(found.error.help || "")}.`; return; }
        dialog.close();
        house().toast("Saved to the library");
        house().go(`/query?ask=${encodeURIComponent(found.name)}`);
      } catch { wrong.textContent = "The server does not answer."; }
    });
    document.body.append(dialog);
    dialog.showModal();
    try {
      const found = await (await fetch("/query/library.json")).json();
      shelf.hidden = !found.may;
      note.textContent = found.may ? "Everybody who uses this server finds it in the library then." : `${capital(found.why)}. The file can be asked with servicemap ask.`;
    } catch { note.textContent = "The file can be asked with servicemap ask."; }
  }

  /* ── the answer ────────────────────────────────────────────────────────────────────────── */

  function draw() {
    const found = state.answer, box = byId("query-result"), view = viewOf(found);
    drawing += 1;
    bar(found);
    status(found);
    if (found.form === "ask") box.replaceChildren(verdict(found));
    else if (view === "chart") chart(found, box);
    else if (view === "graph") graph(found, box);
    else if (view === "raw") raw(found, box);
    else box.replaceChildren(table(found, state.said));
    box.scrollTop = 0;
  }

  const usual = (found) => (found.form === "graph" ? "graph" : "table");
  const viewOf = (found) => state.said.view || usual(found);

  function views(found) {
    if (found.form === "ask") return byId("query-views").replaceChildren();
    byId("query-views").replaceChildren(...Object.entries(state.said.views).map(([key, words]) => made("a",
      { class: "segment", href: address({ view: key === usual(found) ? "" : key, page: "" }), "aria-current": key === viewOf(found) ? "true" : undefined }, words)));
  }

  const file = (ending, more) => {
    const query = state.said.asked.slice("/query.json?".length);
    return `/query.${ending}?${query}${more ? `&${new URLSearchParams(more)}` : ""}`;
  };

  let drawing = 0;
  async function fetched(href, kind, box) {
    const mine = drawing, { asked } = state;
    box.replaceChildren(made("p", { class: "muted query-wait" }, "Drawing…"));
    const response = await fetch(href, { headers: { Accept: `${kind}, application/json` } }), text = await response.text();
    if (mine !== drawing || asked !== state.asked) return null; // something else is drawn by now
    if (response.ok) return { text, leftOut: response.headers.get("Servicemap-Left-Out") };
    const error = JSON.parse(text).error || {};
    box.replaceChildren(message(error.title || "This cannot be drawn", `${capital(error.detail || "")}. ${capital(error.help || "")}.`));
    return null;
  }

  const cutLine = (words) => (words ? made("p", { class: "query-cut" }, icon("alert-triangle-filled", "icon-14"), `${capital(words)}.`) : "");

  async function chart(found, box) {
    if (!found.rows.length) return void box.replaceChildren(table(found, state.said));
    const choice = (key, words, columns, value) => {
      const select = made("select", { class: "input", id: `chart-${key}` }, ...columns.map(([name, said]) => made("option", { value: name }, said)));
      select.value = value;
      select.addEventListener("change", () => house().go(address({ [key]: select.value })));
      return [made("label", { for: `chart-${key}` }, words), made("div", { class: "select" }, select, icon("chevron-down"))];
    };
    const query = new URLSearchParams(location.search), numbers = found.columns.filter((each) => each.kind === "number"), others = found.columns.filter((each) => each.kind !== "number");
    const up = query.get("up") || (numbers[0] ? numbers[0].name : "*"), across = query.get("across") || (others[0] || found.columns[0]).name;
    const pick = made("div", { class: "chart-pick" },
      ...choice("up", "Show", [...numbers.map((each) => [each.name, each.words]), ["*", `How many ${found.form === "graph" ? "statements" : "rows"}`]], up),
      ...choice("across", "for each", found.columns.map((each) => [each.name, each.words]), across));
    const drawn = await fetched(file("svg", { ...(query.get("up") ? { up } : {}), ...(query.get("across") ? { across } : {}), ...(box.clientWidth < 930 ? { size: box.clientWidth < 660 ? "narrow" : "middle" } : {}) }), "image/svg+xml", box);
    if (!drawn || viewOf(found) !== "chart") return;
    const picture = document.importNode(new DOMParser().parseFromString(drawn.text, "image/svg+xml").documentElement, true);
    box.replaceChildren(pick, cutLine(drawn.leftOut), made("div", { class: "chart" }, picture));
  }

  async function graph(found, box) {
    const count = found.drawn;
    if (!count) return void box.replaceChildren(message("Nothing to draw", "No element of the map is in this answer. Ask for elements, for example with ?x a sm:Element."));
    if (count > 150) return void box.replaceChildren(message("Too many for a picture", `${plural(count, "element")} are in this answer, and 150 are drawn at most. Filter the rows, or read the table.`, made("a", { class: "button", href: address({ view: "table" }) }, icon("table"), "Show the table")));
    const scheme = state.scheme = window.servicemapScheme.get() === "dark" ? "dark" : "light";
    const size = box.clientWidth < 480 ? { size: "narrow" } : {};
    const drawn = await fetched(file(`${scheme}.svg`, size), "image/svg+xml", box);
    if (!drawn || viewOf(found) !== "graph") return;
    const alt = `The ${plural(count, "element")} of the answer, drawn as a map; the table names them all`;
    const image = painted(drawn.text, alt), inner = made("div", { class: "picture-inner" }, image), frame = made("div", { class: "picture-box", tabindex: "0", role: "region", "aria-label": "Picture of the answer" }, inner);
    if (scheme === "dark") lightToo(file("light.svg", size), image, alt);
    placed(frame, new DOMParser().parseFromString(drawn.text, "image/svg+xml"));
    box.replaceChildren(cutLine(drawn.leftOut), made("div", { class: "graph" }, frame));
  }

  function painted(text, alt) {
    const image = made("img", { alt, src: URL.createObjectURL(new Blob([text], { type: "image/svg+xml" })) });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    return image;
  }

  /* A printer waits for nothing: beside a dark picture the light one is there before it is asked. */
  async function lightToo(address, dark, alt) {
    const response = await fetch(address, { headers: { Accept: "image/svg+xml" } });
    if (!response.ok || !dark.isConnected) return;
    const light = painted(await response.text(), alt);
    await light.decode();
    light.className = "in-light";
    dark.className = "in-dark";
    dark.after(light);
  }

  /* Where the cards of a picture are and its lanes, for a frame that shows a part of it. */
  function placed(frame, drawing) {
    const [left, top] = drawing.querySelector("svg > g").getAttribute("transform").match(/[\d.]+/g).map(Number);
    frame.cards = [...drawing.querySelectorAll("g > g > title + *")].map((each) => {
      const corners = each.getAttribute("points") ? each.getAttribute("points").split(" ").map((corner) => corner.split(",").map(Number)) : [[+each.getAttribute("x"), +each.getAttribute("y")], [+each.getAttribute("x") + +each.getAttribute("width"), +each.getAttribute("y")]];
      const across = corners.map(([x]) => left + x);
      return [Math.min(...across), Math.max(...across), top + Math.min(...corners.map(([, y]) => y))];
    });
    const marks = [...drawing.querySelectorAll("svg > g > use[x='0'][width='20']")].map((use) => {
      let words = "";
      for (let next = use.nextElementSibling; next && next.localName === "text"; next = next.nextElementSibling) words += ` ${next.textContent}`;
      return made("span", { title: words.trim(), "data-middle": top + Number(use.getAttribute("y")) + 10 }, made("span", { class: `tile ${use.getAttribute("href").slice(1)}`, "aria-hidden": "true" }));
    });
    const band = drawing.querySelector("svg > g > rect[rx='8']");
    frame.append(made("div", { class: "picture-lanes", "aria-hidden": "true", hidden: "", "data-titles": band ? left + Number(band.getAttribute("x")) : 0 }, ...marks));
  }

  /* On paper a graph is light; where that picture is not there yet, it has the ground of the colours that it was drawn in. */
  document.addEventListener("servicemap:scheme", () => {
    if (!state.answer || viewOf(state.answer) !== "graph" || byId("query-page").hidden) return;
    const { printing, get } = window.servicemapScheme, box = document.querySelector("#query-result .picture-box");
    if (box && printing()) box.dataset.drawn = box.querySelector(".in-light") ? "light" : state.scheme || "light";
    else if (box && box.dataset.drawn) delete box.dataset.drawn;
    else if (get() !== state.scheme) draw();
  });

  async function raw(found, box) {
    const kind = found.form === "graph" ? ["ttl", "text/turtle"] : ["srj", "application/sparql-results+json"];
    const drawn = await fetched(file(kind[0]), kind[1], box);
    if (!drawn || viewOf(found) !== "raw") return;
    const most = 200000, text = kind[0] === "srj" ? pretty(drawn.text) : drawn.text;
    box.replaceChildren(cutLine(text.length > most ? `the first ${most.toLocaleString("en")} of ${text.length.toLocaleString("en")} characters are shown; the file has them all` : ""), made("pre", { class: "raw" }, text.slice(0, most)));
  }

  function pretty(text) { try { return JSON.stringify(JSON.parse(text), null, 1); } catch { return text; } }

  function verdict(found) {
    const yes = String(Object.values(found.rows[0] || {})[0]) === "true";
    return made("div", { class: "message" }, made("h2", { class: `carried ${yes ? "good" : "quiet"}` }, icon(yes ? "check" : "x"), made("span", {}, yes ? "Yes" : "No")),
      made("p", {}, yes ? "The map holds what was asked for." : "The map holds nothing of that kind."));
  }

  function table(found, said) {
    if (!found.rows.length) {
      const clear = said.find ? made("a", { class: "button", href: address({ find: "", page: "" }) }, "Show all rows") : "";
      return message(said.find ? "No row holds these words" : "No rows", said.find ? `None of ${plural(found.total, "row")} holds “${said.find}”.` : `The map says nothing of this kind.${document.querySelector("#query-fields [data-field]:not([data-field=rows])") ? " Try another value." : ""}`, clear);
    }
    const { rows, page, pages } = found;
    const pick = rows.some((row) => elementOf(found, row));
    const all = made("input", { type: "checkbox", "aria-label": "Choose all rows of this page" });
    all.addEventListener("change", () => { boxes.forEach((each) => { each.checked = all.checked; each.dispatchEvent(new Event("change")); }); });
    const head = found.columns.map((column) => {
      const down = said.sort === `-${column.name}`, up = said.sort === column.name;
      const link = made("a", { href: address({ sort: up ? `-${column.name}` : column.name, page: "" }), title: `Sort by ${column.words}` }, made("span", { class: "anywhere" }, column.words), up || down ? icon(up ? "chevron-up" : "chevron-down", "icon-14") : "");
      return made("th", { scope: "col", class: column.kind === "number" ? "number" : undefined, "aria-sort": up ? "ascending" : down ? "descending" : undefined }, link);
    });
    const boxes = [];
    const lines = rows.map((row) => {
      const line = made("tr", {}), element = elementOf(found, row);
      if (pick) {
        const box = made("input", { type: "checkbox", "aria-label": element ? `Choose ${element.label}` : "This row names no element", disabled: !element });
        if (element) {
          box.checked = state.chosen.has(element.id);
          boxes.push(box);
          box.addEventListener("change", () => {
            if (box.checked) state.chosen.set(element.id, [...new Set([...(state.chosen.get(element.id) || []), ...namedIn(found, row)])]); else state.chosen.delete(element.id);
            line.classList.toggle("chosen", box.checked);
            acts(found);
          });
          line.classList.toggle("chosen", box.checked);
        }
        line.append(made("td", { class: "pick-cell" }, box));
      }
      for (const column of found.columns) line.append(cell(found, column, row[column.name]));
      return line;
    });
    const body = made("table", { class: "list answer" },
      made("caption", { class: "sr" }, `The answer, ${plural(found.found, "row")}`),
      made("thead", {}, made("tr", {}, ...(pick ? [made("th", { class: "pick-cell" }, all)] : []), ...head)), made("tbody", {}, ...lines));
    if (pages === 1) return body;
    const steps = made("nav", { class: "query-pages", "aria-label": "Pages of the answer" },
      page > 1 ? made("a", { href: address({ page: page > 2 ? String(page - 1) : "" }), class: "button" }, icon("arrow-left"), "Previous") : "",
      made("span", {}, `Rows ${((page - 1) * PAGE + 1).toLocaleString("en")}–${((page - 1) * PAGE + rows.length).toLocaleString("en")} of ${found.found.toLocaleString("en")}`),
      page < pages ? made("a", { href: address({ page: String(page + 1) }), class: "button" }, "Next", icon("arrow-right")) : "");
    const whole = document.createDocumentFragment();
    whole.append(body, steps);
    return whole;
  }

  /* The element that a cell names; of several with its name the one that its column is about. */
  const cellOf = (found, column, text) => ((found.elements_in || {})[column] || {})[text] || found.elements[text];

  /* The element that a row is about: that of the first cell that names one. */
  function elementOf(found, row) {
    for (const column of found.columns) {
      const text = row[column.name];
      if (column.kind === "element" && text !== null && cellOf(found, column.name, text)) return cellOf(found, column.name, text);
    }
    return null;
  }

  function cell(found, column, text) {
    if (text === null || text === undefined) return made("td", { class: column.kind === "number" ? "number" : undefined }, made("span", { class: "missing", title: "Nothing is said" }, "–"));
    const element = cellOf(found, column.name, text);
    if (element && (column.kind === "element" || column.kind === "address" || column.kind === "text")) {
      return made("td", {}, made("a", { class: "entity", href: element.href, title: `${element.kind}, ${element.id}` }, tile(element.look), made("span", { class: "anywhere" }, short(element.label))));
    }
    if (column.kind === "element" && (found.unclear || []).includes(text)) return made("td", { title: "Several elements have this name; the row does not say which is meant" }, short(text));
    if (column.kind === "number") return made("td", { class: "number" }, number(text));
    if (column.kind === "time") return made("td", { class: "time", title: text }, time(text));
    const brief = abbreviated(text);
    if (brief || column.kind === "address") return made("td", { class: "anywhere", title: text.slice(0, 2000) }, made("code", {}, short(brief || text)));
    return made("td", { class: "anywhere", title: text.length > 160 ? text.slice(0, 2000) : undefined }, short(text, 400));
  }

  /* An address with a prefix that every query may use, as queries write it; "" for any other text. */
  function abbreviated(text) {
    if (!state.prefixes) state.prefixes = Object.entries(JSON.parse(byId("query-editor").dataset.prefixes));
    const found = text.startsWith("http") && state.prefixes.find(([, start]) => text.startsWith(start) && /^[\w-]+$/.test(text.slice(start.length)));
    return found ? `${found[0]}:${text.slice(found[1].length)}` : "";
  }

  const short = (text, most = 160) => (text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(-most / 2)}`);
  const number = (text) => (/^[+-]?\d+([.]\d+)?$/.test(text) ? Number(text).toLocaleString("en", { maximumFractionDigits: 6 }).replace("-", "\u2212") : text);

  function time(text) {
    const part = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(text);
    if (!part) return text;
    const day = new Date(Date.UTC(+part[1], +part[2] - 1, +part[3]));
    const words = day.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).replace(",", "");
    return part[4] && part[4] !== "00:00" ? `${words}, ${part[4]}` : words; // as on the other pages, a day is a day
  }

  /* ── what stands around the answer ─────────────────────────────────────────────────────── */

  function bar(found) {
    const count = byId("query-count");
    byId("query-bar").classList.toggle("empty-bar", !found);
    byId("query-find").hidden = !found || found.form === "ask" || (found.total < 2 && !state.said.find);
    if (!found) { count.replaceChildren(); byId("query-acts").replaceChildren(); byId("query-views").replaceChildren(); return; }
    views(found);
    acts(found);
  }

  /* Every element that a row names, in whichever column. */
  const namedIn = (found, row) => Object.entries(row).map(([column, text]) => cellOf(found, column, text)).filter(Boolean).map((element) => element.id);

  function acts(found) {
    const noun = found.form === "graph" ? "statement" : "row", some = state.chosen.size;
    const shown = found.found === found.total ? plural(found.total, noun) : `${found.found.toLocaleString("en")} of ${plural(found.total, noun)}`;
    byId("query-count").replaceChildren(made("b", {}, found.form === "ask" ? "" : shown), some ? made("span", { class: "muted" }, `, ${some.toLocaleString("en")} chosen`) : "");
    const count = some || found.about, list = [];
    const ids = (some ? [...state.chosen.keys()].slice(0, MOST_TAKEN) : found.first).map(path);
    const named = some ? [...new Set([...state.chosen.values()].flat())] : found.shown, meant = some ? named.length : found.drawn;
    const drawn = named.slice(0, MOST_TAKEN).map(path);
    if (drawn.length) {
      const picks = drawn.length === 1 ? `focus=${drawn[0]}&select=${drawn[0]}` : `select=${drawn.join(",")}&among=${drawn.join(",")}`;
      const href = `/map?${[picks, ...kept(), `answer=${back()}`].join("&")}`;
      const cut = meant > MOST_TAKEN ? ` Only the first ${MOST_TAKEN} are taken.` : "", unclear = !some && found.unclear.length ? ` ${plural(found.unclear.length, "name")} left out: several elements have it.` : "";
      const all = meant + (some ? 0 : found.unclear.length), words = drawn.length < all ? `Show ${drawn.length.toLocaleString("en")} of ${all.toLocaleString("en")} on map` : `Show ${all.toLocaleString("en")} on map`;
      list.push(made("a", { class: "button", href, title: `Show ${plural(drawn.length, "element")} of all columns on the map.${cut}${unclear}` }, icon("sitemap"), made("span", {}, words)));
    }
    if (ids.length) {
      const many = count > MOST_TAKEN ? ` Only the first ${MOST_TAKEN} are taken.` : "";
      list.push(made("a", { class: "button", href: changeOf(some, count, ids), title: `What if ${plural(count, "element")} ${count === 1 ? "fails or is" : "fail or are"} changed?${many}` }, icon("bolt"), made("span", { class: "roomy" }, count === 1 ? "If it fails" : "If they fail")));
    }
    list.push(downloads(found));
    byId("query-acts").replaceChildren(...list);
  }

  /* The map has the name of the question and the way back to it, and hides what it hid before. */
  const MOST_BACK = 2000;
  function back() {
    const text = location.search.slice(1);
    return encodeURIComponent(text.length > MOST_BACK ? "q=" : text);
  }

  function kept() {
    const before = new URLSearchParams(house().left.get({ name: "map" }).split("?")[1] || "");
    return [...before].filter(([key]) => ["hide", "only", "without", "show"].includes(key)).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  }

  /* A ready question that was answered as a whole is named, so that the change follows the map; else the elements are. */
  function changeOf(some, count, ids) {
    const query = new URLSearchParams(location.search), rest = new URLSearchParams();
    if (some || count > MOST_TAKEN || !query.get("ask") || query.get("find")) return `/impact?${ids.map((each) => `element=${each}`).join("&")}`;
    rest.set("asked", query.get("ask"));
    for (const [key, value] of query) if (key.startsWith("$") && value) rest.set(key, value);
    return `/impact?${rest.toString().replace(/%24/g, "$").replace(/%2F/g, "/")}`;
  }

  function downloads(found) {
    const rows = { csv: "CSV, for table programs", json: "JSON, with elements", srj: "SPARQL results in JSON", srx: "SPARQL results in XML", tsv: "TSV" };
    const kinds = found.form === "graph" ? { ttl: "Turtle", nt: "N-Triples", jsonld: "JSON-LD", rdf: "RDF/XML", csv: rows.csv, json: rows.json } : found.form === "ask" ? { srj: rows.srj, srx: rows.srx } : { ...rows, svg: "Chart as SVG" };
    if (found.drawn) kinds["light.svg"] = "Graph as SVG";
    const entry = (ending, words) => made("a", { href: file(ending), download: `${state.said.name || "query"}.${ending}` }, made("span", { class: "grow" }, words), made("code", { class: "count" }, `.${ending}`));
    const menu = made("details", { class: "menu" }, made("summary", { class: "button", title: "Download" }, icon("download"), made("span", { class: "roomy" }, "Download"), icon("chevron-down", "icon-14")),
      made("div", { class: "menu-list menu-right" }, ...Object.entries(kinds).map(([ending, words]) => entry(ending, words))));
    return menu;
  }

  const path = (id) => encodeURIComponent(id).replace(/%2F/g, "/");

  function status(found) {
    const { complete, words, notes } = found.whole;
    const parts = [
      complete ? made("span", { class: "complete" }, icon("check"), words) : made("span", { class: "cut" }, icon("alert-triangle-filled"), words),
      made("span", {}, found.title),
      ...notes.map((each) => made("span", { class: "less" }, each)),
      made("span", { class: "grow" }),
      made("span", { class: "less" }, `Read only; union of ${plural(state.said.sources, "source")}`),
    ];
    byId("query-status").replaceChildren(...parts);
  }

  document.addEventListener("click", (event) => {
    const act = event.target instanceof Element && event.target.closest("[data-act=query-write]");
    if (act) byId("query-sparql").open = true;
    if (act && state.editor) state.editor.focus();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.servicemap = Object.assign(window.dash_clientside.servicemap || {}, { query: told });
})();
