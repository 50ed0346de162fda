// The values of one run at one step: the perturbed array, the compared pair, and the rest.

const PAIRS = [["fxh1", "fxh2"], ["f1", "f2"], ["fx1", "fx2"], ["bp", "num"]];
const MOST_ROWS = 12; // more rows than this are easier read as a heatmap
const MOST_ELEMENTS = 40 * MOST_ROWS;
const MOST_DECIMALS = 4; // enough for a usual h, 1e-4, to be seen in the element that it moves
const LARGE = 1e5;
const LEAST_FIELD = 9; // pixels of one field of a map
const MOST_MAP_ROWS = 14;
const LEAST_MAP_ROWS = 4;
const MAP_FRAME = 60; // pixels of a map's title, place and scale
const OTHERS = 100; // pixels of the pair and what else should be seen

/** The pane of one run. */
class ValuesPane {
  #scales = new Map();
  #run = null;
  #state = null;

  constructor(place) {
    this.place = place;
    this.cells = 40;
    this.columns = 40;
    this.height = 0;
  }

  /**
   * Take the size of the pane: how many characters and fields of a map are side by side, and
   * the pixels above one another, 0 where the pane grows with what it holds.
   */
  measure(ruler, isFixed) {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!width) return;
    this.cells = Math.max(20, Math.floor((width - 24) / ruler));
    this.columns = Math.max(8, Math.floor((width - 34) / LEAST_FIELD));
    this.height = isFixed ? height : 0;
  }

  show(run, state) {
    if (run !== this.#run) this.#scales = new Map();
    this.#run = run;
    this.#state = state;
    put(this.place, [...this.#parts(state)]);
  }

  *#parts(state) {
    const known = new Set([...state.names.keys(), ...state.blank]);
    const pair = PAIRS.find(([one, other]) => known.has(one) && known.has(other)) ?? [];
    const arrays = arraysOf(state).map(([name]) => name);
    const first = perturbed(state, arrays);
    if (first) yield this.#array(first, state);
    if (pair.length) yield comparedPart(pair, state);
    for (const name of arrays) if (name !== first) yield this.#array(name, state);
    const rest = [...known].filter((name) => !arrays.includes(name) && !pair.includes(name));
    const isSeenOnly = (name) => state.names.get(name)?.type === "opaque";
    const scalars = [...rest.filter((n) => !isSeenOnly(n)), ...rest.filter(isSeenOnly)];
    if (scalars.length) yield scalarsPart(scalars, state);
  }

  #array(name, state) {
    const array = state.names.get(name);
    const rows = numberRows(array, this.cells);
    const given = isGiven(name, state);
    const title = titleText(name, array);
    if (rows) {
      const key = JSON.stringify(["rows", name, title, given, rows]);
      return { key, make: () => arrayNode(name, array, given, rowsNode(name, rows)) };
    }
    const map = mapOf(array, this.#window(array, state), this.#scale(name, array), state.idx);
    const key = JSON.stringify(["map", name, title, given, map]);
    const textAt = (flat) => this.#elementText(name, flat);
    return { key, make: () => arrayNode(name, array, given, heatmapNode(name, map, textAt)) };
  }

  /** Return how large a map may be for all of them to be seen at once. */
  #window({ shape }, state) {
    const columns = Math.min(this.columns, asMatrix(shape)[1]);
    if (!this.height) return { rows: MOST_MAP_ROWS, columns };
    const maps = arraysOf(state).filter(([, array]) => numberRows(array, this.cells) === null).length;
    const field = Math.min(18, (this.columns * LEAST_FIELD) / columns);
    const rows = Math.floor(((this.height - OTHERS) / maps - MAP_FRAME) / field);
    return { rows: Math.min(MOST_MAP_ROWS, Math.max(LEAST_MAP_ROWS, rows)), columns };
  }

  /** A map that is kept from step to step still tells what its elements are now. */
  #elementText(name, flat) {
    const array = this.#state.names.get(name);
    const index = unravelled(flat, array.shape);
    return `${name}[${index.join(", ")}] = ${strText(array.element(index))}`;
  }

  /** Return the scale of an array's map, kept from the first time it was drawn. */
  #scale(name, array) {
    if (name === "grad") return 0;
    if (!this.#scales.has(name)) this.#scales.set(name, largestOf(array));
    return this.#scales.get(name);
  }
}

/** Return the array that the loop perturbs: the one that changed, else the likeliest. */
function perturbed(state, arrays) {
  const changed = arrays.find((name) => name !== "grad" && state.names.get(name).changed.length);
  return changed ?? arrays.find((name) => name === "x" || name === "W") ?? arrays[0];
}

/** Tell whether this very line gave a name its value. */
function isGiven(name, state) {
  return state.assigned.includes(name) || state.writes.some((write) => write.name === name);
}

function titleText(name, array) {
  if (!array.changed.length || !array.shape.length) return kindText(array);
  const more = array.changed.length > 1 ? ` and ${array.changed.length - 1} more` : "";
  return `[${array.changed[0].join(", ")}] ${strText(array.element(array.changed[0]))}${more}`;
}

function nameNode(name, isNew) {
  const mark = isNew ? [element("span", { class: "pointer", "aria-hidden": "true" }, "> ")] : [];
  const heard = isNew ? [aside(" (given by this line)")] : [];
  return [element("span", { class: "gutter" }, ...mark), ink("name", name), ...heard];
}

function arrayNode(name, array, isNew, body) {
  const title = titleText(name, array);
  const isMoved = array.changed.length > 0 && array.shape.length > 0;
  const told = isMoved ? [ink("changed", title), " ", ink("dim", kindText(array))] : [ink("dim", title)];
  return element(
    "section",
    { class: "array", "aria-label": name },
    element("p", { class: "array-name" }, ...nameNode(name, isNew), isMoved ? "" : " ", ...told),
    body,
  );
}

// --- small arrays, as numbers ------------------------------------------------------------------

/** Return the rows of a small array as texts and marks, or null if a map must do. */
function numberRows(array, cells) {
  const { shape, changed } = array;
  if (!shape.length) return { texts: [[elementIn(array, 0, MOST_DECIMALS)]], marks: [0].slice(changed.length ? 0 : 1) };
  const [rows, columns] = asMatrix(shape);
  if (!array.view.size) return { texts: [], marks: [] };
  if (rows > MOST_ROWS || rows * columns > MOST_ELEMENTS) return null;
  const marks = changed.map((index) => ravelled(index, shape));
  const isWide = hasWideRange(array);
  for (let decimals = MOST_DECIMALS; decimals > 0; decimals--) {
    const flat = Array.from({ length: rows * columns }, (_, at) => elementIn(array, at, decimals, isWide));
    const size = Math.max(...flat.map((text) => text.length));
    if (columns * (size + 2) <= cells) return { texts: inRows(flat, columns), marks };
    if (decimals === 1 && rows === 1) {
      const across = Math.floor((cells - String(columns).length - 2) / (size + 2));
      if (across > 0 && columns <= across * MOST_ROWS) return { texts: inRows(flat, across), marks, across };
    }
  }
  return null;
}

function inRows(flat, columns) {
  const count = Math.ceil(flat.length / columns);
  return Array.from({ length: count }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
}

/** Return one element with so many decimals; integers and truth values as they are. */
function elementIn(array, flat, decimals, isWide = false) {
  const raw = array.raw(flat);
  if (array.dtype.kind !== "f") return numpyText(array.dtype, raw);
  if (raw === 0) return "0";
  if (!isWide || !Number.isFinite(raw)) return fixed(raw, decimals);
  const [mantissa, power] = scientific(raw, Math.min(decimals, 2)).split("e");
  return `${mantissa}e${Number(power)}`;
}

/** Tell whether fixed decimals would hide some of the values or make them too long. */
function hasWideRange(array) {
  if (array.dtype.kind !== "f") return false;
  const sizes = Array.from({ length: array.view.size }, (_, flat) => Math.abs(array.raw(flat)));
  const most = Math.max(0, ...sizes.filter((size) => Number.isFinite(size) && size));
  return most > 0 && (most >= LARGE || most < 1e-2);
}

/** Return numbers as a table; the elements that changed stand between > and <. */
function rowsNode(name, { texts, marks, across }) {
  if (!texts.length) return element("p", { class: "dim" }, "no elements");
  const columns = across ?? texts[0].length;
  const cell = (text, at) => marks.includes(at)
    ? element("td", { class: "marked" }, element("strong", {}, aside("moved: "), text))
    : element("td", {}, text);
  const rows = texts.map((row, number) => element(
    "tr",
    {},
    element("th", { scope: "row" }, String(across ? number * columns : number)),
    ...row.map((text, at) => cell(text, number * columns + at)),
  ));
  const heads = Array.from({ length: columns }, (_, at) =>
    element("th", { scope: "col" }, across ? `+${at}` : String(at)));
  return element(
    "table",
    { class: "numbers" },
    element("caption", { class: "heard" }, `elements of ${name}`),
    element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
    element("tbody", {}, ...rows),
  );
}

// --- the pair, and the rest --------------------------------------------------------------------

function valueOf(state, name) {
  return state.blank.includes(name) ? undefined : state.names.get(name);
}

function comparedPart(pair, state) {
  const values = pair.map((name) => valueOf(state, name));
  const given = pair.map((name) => isGiven(name, state));
  const both = values.every(isFigure) ? compared(...values) : null;
  const texts = values.map((value) => (value === undefined ? null : valueText(value)));
  const key = JSON.stringify(["pair", pair, given, both, texts]);
  return { key, make: () => pairNode(pair, given, both, texts) };
}

function pairNode(pair, given, both, texts) {
  const figures = both ? [both.left, both.right].map(figureNodes) : texts.map((t) => [t ?? blankNode()]);
  const rows = pair.map((name, at) => valueRow(name, given[at], figures[at]));
  const gap = both ? [both.difference, both.difference === "0" ? ink("dim", "  the same digits") : ""] : [blankNode()];
  rows.push(valueRow("diff", false, gap));
  return element(
    "table",
    { class: "entries pair" },
    element("caption", { class: "heard" }, `${pair.join(" and ")}, compared`),
    element("tbody", {}, ...rows),
  );
}

function blankNode() {
  return aside("not computed yet");
}

function valueRow(name, isNew, figure) {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, ...nameNode(name, isNew)),
    element("td", {}, ...figure),
  );
}

function scalarsPart(names, state) {
  const rows = names.map((name) => {
    const value = valueOf(state, name);
    const meaning = value?.type === "opaque" ? "dim" : "";
    return [name, isGiven(name, state), value === undefined ? null : valueText(value), meaning];
  });
  const make = () => element(
    "table",
    { class: "entries" },
    element("caption", { class: "heard" }, "other names"),
    element("tbody", {}, ...rows.map(([name, isNew, text, meaning]) =>
      valueRow(name, isNew, [text === null ? blankNode() : ink(meaning, text)]))),
  );
  return { key: JSON.stringify(["scalars", rows]), make };
}
