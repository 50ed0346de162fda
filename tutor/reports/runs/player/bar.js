// The bar of moves: where the reader stands, the slider, its numbers, and what the buttons say.

class Bar {
  #width = 0;

  /** Take the width anew. It is not asked for at a step: the browser would lay the page out. */
  measure() {
    this.#width = byId("ticks").clientWidth;
  }

  show(reader) {
    const { cursor } = reader.cursors[0];
    const { run, step, depth } = cursor;
    const slider = byId("slider");
    if (slider.max !== String(run.length - 1)) slider.max = run.length - 1;
    slider.value = step;
    slider.style.setProperty("--share", run.length > 1 ? step / (run.length - 1) : 0);
    slider.setAttribute("aria-valuetext", whereText(cursor));
    byId("where").textContent = whereText(cursor, " · ");
    this.#showTicks(run);
    byId("into").firstElementChild.textContent = depth ? "out of f" : "into f";
    byId("into").classList.toggle("off", !depth && !run.canStepInto(step));
    byId("compare").setAttribute("aria-pressed", reader.right !== null);
    byId("runs").value = reader.shown;
  }

  showNothing(reader) {
    byId("where").textContent = "no step";
    byId("runs").value = reader.shown;
  }

  /** Write numbers of iterations below the slider, as many as there is room for. */
  #showTicks(run) {
    const place = byId("ticks");
    const key = `${run.name}/${run.length}/${run.passes}/${this.#width}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    const most = Math.max(1, Math.floor(this.#width / (9 * counted(run.passes).length + 18)));
    const every = spacing(run.passes, most);
    const numbers = run.passes ? [1] : [];
    for (let number = every; number <= run.passes; number += every) if (number > 1) numbers.push(number);
    place.replaceChildren(...numbers.map((number) => {
      const tick = element("span", {}, counted(number));
      tick.style.left = `${(100 * run.starts[number - 1]) / Math.max(run.length - 1, 1)}%`;
      return tick;
    }));
  }
}

/** Return the smallest of 1, 2, 5, 10, 20, 50, ... that leaves at most so many ticks. */
function spacing(count, most) {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (count <= power * factor * most) return power * factor;
  }
}
