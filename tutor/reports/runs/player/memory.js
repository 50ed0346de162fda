// Which names share which piece of memory.

/**
 * Return the buffers that names reach at a step.
 *
 * `bound` are pairs of a name and its view, those of the traced function first; `ownerOf`
 * returns the view that covers a buffer; `written` are the cells that the step's line wrote, by
 * buffer.
 */
function layOut(step, bound, ownerOf, written) {
  let groups = [];
  for (const pair of bound) {
    const touching = groups.filter((group) => group.some(([, view]) => overlap(pair[1], view)));
    groups = groups.filter((group) => !touching.includes(group));
    groups.push([...touching.flat(), pair]);
  }
  const order = new Map(bound.map(([name], at) => [name, at]));
  const place = ([name]) => order.get(name);
  for (const group of groups) group.sort((one, other) => place(one) - place(other));
  groups.sort((one, other) => place(one[0]) - place(other[0]));
  return { step, buffers: groups.map((group, number) => laidOut(number, group, ownerOf, written)) };
}

function laidOut(number, group, ownerOf, written) {
  const first = group[0][1];
  const owner = ownerOf(first.buffer);
  const whole = group.reduce((most, [, view]) => (view.size > most.size ? view : most), first);
  const indices = (written.get(first.buffer) ?? []).map((cell) => first.index(cell));
  return {
    number,
    shape: whole.size === owner.size ? owner.shape : whole.shape,
    dtype: first.dtype,
    bindings: group.map(([name, view]) => binding(name, view, owner)),
    written: indices.filter((index) => index),
  };
}

function binding(name, view, owner) {
  if (view.key === owner.key) return { name, how: "owns", part: "", view };
  return { name, how: "view", part: partText(view, owner), view };
}

const overlaps = new Map();

/** Tell whether two arrays share at least one element. */
function overlap(first, second) {
  if (!first.size || !second.size) return false;
  if (first.key === second.key) return true;
  const key = `${first.key} ${second.key}`;
  if (!overlaps.has(key)) overlaps.set(key, doOverlap(first, second));
  return overlaps.get(key);
}

function doOverlap(first, second) {
  if (first.buffer === second.buffer) return shareCell(first, second);
  const [low, high] = inBytes(first);
  const [start, end] = inBytes(second);
  if (low >= end || start >= high) return false;
  if (first.isWholeRows && second.isWholeRows) return true;
  const mine = bytesOf(first);
  for (const address of bytesOf(second)) if (mine.has(address)) return true;
  return false;
}

function shareCell(first, second) {
  const [low, high] = first.stretch();
  const [start, end] = second.stretch();
  if (low >= end || start >= high) return false;
  if (first.isWholeRows && second.isWholeRows) return true;
  for (let flat = 0; flat < second.size; flat++) {
    if (first.flatOf(second.cellAt(flat)) >= 0) return true;
  }
  return false;
}

function inBytes(view) {
  return view.stretch().map((cell) => view.start + cell * view.dtype.size);
}

function bytesOf(view) {
  const found = new Set();
  for (let flat = 0; flat < view.size; flat++) {
    const first = view.start + view.cellAt(flat) * view.dtype.size;
    for (let at = 0; at < view.dtype.size; at++) found.add(first + at);
  }
  return found;
}

/** Return which part of its owner a view reads: `[1]`, `.T`, `.reshape(6)`. */
function partText(view, owner) {
  if (view.buffer !== owner.buffer) return ` as ${view.dtype.name}`;
  const { shape, strides } = owner;
  const isLaid = (lengths, steps) =>
    sameNumbers(view.shape, lengths) && sameNumbers(view.strides, steps);
  if (view.size === owner.size && view.offset === owner.offset) {
    if (isLaid([...shape].reverse(), [...strides].reverse())) return ".T";
    if (view.isWholeRows) return `.reshape(${view.shape.join(", ")})`;
  }
  const away = view.offset - owner.offset;
  if (isLaid(shape.slice(1), strides.slice(1)) && strides[0]) {
    return `[${Math.floor(away / strides[0])}]`;
  }
  if (shape.length === 2 && isLaid(shape.slice(0, 1), strides.slice(0, 1))) {
    return `[:, ${Math.floor(away / Math.max(strides[1], 1))}]`;
  }
  const at = owner.index(view.offset);
  return at && at.length ? `a part, from ${idxText(at)} on` : "a part";
}
