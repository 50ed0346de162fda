// A search that is under way, one at a time, and what was looked for last.

const NOTHING_YET = "Nothing was looked for yet: b asks what to run to.";

class Looking {
  #seeking = null;
  #typed = "";

  /** `arrive` is called with the step that was found, `notice` with what there is to say. */
  constructor({ arrive, notice }) {
    this.arrive = arrive;
    this.notice = notice;
  }

  get typed() {
    return this.#typed;
  }

  get isBusy() {
    return this.#seeking !== null;
  }

  stop() {
    this.#seeking?.abort();
    this.#seeking = null;
  }

  /** Look for what was looked for last, from here on or back. */
  again(cursor, isForwards) {
    this.notice(this.#typed ? this.look(this.#typed, cursor, isForwards) : NOTHING_YET);
  }

  /** Look for what was typed, from here on or back; return why that cannot be done, or "". */
  look(text, { run, step }, isForwards) {
    const wanted = wantedOf(text, run);
    const written = wanted.write ? writersOf(run, wanted.write, step) : {};
    const problem = wanted.problem ?? written.problem ?? "";
    if (problem) return problem;
    this.#typed = text;
    const next = written.steps
      ? async () => nextOf(written.steps, step, isForwards)
      : (signal, tell) => this.#walk(run, step, isForwards, wanted.passes, signal, tell);
    const where = isForwards ? "from here on" : "before here";
    const nothing = `There is nothing ${where}: ${wanted.words}`;
    this.find(wanted.words, next, nothing, `Here: ${wanted.words}   . the next   , the one before`);
    return "";
  }

  /** Wait for what a search finds, go there, and say so. */
  async find(words, look, nothing, here) {
    const seeking = new AbortController();
    this.#seeking = seeking;
    const tell = (share) => this.notice(`Looking for ${words} … ${Math.round(100 * share)}%   esc stops`);
    const found = await look(seeking.signal, tell);
    if (seeking.signal.aborted) return;
    this.#seeking = null;
    if (found !== null) this.arrive(found);
    this.notice(found === null ? nothing : here);
  }

  async #walk(run, step, isForwards, passes, signal, tell) {
    const last = isForwards ? run.length - 1 : 0;
    if (step === last) return null;
    return firstOf(step + (isForwards ? 1 : -1), last, passes, signal, tell);
  }
}

function nextOf(steps, step, isForwards) {
  const found = isForwards
    ? steps.find((at) => at > step)
    : steps.filter((at) => at < step).at(-1);
  return found ?? null;
}
