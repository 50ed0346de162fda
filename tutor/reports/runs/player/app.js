// The page: one reader, its panes, and every key and button.

const BEAT_OF_PLAY = 400; // milliseconds
const SETTLED = 150; // milliseconds without a move before the step is said and the address set
const EDGE = "This is the end of the run in that direction.";
const NO_CALL = "No call of f on this line: step to one that has, such as fxh1 = f(x).";
const NO_OTHER = "There is no second run to compare with: this page holds only one.";
const NO_PART = "The two runs do not part: every step of one has the same values in the other.";
const PARTED = "Here the two runs part for the first time.";
const NO_RUN = "Nothing was recorded in this run, so there is no step to go to.";

class Player {
  #frame = 0;
  #settling = 0;
  #playing = 0;
  #isFirst = true;
  #theme = new Theme(byId("theme"));
  #sheet = new Sheet();
  #bar = new Bar();

  constructor(saved, reader) {
    this.saved = saved;
    this.reader = reader;
    this.board = new Board({
      goTo: (step) => this.goTo(step),
      goToLine: (line) => this.attempt((cursor) => cursor.goToLine(line)),
    });
    this.looking = new Looking({
      arrive: (step) => this.goTo(step),
      notice: (text) => this.notice(text),
    });
    this.#fillChooser();
    byId("keys").append(...keyRows());
    this.#listen();
  }

  /** Take the size of everything whose drawing depends on it. */
  measure() {
    this.board.measure();
    this.#bar.measure();
  }

  // --- showing ---------------------------------------------------------------------------------

  /** Draw the step before the next frame, however many moves were made until then. */
  show() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { reader, saved } = this;
    const { cursors } = reader;
    if (!cursors.length) {
      this.board.showNothing(reader.runs[reader.shown] ?? { title: saved.title }, saved.notes);
      this.#bar.showNothing(reader);
      return;
    }
    const told = this.#told(cursors);
    this.board.show(told, saved.notes);
    this.#bar.show(reader);
    this.board.reveal();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(told), this.#isFirst ? 0 : SETTLED);
    this.#isFirst = false;
  }

  #told(cursors) {
    const states = markedStates(cursors.map(({ cursor }) => cursor));
    return cursors.map(({ title, cursor: { run, step } }, at) => ({
      title: this.reader.runs.length > 1 ? title : "",
      run,
      state: states[at],
      memory: run.memory(step),
    }));
  }

  /** Say the step, and put it into the address, once the reader has come to rest. */
  #settle(told) {
    const isTwo = told.length > 1;
    const says = told.map(({ title, state }) => (isTwo ? `${title}: ` : "") + sentence(state));
    const [first] = this.reader.cursors;
    if (!first) return;
    byId("said").textContent = `${whereText(first.cursor)}. ${says.join(" ")}`;
    try {
      const link = linkOf(this.reader);
      if (location.hash !== link) history.replaceState(null, "", link);
    } catch {
      // A page inside another page may have no address of its own.
    }
  }

  notice(text) {
    byId("notice").textContent = text;
  }

  // --- moves -----------------------------------------------------------------------------------

  /** Make a move; where it leads nowhere, say why. */
  attempt(act, edge = EDGE) {
    if (!this.#isAble()) return;
    if (this.reader.move(act)) {
      this.show();
      return;
    }
    this.#stopPlaying();
    this.notice(edge);
  }

  /** Tell whether there is a step to stand at, and say so if not. */
  #isAble() {
    const isAble = this.reader.cursors.length > 0;
    if (!isAble) {
      this.#stopPlaying();
      this.notice(NO_RUN);
    }
    return isAble;
  }

  goTo(step) {
    this.attempt((cursor) => cursor.goTo(step), "");
  }

  /** Do what a key or a button stands for. */
  do(what) {
    this.notice("");
    if (what !== "stop") this.looking.stop();
    if (!["forward", "play", "theme"].includes(what)) this.#stopPlaying();
    if (what in MOVES) this.attempt(MOVES[what]);
    else this[what]();
  }

  into() {
    if (!this.#isAble()) return;
    const { left } = this.reader;
    if (left.depth) this.attempt((cursor) => cursor.out());
    else this.attempt((cursor) => cursor.into(), whyNotInto(left));
  }

  compare() {
    if (!this.#isAble()) return;
    if (this.reader.compare()) this.show();
    else this.notice(NO_OTHER);
  }

  parting() {
    const { reader } = this;
    if (!this.#isAble()) return;
    if (!reader.right && !reader.compare()) {
      this.notice(NO_OTHER);
      return;
    }
    reader.move((cursor) => cursor.outOfAll());
    this.show();
    const [left, right] = [reader.left.run, reader.right.run];
    const look = (signal, tell) => firstParting(left, right, signal, tell);
    this.looking.find("the two runs part", look, NO_PART, PARTED);
  }

  again() {
    if (this.#isAble()) this.looking.again(this.reader.left, true);
  }

  before() {
    if (this.#isAble()) this.looking.again(this.reader.left, false);
  }

  stop() {
    if (this.looking.isBusy) this.notice("Stopped looking; you are where you were.");
    this.looking.stop();
    this.#stopPlaying();
  }

  play() {
    if (this.#playing || !this.#isAble()) {
      this.#stopPlaying();
      return;
    }
    this.#playing = setInterval(() => this.attempt(MOVES.forward), BEAT_OF_PLAY);
    byId("play").firstElementChild.textContent = "pause";
  }

  #stopPlaying() {
    clearInterval(this.#playing);
    this.#playing = 0;
    byId("play").firstElementChild.textContent = "play";
  }

  runs() {
    if (this.reader.runs.length > 1) byId("runs").focus();
    else this.notice("This page holds one run only.");
  }

  theme() {
    this.#theme.turn();
  }

  // --- sheets ----------------------------------------------------------------------------------

  go() {
    if (!this.#isAble()) return;
    this.#sheet.ask({
      title: "go to",
      label: "an idx; or step, iteration or line and its number",
      placeholder: examplePlace(this.reader.left),
      act: (text) => {
        const problem = placeProblem(text, this.reader.left);
        if (!problem) this.attempt(moveTo(placeOf(text)), "You are there already.");
        return problem;
      },
    });
  }

  where() {
    if (!this.#isAble()) return;
    const offers = offersOf(this.reader.left.run);
    this.#sheet.ask({
      title: "run to the next step at which",
      label: "a comparison becomes true, an array is written, or a NaN comes",
      value: this.looking.typed,
      placeholder: offers[0],
      offers,
      act: (text) => this.looking.look(text, this.reader.left, true),
    });
  }

  wrote() {
    if (!this.#isAble()) return;
    this.#sheet.ask({
      title: "who wrote",
      label: "the array and the element",
      value: likelyElement(this.reader.left.state),
      placeholder: "W[0, 1]",
      act: (text) => this.looking.look(`last write of ${text}`, this.reader.left, false),
    });
  }

  help() {
    byId("help").showModal();
  }

  // --- what the page hears ---------------------------------------------------------------------

  #fillChooser() {
    const { runs } = this.reader;
    byId("chooser").hidden = runs.length < 2;
    byId("runs").append(...runs.map(({ title, run }, at) => {
      const passes = run.passes ? `, ${counted(run.passes)} iterations` : "";
      return element("option", { value: at }, `${title} (${counted(run.length)} steps${passes})`);
    }));
    for (const id of ["compare", "parting"]) byId(id).hidden = runs.length < 2;
  }

  #listen() {
    document.addEventListener("keydown", (event) => this.#heardKey(event));
    document.addEventListener("click", (event) => this.#heardClick(event));
    byId("slider").addEventListener("input", (event) => {
      this.#stopPlaying();
      this.notice("");
      this.goTo(Number(event.target.value));
    });
    byId("runs").addEventListener("change", (event) => {
      this.#stopPlaying();
      this.looking.stop();
      if (this.reader.choose(Number(event.target.value))) this.draw();
    });
    window.addEventListener("hashchange", () => {
      openLink(this.reader, location.hash);
      this.draw();
    });
    new ResizeObserver(() => {
      this.measure();
      this.show();
    }).observe(document.querySelector("main"));
  }

  #heardClick({ target }) {
    const what = target.closest("[data-do]")?.dataset.do;
    if (!what) return;
    target.closest("dialog")?.close();
    if (what !== "close") this.do(what);
  }

  #heardKey(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const isTyping = target.matches("select, textarea, input:not([type=range])");
    const what = doingOf(key);
    if (!what || isTyping || (key === " " && target.closest("button"))) return;
    event.preventDefault();
    this.do(what);
  }
}
