// Looking for a step: where a comparison becomes true, a NaN, a write of an array or element.

const BEAT = 12; // milliseconds of looking before the page may answer a key
const OPERAND = "(-?[\\d.]+(?:e[+-]?\\d+)?|[\\p{L}_][\\p{L}\\p{N}_]*(?:\\s*\\[[-\\d,\\s]+\\])?)";
const COMPARISON = new RegExp(`^\\s*${OPERAND}\\s*(==|!=|<=|>=|<|>)\\s*${OPERAND}\\s*$`, "u");
const COMPARE = {
  "==": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

/** Return the first of some steps that passes a test, or null; it stops when a signal says so. */
async function firstOf(first, last, passes, signal, tell) {
  const by = last >= first ? 1 : -1;
  let since = performance.now();
  for (let step = first; by * (last - step) >= 0; step += by) {
    if (passes(step)) return step;
    if (performance.now() - since < BEAT) continue;
    tell((step - first) / (last - first));
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return null;
    since = performance.now();
  }
  return null;
}

/** Return what was typed as something to look for, or a sentence that says what is wrong. */
function wantedOf(text, run) {
  const trimmed = text.trim();
  if (/^(?:the )?(?:first |next )?nan$/i.test(trimmed)) {
    return { words: "a NaN", passes: (step) => bringsNaN(run.state(step)) };
  }
  const write = /^(?:the )?(?:next |last )?write (?:of|to) (.+)$/i.exec(trimmed);
  if (write) return { words: `a write of ${write[1]}`, write: write[1] };
  const found = COMPARISON.exec(trimmed);
  if (!found) {
    return { problem: "A place is written like fxh1 == fxh2, x[0, 1] > 0, next write of x, or NaN." };
  }
  const [, left, sign, right] = found;
  const sides = [left, right].map((side) => operandOf(side, run));
  const unknown = sides.find((side) => side.problem);
  if (unknown) return unknown;
  const holds = (step) => {
    const [one, other] = sides.map((side) => side.at(step));
    return one !== undefined && other !== undefined && COMPARE[sign](one, other);
  };
  return { words: trimmed, passes: (step) => holds(step) && !(step > 0 && holds(step - 1)) };
}

function operandOf(text, run) {
  if (/^-?[\d.]/.test(text)) return { at: () => Number(text) };
  const { name, index } = elementOf(text);
  if (!run.names.some((one) => one.name === name)) {
    const names = [...new Set(run.names.map((one) => one.name))].join(", ");
    return { problem: `The run has no name ${name}. It has ${names}.` };
  }
  return { at: (step) => numberOf(run.valueOf(name, step), index) };
}

/** Return a value, or an element of it, as a number; undefined for anything else. */
function numberOf(value, index) {
  if (isArray(value) && index) {
    const at = index.map((one, axis) => (one < 0 ? one + value.shape[axis] : one));
    return isWithin(at, value.shape) ? asNumber(value.raw(ravelled(at, value.shape))) : undefined;
  }
  return !index && (isFigure(value) || value?.type === "bool") ? Number(value.raw) : undefined;
}

/** Return the array and the element that `net.W[0, 1]` names; no index without brackets. */
function elementOf(text) {
  const found = /^(.*?)\s*\[([-\d,\s]+)\]$/.exec(text.trim());
  if (!found) return { name: text.trim(), index: null };
  return { name: found[1], index: found[2].split(",").filter((part) => part.trim()).map(Number) };
}

/** Tell whether a step gives a name a NaN, or writes one where there was none. */
function bringsNaN(state) {
  const isNaNNow = (value) => isFigure(value) && Number.isNaN(Number(value.raw));
  if (state.assigned.some((name) => isNaNNow(state.names.get(name)))) return true;
  return state.writes.some(({ old, new: fresh }) => isNaNNow(fresh) && !isNaNNow(old));
}

/** Return the steps that wrote an array or an element, as its name stands at a step. */
function writersOf(run, text, step) {
  const { name, index } = elementOf(text);
  const bindings = run.memory(step).buffers.flatMap((buffer) => buffer.bindings);
  const view = bindings.find((one) => one.name === name)?.view;
  if (!view) {
    const names = bindings.map((one) => one.name).join(", ");
    return { problem: `${name} is no array here. ${names ? `There are ${names}.` : "No name is."}` };
  }
  if (index && !isWithin(index, view.shape)) {
    return { problem: `${name} has the shape ${idxText(view.shape)} and no element [${index.join(", ")}].` };
  }
  const cell = index ? view.cellAt(ravelled(index, view.shape)) : null;
  return { steps: run.writeSteps(view, cell) };
}
