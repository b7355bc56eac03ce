// What the page does besides links and forms: completion in the query, a period drawn in the chart, keys, copying.
// Everything here is also there without a script, in another way.
"use strict";

const prefix = document.body.dataset.prefix || "";
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

// ---- forms: an address has no empty parameters
for (const form of document.forms) {
  if (form.method !== "get") continue;
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });
}

// ---- copying
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source ? source.textContent.trim() : new URL(button.dataset.copy, location.href).href);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// ---- keys
const keys = document.getElementById("keys");
const hits = [...document.querySelectorAll(".hit")];
let current = -1;

function choose(at) {
  if (at < 0 || at >= hits.length) return false;
  if (current >= 0) hits[current].classList.remove("current");
  current = at;
  hits[at].classList.add("current");
  hits[at].querySelector("a").focus({ preventScroll: true });
  hits[at].scrollIntoView({ block: "nearest" });
  return true;
}

function follow(rel) {
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (link) link.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (keys.open || typing(event.target)) return;
  const query = document.querySelector("[data-complete]");
  if (event.key === "/" && query) { query.focus(); query.select(); }
  else if (event.key === "?") keys.showModal();
  else if (event.key === "j" && hits.length) { if (!choose(current + 1)) follow("next"); }
  else if (event.key === "k" && hits.length) { if (!choose(current - 1)) follow("prev"); }
  else if (event.key === "x" && current >= 0 && hits[current].querySelector(".pick")) tick(hits[current].querySelector(".pick"));
  else return;
  event.preventDefault();
});

// The boxes of hits are shown while the form that tags them is open.
function tick(box) {
  const form = box.form.closest("details");
  form.open = true;
  box.checked = !box.checked;
}
hits.forEach((hit, at) => hit.addEventListener("focusin", () => {
  if (at === current) return;
  if (current >= 0) hits[current].classList.remove("current");
  current = at;
  hit.classList.add("current");
}));

// ---- a period: drawn over the chart, from the first to the last bar under the pointer
for (const plot of document.querySelectorAll(".bars .plot")) {
  const bars = [...plot.querySelectorAll("a[data-since]")];
  const brush = plot.querySelector(".brush");
  const form = plot.closest(".time").querySelector(".period");
  let from = -1;
  let to = -1;
  const barAt = (event) => {
    const box = plot.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(bars.length - 1, Math.floor(part * bars.length)));
  };
  const draw = () => {
    const width = 100 / bars.length;
    brush.setAttribute("x", `${Math.min(from, to) * width}%`);
    brush.setAttribute("width", from < 0 ? 0 : `${(Math.abs(to - from) + 1) * width}%`);
  };
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !bars.length) return;
    from = to = barAt(event);
  });
  plot.addEventListener("pointermove", (event) => {
    if (from < 0) return;
    if (event.buttons === 0 && event.pointerType === "mouse") { from = -1; draw(); return; }
    to = barAt(event);
    if (to === from) return;
    if (!plot.hasPointerCapture(event.pointerId)) plot.setPointerCapture(event.pointerId);
    draw();
  });
  plot.addEventListener("pointerup", () => {
    if (from < 0) return;
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const drawn = first !== last;
    from = -1;
    if (!drawn || !form) { draw(); return; }
    form.elements.since.value = bars[first].dataset.since;
    form.elements.until.value = bars[last].dataset.until;
    form.requestSubmit();
  });
  plot.addEventListener("pointercancel", () => { from = -1; draw(); });
  plot.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && from >= 0) { from = -1; draw(); } });
}

// ---- completion of words, fields and their values (the pattern of a combobox with a list, WAI-ARIA 1.2)
function complete(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  list.hidden = true;
  input.after(list);
  const said = document.createElement("span");
  said.className = "hidden";
  said.setAttribute("role", "status");
  input.after(said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let offered = { start: 0, end: 0, suggestions: [] };
  let offeredFor = "";
  let chosen = -1;
  let asked = 0;
  let waiting = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const stop = () => { clearTimeout(waiting); asked += 1; close(); }; // an answer that comes later opens nothing
  const mark = (at) => {
    chosen = at;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (at) => {
    const { start, suggestions } = offered;
    const text = suggestions[at].text;
    const characters = [...input.value]; // the API counts characters, not units of UTF-16
    const end = offered.end + characters.length - [...offeredFor].length; // more of the word may have been typed
    const before = characters.slice(0, start).join("") + text;
    input.value = before + characters.slice(end).join("");
    input.setSelectionRange(before.length, before.length);
    stop();
    input.focus();
    if (text.endsWith(":")) ask();
  };
  const show = (answer, value) => {
    offered = answer;
    offeredFor = value;
    list.replaceChildren(...answer.suggestions.map((one, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const text = document.createElement("bdi");
      text.textContent = one.label || one.text;
      option.append(text);
      if (typeof one.articles === "number") {
        const count = document.createElement("span");
        count.className = "count";
        count.textContent = one.articles.toLocaleString("en");
        option.append(count);
      }
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      return option;
    }));
    chosen = -1;
    list.hidden = !answer.suggestions.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = list.hidden ? "" : `${answer.suggestions.length} completions`;
  };
  const ask = async () => {
    const mine = ++asked;
    const { value } = input;
    const at = [...value.slice(0, input.selectionStart)].length;
    if (!input.value.trim()) { close(); return; }
    const address = `${prefix}/api/suggest?${new URLSearchParams({ q: value, at })}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (mine !== asked || document.activeElement !== input) return;
      if (answer.ok) show(await answer.json(), value);
      else close();
    } catch { close(); }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    const begin = (text) => [...text].slice(0, offered.start).join("");
    const word = input.value.slice(begin(input.value).length);
    if (begin(input.value) !== begin(offeredFor) || /[\s()]/.test(word)) close();
    waiting = setTimeout(ask, 120);
  });
  input.addEventListener("blur", stop);
  input.form?.addEventListener("submit", stop);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown" && input.value) { ask(); event.preventDefault(); }
      else if (event.key === "Escape") { input.blur(); event.preventDefault(); }  // the keys of the page work again
      return;
    }
    const size = list.children.length;
    if (event.key === "ArrowDown") mark(chosen + 1 < size ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") mark(chosen < 0 ? size - 1 : chosen - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) take(chosen);
    else if (event.key === "Escape") stop();
    else return;
    event.preventDefault();
  });
}
document.querySelectorAll("[data-complete]").forEach(complete);
