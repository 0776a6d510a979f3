// The pad of the page 手写签名; without this file the picture field alone is there.
(() => {
  "use strict";
  const form = document.querySelector("[data-mark]");
  const box = form.querySelector("[data-mark-pad]");
  const canvas = box.querySelector("canvas");
  box.hidden = false;
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 3.2, penColor: "#000" });

  let width = canvas.offsetWidth;

  // The drawing's own points are as fine as the screen's; what was drawn grows and shrinks with the box.
  function fit() {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const growth = canvas.offsetWidth / width;
    width = canvas.offsetWidth;
    for (const stroke of pad.toData()) {
      for (const point of stroke.points) {
        point.x *= growth;
        point.y *= growth;
      }
    }
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.redraw();
  }

  // What was drawn before a refusal is one piece: the strokes that come after it go first.
  function undo() {
    const strokes = pad.toData();
    if (strokes.length) {
      strokes.pop();
      pad.redraw();
    } else {
      pad.clear();
    }
  }

  addEventListener("resize", fit);
  fit();
  if (form.elements.drawn.value) {
    pad.fromDataURL(form.elements.drawn.value);
  }
  form.querySelector("[data-mark-clear]").addEventListener("click", () => pad.clear());
  form.querySelector("[data-mark-undo]").addEventListener("click", undo);
  form.addEventListener("submit", () => {
    form.elements.drawn.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  });
})();
