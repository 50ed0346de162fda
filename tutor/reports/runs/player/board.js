// The panes: the source, the values, what happened and the memory, of one run or of two.

class Board {
  /** `goTo` is called with a step that was clicked, `goToLine` with a line. */
  constructor({ goTo, goToLine }) {
    this.goTo = goTo;
    this.listings = ["source", "source-beside"].map((id) => new Listing(byId(id), goToLine));
    this.panes = ["values", "values-beside"].map((id) => new ValuesPane(byId(id)));
    this.memories = ["memory", "memory-beside"].map(byId);
  }

  /** Take the size of the panes anew. */
  measure() {
    const ruler = byId("ruler").getBoundingClientRect().width / 20;
    const isFixed = getComputedStyle(document.body).display === "grid";
    for (const pane of this.panes) pane.measure(ruler, isFixed);
  }

  /** Show what is told of each run, the first left: title, run, state, memory. */
  show(told, notes) {
    const isTwo = told.length > 1;
    document.body.classList.toggle("two", isTwo);
    this.#showSources(told);
    this.#showValues(told);
    const happened = told.map((one) => toldNode({ ...one, title: isTwo ? one.title : "" }));
    byId("happened").replaceChildren(...happened);
    put(byId("notes"), noteParts(told, notes, this.goTo));
    this.#showMemories(told);
  }

  /** Bring the lines that ran into sight, once everything else is drawn. */
  reveal() {
    for (const listing of this.listings) listing.reveal();
  }

  /** Say that nothing was recorded. */
  showNothing({ title, run }, notes) {
    const raised = run?.exception ? element("p", { class: "bad" }, `raised ${run.exception}`) : "";
    const text = `${title}: nothing was recorded, so there is no step to stand at.`;
    byId("happened").replaceChildren(element("p", {}, text), raised);
    const every = [...(run?.notes ?? []).map((note) => note.text), ...notes];
    put(byId("notes"), [...new Set(every)].map(plainPart));
    for (const place of ["source", "values", "memory"]) byId(place).replaceChildren();
    for (const listing of this.listings) listing.forget();
  }

  #showSources(told) {
    const isOther = told.length > 1 && sourceKey(told[0].state) !== sourceKey(told[1].state);
    byId("source-beside").parentElement.hidden = !isOther;
    document.body.classList.toggle("sources", isOther);
    told.forEach(({ title, state }, at) => {
      if (at > 0 && !isOther) return;
      const where = isOther ? ` · ${title}` : "";
      byId(at ? "source-beside-title" : "source-title").textContent = state.source.name + where;
      this.listings[at].show(state);
    });
  }

  #showValues(told) {
    const isTwo = told.length > 1;
    const beside = byId("values-beside").parentElement;
    if (beside.hidden === isTwo) {
      beside.hidden = !isTwo;
      this.measure();
    }
    told.forEach(({ title, run, state }, at) => {
      byId(at ? "values-beside-title" : "values-title").textContent = title || "values";
      this.panes[at].show(run, state);
    });
  }

  #showMemories(told) {
    this.memories.forEach((place, at) => {
      const block = place.parentElement;
      const heading = block.firstElementChild;
      block.hidden = at >= told.length;
      heading.hidden = told.length < 2;
      if (at >= told.length) return;
      heading.textContent = told[at].title;
      put(place, memoryParts(told[at].memory));
    });
  }
}

function sourceKey({ source }) {
  return JSON.stringify(source);
}
