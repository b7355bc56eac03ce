// The article, and what the views beside the search have in common. Without it, all of them work.
// A block, because newssearch.js has names of its own.
"use strict";
{
// ---- the matches of an article: n and p, and the buttons
const bar = document.querySelector(".matchbar");
const matches = [...document.querySelectorAll("mark[id^='match-']")];
let current = -1;

function showMatch(number, scroll = true) {
  matches[current]?.classList.remove("current");
  current = (number + matches.length) % matches.length;
  const match = matches[current];
  match.classList.add("current");
  bar.querySelector("output").textContent = `Match ${(current + 1).toLocaleString("en")} of ${matches.length.toLocaleString("en")}`;
  if (scroll) match.scrollIntoView({ block: "center" });
}

function stepMatch(step) {
  if (current < 0) showMatch(step > 0 ? firstMatch() : firstMatch() - 1);
  else showMatch(current + step);
}

// The match that reading begins with: the first one of the paragraph that the address names, else the first of all.
function firstMatch() {
  const paragraph = document.getElementById(location.hash.slice(1));
  return paragraph?.dataset.first ? Number(paragraph.dataset.first) - 1 : 0;
}

if (bar && matches.length) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const step = event.target.closest("button")?.dataset.step;
    if (step) stepMatch(Number(step));
  });
}

// ---- keys: a link with data-key is followed
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
  if (matches.length && (event.key === "n" || event.key === "p")) {
    event.preventDefault();
    stepMatch(event.key === "n" ? 1 : -1);
    return;
  }
  const target = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (target) {
    event.preventDefault();
    const menu = target.closest("details");
    if (menu) menu.open = true;
    if (target.matches("a")) target.click();
    else target.focus();
  }
});

// ---- the dialog of keys lists those of this page
const own = document.querySelector("[data-keys]")?.dataset.keys.split("; ") || [];
for (const text of own.reverse()) {
  const [key, ...meaning] = text.split(" ");
  const list = document.querySelector("#keys dl");
  const row = document.createElement("div");
  const [term, description] = [document.createElement("dt"), document.createElement("dd")];
  term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  description.textContent = meaning.join(" ");
  row.append(term, description);
  [...list.children].find((one) => one.querySelector("kbd")?.textContent === key)?.remove();
  list.prepend(row);
}

// ---- a part of the page that takes longer is loaded when it comes into view
async function load(link) {
  const part = document.getElementById(link.dataset.load);
  const answer = await fetch(link.href);
  if (!answer.ok) return;
  const loaded = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (!loaded) return;
  part.replaceWith(loaded);
  watch(loaded);
}

function watch(part) {
  const late = part.querySelector("a[data-load]");
  if (!late || !("IntersectionObserver" in window)) return;
  const observer = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    load(late).catch(() => {});
  });
  observer.observe(late);
}
watch(document);

// ---- what takes long says so while it runs
document.addEventListener("submit", (event) => tellThatItRuns(event.target));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-runs]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) tellThatItRuns(link);
});
window.addEventListener("pageshow", () => document.querySelectorAll(".runs").forEach((one) => one.remove()));

function tellThatItRuns(from) {
  const text = from.dataset?.runs;
  if (!text) return;
  const note = document.createElement("p");
  note.className = "runs";
  note.setAttribute("role", "status");
  from.after(note);
  note.textContent = text;
}
}
