// Runs side by side: the one that is looked at, and the one beside it.

class Reader {
  #leftAt = new Map();

  constructor(runs) {
    this.runs = runs; // each a title and a run
    this.shown = 0;
    this.beside = null;
    this.left = runs.length ? new Cursor(runs[0].run) : null;
    this.right = null;
  }

  /** Return the title, run and cursor of each run that is on the screen, the first left. */
  get cursors() {
    if (!this.left?.run.length) return [];
    const pairs = [[this.shown, this.left], [this.beside, this.right]];
    return pairs
      .filter(([, cursor]) => cursor?.run.length)
      .map(([at, cursor]) => ({ title: this.runs[at].title, cursor }));
  }

  /** Look at another run, where it was left. If it is the one beside, the two change places. */
  choose(at) {
    if (!this.runs[at] || at === this.shown) return false;
    this.#leftAt.set(this.shown, this.left);
    const before = this.shown;
    this.shown = at;
    this.left = this.#leftAt.get(at) ?? new Cursor(this.runs[at].run);
    if (this.right) this.putBeside(at === this.beside ? before : this.beside);
    return true;
  }

  /** Show a second run or take it away. */
  compare() {
    if (this.right) return this.putBeside(null);
    const other = this.runs.length > 1 ? (this.shown + 1) % this.runs.length : null;
    return this.putBeside(other);
  }

  putBeside(at) {
    const before = this.beside;
    const isKnown = at !== null && this.runs[at] !== undefined && at !== this.shown;
    this.beside = isKnown ? at : null;
    this.right = isKnown ? new Cursor(this.runs[at].run) : null;
    this.#follow();
    return this.beside !== before;
  }

  /** Move in the run; tell whether it led anywhere. */
  move(act) {
    const moved = this.left !== null && act(this.left);
    this.#follow();
    return moved;
  }

  #follow() {
    if (this.left?.run.length && this.right?.run.length) follow(this.left, this.right);
  }
}
