// The pad of the page 手写签名; without this file the picture field alone is there.
(() => {
  "use strict";
  const form = document.querySelector("[data-mark]");
  const box = form.querySelector("[data-mark-pad]");
  const canvas = box.querySelector("canvas");
  box.hidden = false;
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 3.2, penColor: "#000" });

  // The drawing's own points are as fine as the screen's; what was drawn survives a turn of the phone.
  function fit() {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const strokes = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    pad.fromData(strokes);
  }

  addEventListener("resize", fit);
  fit();
  form.querySelector("[data-mark-clear]").addEventListener("click", () => pad.clear());
  form.querySelector("[data-mark-undo]").addEventListener("click", () => pad.fromData(pad.toData().slice(0, -1)));
  form.addEventListener("submit", () => {
    form.elements.drawn.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  });
})();
