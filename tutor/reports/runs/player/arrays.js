// Arrays as places in buffers, and what every buffer held at any step.

const NOBODY = -1; // who wrote a change that no line made

function product(lengths) {
  return lengths.reduce((size, length) => size * length, 1);
}

function rowStrides(shape) {
  const strides = new Array(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

function sameNumbers(first, second) {
  return first.length === second.length && first.every((number, at) => number === second[at]);
}

/** Return the index of an element, counted through row by row. */
function unravelled(flat, shape) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** Return the number of an element, counted through row by row. */
function ravelled(index, shape) {
  return index.reduce((flat, at, axis) => flat * shape[axis] + at, 0);
}

/** An array as a place in a buffer; `offset` and `strides` count cells, `start` is in bytes. */
class View {
  #places = null;

  constructor(buffer, offset, layout, start) {
    this.buffer = buffer;
    this.offset = offset;
    this.shape = layout.shape;
    this.strides = layout.strides;
    this.dtype = Dtype.of(layout.dtype);
    this.start = start;
    this.size = product(this.shape);
    this.isWholeRows = sameNumbers(this.strides, rowStrides(this.shape));
    this.key = [buffer, offset, this.shape, this.strides, layout.dtype, start].join("/");
  }

  /** Return the cell of an element that is counted through row by row. */
  cellAt(flat) {
    if (this.isWholeRows) return this.offset + flat;
    const index = unravelled(flat, this.shape);
    return index.reduce((cell, at, axis) => cell + at * this.strides[axis], this.offset);
  }

  /** Return the number of the first element that lies in a cell, or -1. */
  flatOf(cell) {
    if (this.isWholeRows) {
      const at = cell - this.offset;
      return at >= 0 && at < this.size ? at : -1;
    }
    return this.cells().get(cell) ?? -1;
  }

  /** Return the index of the first element that lies in a cell, or null. */
  index(cell) {
    const flat = this.flatOf(cell);
    return flat < 0 ? null : unravelled(flat, this.shape);
  }

  /** Return the first element of each cell, by cell. */
  cells() {
    if (this.#places === null) {
      this.#places = new Map();
      for (let flat = 0; flat < this.size; flat++) {
        const cell = this.cellAt(flat);
        if (!this.#places.has(cell)) this.#places.set(cell, flat);
      }
    }
    return this.#places;
  }

  /** Return the lowest cell and the one after the highest. */
  stretch() {
    const ways = this.shape.map((length, axis) => (length - 1) * this.strides[axis]);
    const low = ways.filter((way) => way < 0).reduce((sum, way) => sum + way, this.offset);
    const high = ways.filter((way) => way > 0).reduce((sum, way) => sum + way, this.offset);
    return [low, high + 1];
  }
}

/** An array at one step: `changed` holds the elements that this iteration has moved. */
class ArrayAt {
  #changed = null;

  constructor(view, cells, begin, step) {
    this.type = "array";
    this.view = view;
    this.shape = view.shape;
    this.dtype = view.dtype;
    this.cells = cells;
    this.begin = begin;
    this.step = step;
  }

  /** Return an element, counted through row by row. */
  raw(flat) {
    return this.cells.at(this.view.cellAt(flat), 2 * this.step + 1);
  }

  /** Return one element as a value. */
  element(index) {
    return numpyScalar(this.dtype, this.raw(ravelled(index, this.shape)));
  }

  get changed() {
    if (this.#changed === null) {
      const touched = this.begin === null ? [] : this.cells.touched(this.begin, this.step);
      this.#changed = touched.map((cell) => this.view.index(cell)).filter((index) => index);
    }
    return this.#changed;
  }

  /** Return the same array with some elements pointed at, whoever wrote them. */
  marked(indices) {
    const copy = new ArrayAt(this.view, this.cells, this.begin, this.step);
    copy.#changed = indices;
    return copy;
  }
}

function isArray(value) {
  return value !== undefined && value.type === "array";
}

function sameRaw(first, second) {
  if (typeof first === "object") return sameRaw(first.re, second.re) && sameRaw(first.im, second.im);
  return first === second || (first !== first && second !== second);
}

/**
 * The cells of one buffer at any step.
 *
 * A time is twice a step for what no line made, and one more for what its line wrote. `rows`
 * are the rows of the table of writes that are of this buffer, in the order of their times.
 */
class Cells {
  #byCell = null;

  constructor(initial, first, count, table, rows) {
    this.initial = initial;
    this.first = first;
    this.count = count;
    this.table = table;
    this.rows = rows;
  }

  /** Return what a cell held at a time. */
  at(cell, time) {
    if (!this.rows.length) return this.initial[this.first + cell];
    this.#byCell ??= this.#sorted();
    const { starts, order } = this.#byCell;
    let low = starts[cell];
    let high = starts[cell + 1];
    const first = low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.table.time(order[middle]) <= time) low = middle + 1;
      else high = middle;
    }
    return low > first ? this.table.value[order[low - 1]] : this.initial[this.first + cell];
  }

  /** Return the cells that an iteration has changed up to a step. */
  touched(begin, step) {
    const found = new Set();
    for (let at = this.#after(2 * begin); at < this.rows.length; at++) {
      if (this.table.time(this.rows[at]) > 2 * step + 1) break;
      found.add(this.table.cell[this.rows[at]]);
    }
    const changed = [...found].filter(
      (cell) => !sameRaw(this.at(cell, 2 * step + 1), this.at(cell, 2 * begin)),
    );
    return changed.sort((one, other) => one - other);
  }

  /** Return the first of the rows whose time is above another. */
  #after(time) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.table.time(this.rows[middle]) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Return the rows sorted by cell, and where those of each cell begin. */
  #sorted() {
    const { cell } = this.table;
    const starts = new Int32Array(this.count + 1);
    for (const row of this.rows) starts[cell[row] + 1]++;
    for (let at = 0; at < this.count; at++) starts[at + 1] += starts[at];
    const next = starts.slice();
    const order = new Int32Array(this.rows.length);
    for (const row of this.rows) order[next[cell[row]]++] = row;
    return { starts, order };
  }
}

/** Written cells of one dtype, in the order of the run. */
class WriteTable {
  constructor(node) {
    this.dtype = Dtype.of(node.value.dtype);
    this.steps = integers(node.steps);
    this.buffer = integers(node.buffer);
    this.cell = integers(node.cell);
    this.name = integers(node.name);
    this.view = integers(node.view);
    this.value = elements(node.value);
  }

  time(row) {
    return 2 * this.steps[row] + (this.name[row] === NOBODY ? 0 : 1);
  }

  /** Return the rows of each buffer. */
  rowsByBuffer() {
    const counts = new Map();
    for (const buffer of this.buffer) counts.set(buffer, (counts.get(buffer) ?? 0) + 1);
    const rows = new Map();
    for (const [buffer, count] of counts) rows.set(buffer, new Int32Array(count));
    const filled = new Map();
    for (let row = 0; row < this.buffer.length; row++) {
      const buffer = this.buffer[row];
      const at = filled.get(buffer) ?? 0;
      rows.get(buffer)[at] = row;
      filled.set(buffer, at + 1);
    }
    return rows;
  }
}

/** All buffers of a run, and what was written into them. */
class Contents {
  #cells = new Map();
  #rows = new Map();

  constructor(buffers, writes) {
    this.dtype = integers(buffers.dtype);
    this.count = integers(buffers.cells);
    this.initial = buffers.initial.map(elements);
    this.tables = writes.map((node) => new WriteTable(node)).filter((t) => t.steps.length);
    this.firsts = new Float64Array(this.count.length);
    const used = buffers.dtypes.map(() => 0);
    this.dtype.forEach((kind, buffer) => {
      this.firsts[buffer] = used[kind];
      used[kind] += this.count[buffer];
    });
    for (const table of this.tables) {
      for (const [buffer, rows] of table.rowsByBuffer()) this.#rows.set(buffer, { table, rows });
    }
  }

  /** Return the cells of a buffer. */
  of(buffer) {
    if (!this.#cells.has(buffer)) {
      const { table, rows } = this.#rows.get(buffer) ?? { table: null, rows: [] };
      const initial = this.initial[this.dtype[buffer]];
      const cells = new Cells(initial, this.firsts[buffer], this.count[buffer], table, rows);
      this.#cells.set(buffer, cells);
    }
    return this.#cells.get(buffer);
  }

  /** Return the cells that the line of a step wrote, in their order. */
  changes(step) {
    const out = [];
    for (const table of this.tables) {
      for (let row = lastUpTo(table.steps, step - 1) + 1; table.steps[row] === step; row++) {
        if (table.name[row] === NOBODY) continue;
        const [buffer, cell] = [table.buffer[row], table.cell[row]];
        const old = numpyScalar(table.dtype, this.of(buffer).at(cell, 2 * step));
        const fresh = numpyScalar(table.dtype, table.value[row]);
        out.push({ buffer, cell, old, new: fresh, name: table.name[row], view: table.view[row] });
      }
    }
    return this.tables.length > 1 ? out.sort((one, other) => one.buffer - other.buffer) : out;
  }
}
