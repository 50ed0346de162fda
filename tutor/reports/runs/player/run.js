// A saved run, to be looked at step by step.

const NO_INDEX = -(2 ** 31); // in a row of indices: there is none
const PADDING = NO_INDEX + 1; // in a row of indices: beyond its end
const NOT_YET = { type: "not yet" }; // the value of a name that was given none so far
const MISSING = { type: "missing" }; // the value of a name that was deleted
const MOST_WRITES = 100;

/** Return the items of a list by what each of them is put under. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

/** The values of a table, taken out of their columns one at a time. */
class Picked {
  constructor(node, objects, viewAt) {
    this.kinds = node.kinds.map((kind) => picker(kind, objects, viewAt));
    this.which = node.which ? integers(node.which) : null;
    if (this.which) {
      const counts = this.kinds.map(() => 0);
      this.ranks = Int32Array.from(this.which, (kind) => counts[kind]++);
    }
  }

  at(number) {
    if (!this.which) return this.kinds[0](number);
    return this.kinds[this.which[number]](this.ranks[number]);
  }
}

function picker({ kind, values }, objects, viewAt) {
  const exact = kind === "float" || kind === "bool" || kind === "numpy";
  const data = exact || kind === "int" ? elements(values) : integers(values);
  const dtype = Dtype.of(values.dtype);
  switch (kind) {
    case "float": return (at) => ({ type: "float", raw: data[at] });
    case "int": {
      const whole = values.delta ? integers(values) : data;
      return (at) => ({ type: "int", raw: whole[at] });
    }
    case "bool": return (at) => ({ type: "bool", raw: Boolean(data[at]) });
    case "numpy": return (at) => numpyScalar(dtype, data[at]);
    case "array": return (at) => ({ type: "view", number: data[at] });
    case "object": return (at) => objects[data[at]];
    case "missing": return () => MISSING;
    case "tuple": return (at) => {
      const row = Array.from(data.subarray(at * values.width, (at + 1) * values.width));
      return { type: "tuple", raw: row.map((raw) => ({ type: "int", raw })) };
    };
    default: throw new Error(`Values of the kind ${kind} are none that this page knows.`);
  }
}

/** A name's values, looked up by step. */
class PickedName {
  constructor(node, objects) {
    this.name = node.name;
    this.frame = node.frame;
    this.ofIteration = node.of_iteration;
    this.steps = integers(node.steps);
    this.values = new Picked(node, objects);
  }

  /** Return the value at a step; NOT_YET if the name was given none since another. */
  at(step, since) {
    const at = lastUpTo(this.steps, step);
    return at >= 0 && this.steps[at] >= since ? this.values.at(at) : NOT_YET;
  }
}

/** Every line, value and write of a run. Its columns must have been inflated. */
class SavedRun {
  #views = [];
  #inside = new Map();

  constructor(node) {
    this.node = node;
    this.name = node.name;
    this.length = node.steps;
    this.sources = node.sources;
    this.source = node.sources[0];
    this.sourceKey = JSON.stringify(this.source);
    this.sites = node.sites;
    this.notes = node.notes;
    this.exception = node.exception;
    this.path = integers(node.path);
    this.frames = node.frames ? integers(node.frames) : null;
    this.calls = integers(node.calls);
    this.objects = node.objects.map(unpacked);
    this.contents = new Contents(node.buffers, node.writes);
    this.bufferStarts = integers(node.buffers.start);
    this.owners = integers(node.buffers.owner);
    this.viewColumns = {
      buffer: integers(node.views.buffer),
      offset: integers(node.views.offset),
      layout: integers(node.views.layout),
    };
    this.reachedBy = integers(node.reached_by);
    this.#readIterations(node.iterations);
    this.#readNames(node);
  }

  #readIterations(node) {
    this.starts = integers(node.starts);
    this.ends = integers(node.ends);
    this.idx = integers(node.idx);
    this.idxWidth = node.idx.width;
    this.passesOfTable = integers(node.passes);
    this.table = node.table;
  }

  #readNames(node) {
    this.names = node.values.map((table) => new PickedName(table, this.objects));
    this.nameByName = new Map(this.names.map((name) => [name.name, name]));
    this.namesByFrame = grouped(this.names, (name) => name.frame);
    this.returnsOfSite = grouped(node.returned.filter((t) => t.of), (table) => table.site);
    this.returnsOfStep = new Map();
    for (const table of node.returned.filter((one) => !one.of && one.kinds.length)) {
      const values = new Picked(table, this.objects);
      integers(table.steps).forEach((step, at) => {
        const found = this.returnsOfStep.get(step) ?? [];
        found.push([table.callee, values, at]);
        this.returnsOfStep.set(step, found);
      });
    }
  }

  // --- steps -----------------------------------------------------------------------------------

  /** Return everything that was true after the line of a step had run. */
  state(step) {
    const site = this.sites[this.path[step]];
    const iteration = this.iterationOf(step);
    const { names, blank } = this.#namesAt(step, iteration);
    const changes = this.contents.changes(step);
    const result = this.node.results[step];
    return {
      step,
      source: this.sources[site.source],
      line: site.line,
      endLine: site.end_line,
      depth: site.depth,
      call: this.callOf(step),
      iteration,
      idx: iteration === null ? null : this.iterationIndex(iteration),
      names,
      blank,
      assigned: site.assigned,
      writes: changes.slice(0, MOST_WRITES).map((change) => this.#write(change)),
      written: changes.length,
      returned: this.#returnedAt(step),
      result: result === undefined ? [] : [this.objects[result]],
      exception: this.node.exceptions[step] ?? null,
      printed: this.node.printed[step] ?? "",
    };
  }

  /** Return which names share which buffer at a step, and what its line wrote. */
  memory(step) {
    const bound = [];
    const known = new Map();
    for (const [name, value] of this.#namesAt(step, null).names) {
      if (!isArray(value)) continue;
      bound.push([name, value.view]);
      known.set(name, value.view);
    }
    const reached = this.node.reached[this.reachedBy[this.callOf(step)]];
    for (const [name, number] of Object.entries(reached)) {
      const view = this.viewAt(number);
      if (!known.has(name)) bound.push([name, view]);
      else if (this.frames && known.get(name).key !== view.key) bound.push([`${name} outside`, view]);
    }
    const written = new Map();
    for (const { buffer, cell } of this.contents.changes(step)) {
      written.set(buffer, [...(written.get(buffer) ?? []), cell]);
    }
    return layOut(step, bound, (buffer) => this.viewAt(this.owners[buffer]), written);
  }

  /** Return what one name was at a step, undefined where it had no value: less than a state. */
  valueOf(name, step) {
    const frame = this.frames ? this.frames[step] : null;
    const found = this.namesByFrame.get(frame)?.find((one) => one.name === name);
    const iteration = found?.ofIteration ? this.iterationOf(step) : null;
    const begin = this.frames || !this.calls.length ? 0 : this.calls[this.callOf(step)];
    const value = found?.at(step, iteration === null ? begin : this.starts[iteration]);
    return value === undefined || value === NOT_YET || value === MISSING ? undefined : this.#shown(value, step);
  }

  lineOf(step) {
    return this.sites[this.path[step]].line;
  }

  callOf(step) {
    return Math.max(lastUpTo(this.calls, step), 0);
  }

  /** Return the steps whose lines wrote a view, or one cell of it, through whatever name. */
  writeSteps(view, cell) {
    const others = new Map();
    const sharesWith = (buffer) => {
      if (!others.has(buffer)) others.set(buffer, overlap(view, this.viewAt(this.owners[buffer])));
      return others.get(buffer);
    };
    const steps = new Set();
    for (const table of this.contents.tables) {
      table.steps.forEach((step, row) => {
        if (table.name[row] === NOBODY) return;
        const isMine = table.buffer[row] === view.buffer
          ? cell === null ? view.flatOf(table.cell[row]) >= 0 : table.cell[row] === cell
          : sharesWith(table.buffer[row]);
        if (isMine) steps.add(step);
      });
    }
    return [...steps].sort((one, other) => one - other);
  }

  // --- iterations ------------------------------------------------------------------------------

  get passes() {
    return this.starts.length;
  }

  /** Return the iteration that a step belongs to, or null. */
  iterationOf(step) {
    const at = lastUpTo(this.starts, step);
    return at >= 0 && step <= this.ends[at] ? at : null;
  }

  /** Return the element that an iteration perturbs, or null. */
  iterationIndex(iteration) {
    const start = iteration * this.idxWidth;
    const row = Array.from(this.idx.subarray(start, start + this.idxWidth));
    return row[0] === NO_INDEX ? null : row.filter((at) => at !== PADDING);
  }

  /** Return the rows of the table of iterations, each as the element that it perturbs. */
  get perturbed() {
    if (!this.table.idx) return [];
    const { width } = this.table.idx;
    const flat = integers(this.table.idx);
    return Array.from({ length: flat.length / width }, (_, row) =>
      Array.from(flat.subarray(row * width, (row + 1) * width)).filter((at) => at !== -1));
  }

  /** Return the iterations that perturb an element. */
  iterationsAt(idx) {
    if (!this.table.idx) return [];
    const { width } = this.table.idx;
    if (idx.length > width) return [];
    const wanted = [...idx, ...new Array(width - idx.length).fill(-1)];
    const flat = integers(this.table.idx);
    return Array.from(this.passesOfTable).filter((_, row) =>
      wanted.every((at, axis) => flat[row * width + axis] === at));
  }

  // --- into f ----------------------------------------------------------------------------------

  canStepInto(step) {
    return step in this.node.inside;
  }

  /** Return the steps whose calls were saved, frame by frame. */
  get insideSteps() {
    return Object.keys(this.node.inside).map(Number);
  }

  /** Tell whether a step's line called a function that could be stepped into. */
  calledAt(step) {
    return this.sites[this.path[step]].calls;
  }

  stepInto(step) {
    if (!this.#inside.has(step)) this.#inside.set(step, new SavedRun(this.node.inside[step]));
    return this.#inside.get(step);
  }

  // --- inside ----------------------------------------------------------------------------------

  viewAt(number) {
    const { buffer, offset, layout } = this.viewColumns;
    this.#views[number] ??= new View(
      buffer[number],
      offset[number],
      this.node.views.layouts[layout[number]],
      this.bufferStarts[buffer[number]],
    );
    return this.#views[number];
  }

  #namesAt(step, iteration) {
    const names = new Map();
    const blank = [];
    const frame = this.frames ? this.frames[step] : null;
    const begin = this.frames || !this.calls.length ? 0 : this.calls[this.callOf(step)];
    const fresh = iteration === null ? begin : this.starts[iteration];
    for (const name of this.namesByFrame.get(frame) ?? []) {
      const value = name.at(step, name.ofIteration ? fresh : begin);
      if (value === NOT_YET) {
        if (name.ofIteration && iteration !== null) blank.push(name.name);
      } else if (value !== MISSING) {
        names.set(name.name, this.#shown(value, step));
      }
    }
    return { names, blank };
  }

  #returnedAt(step) {
    const out = [];
    for (const { callee, of } of this.returnsOfSite.get(this.path[step]) ?? []) {
      const value = this.nameByName.get(of).at(step, step);
      if (value !== NOT_YET && value !== MISSING) {
        out.push({ callee, value: this.#shown(value, step) });
      }
    }
    for (const [callee, values, at] of this.returnsOfStep.get(step) ?? []) {
      out.push({ callee, value: this.#shown(values.at(at), step) });
    }
    return out;
  }

  #write({ cell, view, name, old, new: fresh }) {
    const index = view >= 0 ? this.viewAt(view).index(cell) ?? [] : [];
    return { name: this.node.texts[name], index, old, new: fresh };
  }

  #shown(value, step) {
    if (value.type !== "view") return value;
    const view = this.viewAt(value.number);
    const iteration = this.iterationOf(step);
    const begin = iteration === null ? null : this.starts[iteration];
    return new ArrayAt(view, this.contents.of(view.buffer), begin, step);
  }
}
