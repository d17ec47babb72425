/* How is a file checked and loaded? It is chosen or dropped, sent with its progress, read by the server, and its findings
 * are told; whoever may write has it loaded then, all of it or nothing.
 *
 * Every text is set as text. What is not loaded is not kept, here or there.
 */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const LARGEST = 20e6, PAUSE = 400;
  let sending = null, key = "";

  function made(tag, name, words) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (words !== undefined) element.textContent = words;
    return element;
  }

  /* The field for a file, as soon as the page is there. */
  new MutationObserver(() => {
    const slot = document.querySelector("#sources-check .pick-file");
    if (!slot || slot.firstChild) return;
    const label = made("label", "button button-filled", "Choose a file");
    const input = made("input", "sr");
    input.type = "file";
    input.id = "check-file";
    label.append(input);
    slot.append(label, made("span", "words", "or drop it here"));
    input.addEventListener("change", () => { if (input.files[0]) check(input.files[0]); input.value = ""; });
    const drop = slot.closest(".drop");
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
      });
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  function show(...parts) {
    byId("check-result").replaceChildren(...parts);
  }

  /* What is told anew leaves the button where it is: whoever presses it meanwhile has pressed it. */
  let waits = null;
  function working(file, words, share) {
    if (waits && waits.file === file && waits.box.isConnected) {
      waits.words.textContent = words;
      waits.bar.setAttribute("aria-label", words);
      if (share === undefined) waits.bar.removeAttribute("value"); else waits.bar.value = share;
      return;
    }
    const box = made("div", "checking");
    const bar = made("progress");
    bar.max = 1;
    if (share !== undefined) bar.value = share;
    bar.setAttribute("aria-label", words);
    const cancel = made("button", "button", "Cancel");
    cancel.type = "button";
    cancel.addEventListener("click", () => stop(file));
    const told = made("span", "words", words);
    box.append(made("b", "anywhere", file.name), told, bar, cancel);
    waits = { file, box, words: told, bar };
    show(box);
  }

  function stop(file) {
    if (sending) sending.abort();
    if (key) fetch(`/sources/checks/${key}`, { method: "DELETE" });
    key = "";
    sending = null;
    show(verdict("x", "quiet", `Cancelled; nothing of ${file.name} is kept`));
  }

  function check(file) {
    if (sending || key) stop(file);
    if (file.size > LARGEST) return show(verdict("alert-circle", "bad", `${file.name} is larger than 20 MB; give a smaller file`));
    const request = new XMLHttpRequest(), form = new FormData();
    sending = request;
    form.append("file", file, file.name);
    working(file, "Sending…", 0);
    request.upload.addEventListener("progress", (event) => { if (sending === request) working(file, "Sending…", event.loaded / event.total); });
    request.addEventListener("load", () => {
      if (sending !== request) return;
      sending = null;
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status !== 202) return show(verdict("alert-circle", "bad", (answer.error && answer.error.detail) || "The server did not take the file"));
      key = answer.key;
      working(file, "Reading…");
      ask(file, key);
    });
    request.addEventListener("error", () => { sending = null; show(verdict("alert-circle", "bad", "The server does not answer")); });
    request.open("POST", "/sources/checks");
    request.setRequestHeader("Accept", "application/json");
    request.send(form);
  }

  async function ask(file, mine) {
    try {
      const answer = await (await fetch(`/sources/checks/${mine}`, { headers: { Accept: "application/json" } })).json();
      if (key !== mine) return;
      if (answer.state === "reading") return void setTimeout(() => ask(file, mine), PAUSE);
      key = "";
      told(file, answer, mine);
    } catch {
      if (key === mine) { key = ""; show(verdict("alert-circle", "bad", "The server does not answer")); }
    }
  }

  function verdict(icon, tone, words) {
    const line = made("p", `verdict carried ${tone}`);
    line.append(made("span", `icon icon-${icon}`), made("span", "anywhere", words));
    return line;
  }

  const MARKS = { error: ["alert-circle", "bad"], warning: ["alert-triangle-filled", "weak"], note: ["point", "quiet"] };

  /* What may still be done with a file that was judged: load it, or read why not. */
  function offer(file, answer, mine) {
    if (answer.why_not === undefined || !(answer.loads || answer.open)) return [];
    if (answer.why_not) return answer.loads ? [made("p", "words", `It is not loaded from here: ${answer.why_not}.`)] : [];
    const box = made("p", "actions wraps"), button = made("button", "button button-filled", "Load into the map");
    button.type = "button";
    button.addEventListener("click", () => load(file, mine));
    box.append(button);
    if (!answer.loads) box.append(made("span", "words", "Names that the map defines are known when it is loaded."));
    return [box];
  }

  async function load(file, mine) {
    key = mine;
    working(file, "Loading…");
    let answer = {};
    try {
      answer = await (await fetch(`/sources/checks/${mine}/load`, { method: "POST", headers: { Accept: "application/json" } })).json();
    } catch { /* told below */ }
    if (key !== mine) return;
    key = "";
    if (answer.state !== "loaded") return answer.state ? told(file, answer, mine) : show(verdict("alert-circle", "bad", (answer.error && answer.error.detail) || "The server does not answer"));
    const links = made("p", "actions wraps");
    for (const [words, href] of [["Show the map", "/map"], ["Show the sources", "/sources"]]) {
      const link = made("a", "button", words);
      link.href = href;
      links.append(link);
    }
    show(verdict("check", "good", `${file.name} is loaded`), made("p", "words", answer.title), links);
  }

  function told(file, answer, mine) {
    const good = answer.loads;
    const alone = answer.open && answer.why_not === "";
    const words = good ? "can be loaded" : alone ? "names what it does not define itself" : "cannot be loaded as it is";
    const parts = [verdict(good ? "check" : "alert-circle", good ? "good" : alone ? "weak" : "bad", `${file.name} ${words}`)];
    if (answer.title && answer.title !== "This file cannot be loaded") parts.push(made("p", "words", answer.title)); // the verdict says that
    const list = made("ul", "found");
    for (const each of answer.findings || []) {
      const [icon, tone] = MARKS[each.severity] || MARKS.note;
      const row = made("li"), text = made("div");
      text.append(made("span", "anywhere", each.finding));
      if (each.remedy) text.append(made("span", "words", each.remedy));
      row.append(made("span", `icon icon-14 icon-${icon} carried ${tone}`), text, made("code", "muted", each.where));
      list.append(row);
    }
    if (list.firstChild) parts.push(list);
    if (answer.left_out) parts.push(made("p", "words", `${answer.left_out.toLocaleString("en")} more are left out here; mend these first, then check again`));
    show(parts[0], ...offer(file, answer, mine), ...parts.slice(1));
  }
})();
