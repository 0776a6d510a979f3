// The goal sheet (templates/responsibility/sheet_show.html): keys through the cells, each saved as it is left, blocks
// from a spreadsheet shown before they are saved. Without this file the same table is one form with a button.
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form || !window.htmx) return;
  const CONTROL = "[data-column]";
  const queues = new Map(); // one save of a row after the other: each needs what the one before left in the cell
  let editing = null; // the control that takes the arrow keys itself

  const controls = () => [...form.querySelectorAll(CONTROL)];
  const rowOf = (control) => control.closest("tr[data-row]");
  const savedText = (control) => control.closest(".sheet-cell").dataset.stored ?? control.defaultValue;
  const seenOf = (control) => document.getElementById(`cell-${control.id}`).querySelector("[name$='.seen']");
  const isRefused = (control) => !isNew(control) && control.getAttribute("aria-invalid") === "true";
  const isNew = (control) => rowOf(control).dataset.row === "new";
  form.querySelectorAll("[data-keyboard]").forEach((hint) => { hint.hidden = false; });

  function focusCell(control) {
    if (!control) return;
    control.focus();
    control.select();
    editing = null;
  }

  function beside(control, step) {
    const all = controls();
    return all[all.indexOf(control) + step];
  }

  function below(control, step) {
    const column = controls().filter((other) => other.dataset.column === control.dataset.column);
    return column[column.indexOf(control) + step];
  }

  const moves = { ArrowLeft: [beside, -1], ArrowRight: [beside, 1], ArrowUp: [below, -1], ArrowDown: [below, 1] };

  form.addEventListener("keydown", (event) => {
    const control = event.target.closest(CONTROL);
    if (!control || event.isComposing || event.ctrlKey || event.metaKey) return;
    const key = event.key;
    if (key === "F2") {
      editing = control;
      control.setSelectionRange(control.value.length, control.value.length);
    } else if (key === "Escape") {
      control.value = savedText(control);
      focusCell(control);
    } else if (key === "Enter" && event.altKey) {
      if (control.matches("textarea")) control.setRangeText("\n", control.selectionStart, control.selectionEnd, "end");
      editing = control;
    } else if (key === "Enter") {
      if (isRefused(control) && control.value === control.defaultValue) save(control); // once more, the answer seen
      const next = below(control, event.shiftKey ? -1 : 1);
      if (next) focusCell(next);
      else if (isNew(control)) form.requestSubmit();
    } else if (moves[key] && editing !== control && !event.shiftKey && !event.altKey) {
      const [find, step] = moves[key];
      focusCell(find(control, step));
    } else return;
    event.preventDefault();
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(CONTROL) && editing !== event.target) { editing = null; event.target.select(); }
  });
  form.addEventListener("input", (event) => { if (event.target.matches(CONTROL)) editing = event.target; });
  form.addEventListener("dblclick", (event) => { if (event.target.matches(CONTROL)) editing = event.target; });

  form.addEventListener("change", (event) => {
    const control = event.target.closest(CONTROL);
    if (control && !isNew(control) && control.value !== savedText(control)) save(control);
  });

  function save(control) {
    const id = rowOf(control).dataset.row;
    const before = queues.get(id) ?? Promise.resolve();
    queues.set(id, before.then(() => send(control, id)).catch(() => undefined));
  }

  // What was refused alone may be right together with this cell: 交付成果 needs 验收条件.
  const refusedBeside = (control) =>
    [...rowOf(control).querySelectorAll(CONTROL)].filter((other) => other !== control && isRefused(other));

  async function send(control, id) {
    const row = rowOf(control);
    const cell = control.closest(".sheet-cell");
    const beside = refusedBeside(control);
    const sent = new Map([control, ...beside].map((one) => [one, one.value]));
    const values = { column: control.dataset.column, value: control.value, seen: seenOf(control).value };
    for (const one of beside.flatMap((other) => [other, seenOf(other)])) values[one.name] = one.value;
    let active = null;
    let at = 0;
    const keep = () => { active = document.activeElement; at = active.selectionStart; };
    document.addEventListener("htmx:before:swap", keep, { once: true });
    await window.htmx.ajax("POST", row.dataset.cellUrl, { target: `#${CSS.escape(cell.id)}`, swap: "outerHTML", values });
    document.removeEventListener("htmx:before:swap", keep);
    if (!active) return;
    if (active.isConnected && active.matches(CONTROL)) active.focus(); // an error does not call back who went on
    sent.forEach((text, old) => goOn(old, text, active === old, at));
  }

  // The cell that came back takes over what was typed meanwhile in the one it replaces.
  function goOn(old, sent, hadFocus, at) {
    const answered = document.getElementById(old.id);
    if (!answered || answered === old) return;
    const isNewer = old.value !== sent;
    if (isNewer) answered.value = old.value;
    if (hadFocus) answered.focus();
    if (!isNewer) return;
    if (!hadFocus) { save(answered); return; }
    editing = answered;
    answered.setSelectionRange(at, at);
    // a browser reports no change of what a script put there
    answered.addEventListener("blur", () => { if (answered.isConnected && answered.value === old.value) save(answered); }, { once: true });
  }

  form.addEventListener("paste", (event) => {
    const control = event.target.closest(CONTROL);
    const text = event.clipboardData.getData("text/plain");
    const isBlock = text.includes("\t") || (editing !== control && text.trimEnd().includes("\n"));
    if (!control || !isBlock) return;
    event.preventDefault();
    const values = { text, column: control.dataset.column };
    if (!isNew(control)) values.start = rowOf(control).dataset.row;
    for (const name of ["unit_id", "person_id"]) if (form.elements[name]) values[name] = form.elements[name].value;
    Promise.all(queues.values()).then(async () => {
      form.querySelectorAll("[name$='.seen']").forEach((seen) => { values[seen.name] = seen.value; });
      await window.htmx.ajax("POST", form.dataset.paste, { target: "#sheet-preview", swap: "outerHTML", values });
      document.getElementById("preview-title")?.focus();
    });
  });

  // Send only what changed: a long sheet stays quick.
  form.addEventListener("submit", () => {
    controls().filter((control) => !isNew(control)).forEach((control) => {
      control.disabled = control.value === savedText(control);
    });
  });
  window.addEventListener("pageshow", () => controls().forEach((control) => { control.disabled = false; }));
  if (location.hash.startsWith("#new-")) focusCell(document.getElementById(location.hash.slice(1)));
})();
