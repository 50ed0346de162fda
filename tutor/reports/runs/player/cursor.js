// Where a reader stands in a run, and the moves that can be made from there.

const MOST_SEARCHED = 500;
const FAR = 2000; // a line that did not run within this many steps is not looked for further

/** A position in a run, and in the calls that were stepped into from there. */
class Cursor {
  #read = null;

  constructor(run) {
    this.levels = [{ run, step: 0 }];
  }

  get run() {
    return this.levels.at(-1).run;
  }

  get outermost() {
    return this.levels[0].run;
  }

  get step() {
    return this.levels.at(-1).step;
  }

  get outerStep() {
    return this.levels[0].step;
  }

  get depth() {
    return this.levels.length - 1;
  }

  /** The state at the step stood at; it is read once, however often it is asked for. */
  get state() {
    const { run, step } = this.levels.at(-1);
    if (this.#read?.run !== run || this.#read.step !== step) {
      this.#read = { run, step, state: run.state(step) };
    }
    return this.#read.state;
  }

  // Every move tells whether it led anywhere; one that cannot be made changes nothing.

  goTo(step) {
    if (!(step >= 0 && step < this.run.length) || step === this.step) return false;
    this.levels.at(-1).step = step;
    return true;
  }

  forward() {
    return this.goTo(this.step + 1);
  }

  back() {
    return this.goTo(this.step - 1);
  }

  start() {
    return this.goTo(0);
  }

  end() {
    return this.goTo(this.run.length - 1);
  }

  nextIteration() {
    return this.#toIteration(1);
  }

  previousIteration() {
    return this.#toIteration(-1);
  }

  goToIteration(iteration) {
    if (!(iteration >= 0 && iteration < this.run.passes)) return false;
    return this.goTo(this.run.starts[iteration]);
  }

  /** Go to the iteration that perturbs an element: the next one, from here and around. */
  goToIdx(idx) {
    const here = this.#iterationBefore();
    const found = this.run.iterationsAt(idx);
    const next = found.find((number) => number > here) ?? found[0];
    return next !== undefined && (this.goToIteration(next) || true);
  }

  /** Go to the next step at which a line of the source ran, from here on and around. */
  goToLine(line) {
    const count = this.run.length;
    for (let offset = 1; offset < Math.min(count, FAR); offset++) {
      const step = (this.step + offset) % count;
      if (this.run.lineOf(step) === line) return this.goTo(step);
    }
    return false;
  }

  into() {
    if (!this.run.length || !this.run.canStepInto(this.step)) return false;
    this.levels.push({ run: this.run.stepInto(this.step), step: 0 });
    return true;
  }

  out() {
    if (!this.depth) return false;
    this.levels.pop();
    return true;
  }

  outOfAll() {
    this.levels.length = 1;
  }

  /** Return the current iteration, or the last one that began before, or -1. */
  #iterationBefore() {
    return lastUpTo(this.run.starts, this.step);
  }

  #toIteration(by) {
    const { run } = this;
    const here = run.passes ? run.iterationOf(this.step) : null;
    const before = this.#iterationBefore();
    const target = here !== null || by > 0 ? before + by : before;
    if (!(target >= 0 && target < run.passes)) return false;
    if (here === null) return this.goTo(run.starts[target]);
    return this.goTo(samePlace(run, here, this.step, run, target));
  }
}

/**
 * Return the step of another iteration that corresponds to a step of this one.
 *
 * That is the same line, run as often; where the other iteration never comes to that line, or
 * where the source is another one, as many steps in.
 */
function samePlace(ours, iteration, step, theirs, target) {
  const first = ours.starts[iteration];
  const start = theirs.starts[target];
  const end = theirs.ends[target];
  const offset = step - first;
  if (ours.sourceKey === theirs.sourceKey && offset <= MOST_SEARCHED) {
    const line = ours.lineOf(step);
    let before = 0;
    for (let at = first; at < step; at++) if (ours.lineOf(at) === line) before++;
    for (let found = start; found <= Math.min(end, start + MOST_SEARCHED); found++) {
      if (theirs.lineOf(found) === line && before-- === 0) return found;
    }
  }
  return Math.min(start + offset, end);
}

/** Return the right run's step for one of the left's: same iteration, same place. */
function corresponding(left, right, step) {
  const iteration = left.iterationOf(step);
  if (iteration === null) {
    if (!left.passes || step < left.starts[0]) return Math.min(step, right.length - 1);
    return Math.max(right.length - (left.length - step), 0);
  }
  if (iteration >= right.passes) return right.length - 1;
  return samePlace(left, iteration, step, right, iteration);
}

/** Put the right cursor where the left one is. */
function follow(left, right) {
  if (left.depth && left.depth === right.depth) {
    right.goTo(Math.min(left.step, right.run.length - 1));
    return;
  }
  right.outOfAll();
  right.goTo(corresponding(left.outermost, right.outermost, left.outerStep));
  for (const { step } of left.levels.slice(1)) {
    if (right.into()) right.goTo(Math.min(step, right.run.length - 1));
  }
}
