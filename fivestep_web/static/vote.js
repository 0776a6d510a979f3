// One card at a time, 1…5 to open its self-report, then to choose and move on, and a draft that lives as long as the tab. Everything works without.
"use strict";

const form = document.querySelector("[data-vote]");
const ANSWER = "input:not([data-read])";
if (form) startVoting();
if (document.querySelector("[data-received]")) sessionStorage.clear();

function startVoting() {
  const cards = [...form.querySelectorAll("[data-card]")];
  const find = (name) => form.querySelector(`[data-${name}]`);
  const isFilled = (card) => [...card.querySelectorAll(ANSWER)].some((field) => (field.type === "text" ? field.value.trim() : field.checked));
  const key = form.dataset.vote;
  let at = 0;

  function show(place, moves) {
    at = Math.max(0, Math.min(cards.length - 1, place));
    cards.forEach((card, index) => { card.hidden = index !== at; });
    find("back").disabled = at === 0;
    find("next").hidden = at === cards.length - 1;
    if (moves) (cards[at].querySelector(`${ANSWER}:checked`) || cards[at].querySelector(ANSWER)).focus({ preventScroll: false });
    count();
  }

  function readsFirst(card) {
    const box = card.querySelector("[data-read]:not(:checked)");
    if (!box) return false;
    card.querySelector("[data-report]").open = true;
    box.checked = true;
    keep();
    return true;
  }

  function count() {
    const filled = cards.filter(isFilled).length;
    find("count").textContent = `${filled}/${cards.length}`;
    find("progress").querySelector("progress").value = filled;
    find("done").hidden = at !== cards.length - 1 && filled < cards.length;
  }

  function keep() {
    const fields = [...new FormData(form)].filter(([name]) => name !== "ticket");
    sessionStorage.setItem(key, JSON.stringify(fields));
    count();
  }

  function restore() {
    for (const [name, value] of JSON.parse(sessionStorage.getItem(key) || "[]")) {
      for (const field of form.elements[name] ? form.querySelectorAll(`[name="${CSS.escape(name)}"]`) : []) {
        if (field.type === "text") field.value ||= value;
        else if (!form.querySelector(`[name="${CSS.escape(name)}"]:checked`)) field.checked = field.value === value;
      }
    }
  }

  form.addEventListener("change", keep);
  form.addEventListener("input", keep);
  find("back").addEventListener("click", () => show(at - 1, true));
  find("next").addEventListener("click", () => show(at + 1, true));
  for (const report of form.querySelectorAll("[data-report]")) {
    report.addEventListener("toggle", () => report.open && readsFirst(report.closest("[data-card]")));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isText = event.target.type === "text";
    if (event.key === "Enter" && (isText || event.target.type === "radio") && at < cards.length - 1) {
      event.preventDefault();
      if (!isFilled(cards[at]) || !readsFirst(cards[at])) show(at + 1, true);
    }
    const choices = cards[at].querySelectorAll("input[type=radio]");
    const chosen = /^[1-9]$/.test(event.key) && !isText ? choices[Number(event.key) - 1] : null;
    if (!chosen) return;
    event.preventDefault();
    if (readsFirst(cards[at])) return;
    chosen.checked = true;
    keep();
    if (at < cards.length - 1) show(at + 1, true);
    else find("done").querySelector("button").focus();
  });
  for (const name of ["progress", "steps"]) find(name).hidden = false;
  restore();
  const asked = cards.findIndex((card) => card.classList.contains("is-wrong"));
  const empty = cards.findIndex((card) => !isFilled(card));
  show(asked >= 0 ? asked : Math.max(0, empty), asked >= 0);
}
