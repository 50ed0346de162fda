// Elements to look at while f is stepped into: its own lines did not write them.
//
// The caller wrote into an array that f reads, or the run beside holds another number there.

const MOST_APART = 100; // where more elements than this differ, none of them stands out

/** Return the state of each cursor, with the elements marked where it stands inside f. */
function markedStates(cursors) {
  const states = cursors.map((cursor) => cursor.state);
  if (!cursors.length || !cursors.every((cursor) => cursor.depth)) return states;
  const found = new Map();
  const join = (name, indices) => {
    const known = found.get(name) ?? new Map();
    for (const index of indices) known.set(index.join(), index);
    found.set(name, known);
  };
  cursors.forEach((cursor, at) => writtenOutside(cursor, states[at], join));
  if (states.length === 2) different(states[0], states[1], join);
  return states.map((state) => withMarks(state, found));
}

function withMarks(state, found) {
  const names = new Map(state.names);
  for (const [name, known] of found) {
    const value = names.get(name);
    const indices = [...known.values()];
    if (isArray(value) && !value.changed.length && indices.every((i) => isWithin(i, value.shape))) {
      names.set(name, value.marked(indices.sort(byNumbers)));
    }
  }
  return { ...state, names };
}

function byNumbers(one, other) {
  const axis = one.findIndex((at, number) => at !== other[number]);
  return axis < 0 ? 0 : one[axis] - other[axis];
}

function isWithin(index, shape) {
  return index.length === shape.length && index.every((at, axis) => at < shape[axis]);
}

function arraysOf(state) {
  return [...state.names].filter(([, value]) => isArray(value));
}

/** Tell of the elements that the caller's iteration has moved, by the names that f reads. */
function writtenOutside(cursor, state, tell) {
  const outer = cursor.outermost.state(cursor.outerStep);
  const written = arraysOf(outer).filter(([, value]) => value.changed.length);
  if (!written.length) return;
  const views = new Map();
  for (const buffer of cursor.run.memory(cursor.step).buffers) {
    for (const { name, view } of buffer.bindings) views.set(name, view);
  }
  const inner = arraysOf(state).map(([name]) => name);
  const isOne = (name, other) =>
    views.has(name) && views.has(other) && views.get(name).key === views.get(other).key;
  for (const [theirs, value] of written) {
    for (const name of inner) {
      const isSame = isOne(name, `${theirs} outside`);
      if (isSame || (!inner.includes(theirs) && isOne(name, theirs))) tell(name, value.changed);
    }
  }
}

/** Tell of the elements in which arrays of one name and shape differ between two runs. */
function different(left, right, tell) {
  for (const [name, mine] of arraysOf(left)) {
    const theirs = right.names.get(name);
    if (!isArray(theirs) || !mine.shape.length || !sameNumbers(mine.shape, theirs.shape)) continue;
    const indices = [];
    for (let flat = 0; flat < mine.view.size && indices.length <= MOST_APART; flat++) {
      if (!sameRaw(mine.raw(flat), theirs.raw(flat))) indices.push(unravelled(flat, mine.shape));
    }
    if (indices.length && indices.length <= MOST_APART) tell(name, indices);
  }
}
