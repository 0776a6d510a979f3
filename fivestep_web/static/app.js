// Comfort only: every page works without this file. Shortcuts are declared in the pages by data-hotkey.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const toasts = document.getElementById("toasts");

  function toast(message, tone = "done") {
    const node = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    node.className = `toast show toast-${tone}`;
    node.querySelector(".toast-message").textContent = message;
    toasts.append(node);
    if (tone !== "error") setTimeout(() => node.remove(), 8000);
  }

  // The server answers HX-Trigger: {"toast": {"message": …, "tone": …}} and, after a new sign-in, {"csrf": {"token": …}}.
  document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.tone));
  document.addEventListener("csrf", (event) => {
    const token = event.detail.token;
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
    all("input[name=csrf_token]").forEach((input) => { input.value = token; });
  });

  const focusError = (root) => root.querySelector("[aria-invalid=true]:not(fieldset), fieldset[aria-invalid=true] input")?.focus();
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.response?.status === 422) focusError(event.target.closest?.("form, section") ?? document);
  });
  document.addEventListener("htmx:error", () => toast(document.body.dataset.offline, "error"));

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".toast").remove();
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
  });

  all(".nav-bordered > [aria-current]").forEach((link) => {
    const line = link.parentElement;
    line.scrollLeft += link.getBoundingClientRect().left - (line.clientWidth - link.offsetWidth) / 2;
  });

  const OFF = "fivestep-keys-off";
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  all("[data-keys]").forEach((button) => { button.hidden = false; });
  all("[data-keys-off]").forEach((box) => {
    box.checked = off();
    box.addEventListener("change", () => { try { localStorage.setItem(OFF, box.checked ? "1" : "0"); } catch { /* private window */ } });
  });

  const shown = (node) => node.getClientRects().length > 0;
  const rows = () => all("[data-rows] > *").filter((row) => shown(row) && row.querySelector("a, button, summary"));
  const currentRow = () => document.activeElement?.closest("[data-rows] > *");

  function move(step) {
    const list = rows();
    const at = list.indexOf(currentRow());
    const row = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    row?.querySelector("a, button, summary").focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  // Links and folds open; a button that writes is only focused, so that Enter stays the decision.
  function press(keys) {
    const row = currentRow();
    const find = (root) => all(`[data-hotkey="${CSS.escape(keys)}"]`, root).find(shown);
    const node = (row && find(row)) || find(document);
    if (node) node.matches("a, summary, [type=button]") ? node.click() : node.focus();
    return Boolean(node);
  }

  let pending = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      const menus = all("details[data-menu][open]");
      menus.forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (menus.length || event.target.matches("input, textarea, select")) return;
    } else if (off() || event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const keys = pending ? `${pending} ${event.key}` : event.key;
    pending = keys === "g" ? "g" : "";
    let done = true;
    if (keys === "j") move(1);
    else if (keys === "k") move(-1);
    else if (keys === "?") document.getElementById("keys")?.showModal();
    else done = keys !== "g" && press(keys);
    if (done) event.preventDefault();
  });

  focusError(document);
})();
