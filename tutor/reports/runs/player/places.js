// Places as they are typed: an idx, a step, an iteration, a line; and what may be looked for.

const NO_IDX_INSIDE = "There are no iterations inside f: s steps out again, and then g asks for an idx.";

/** Return a place as an example of how it is written. */
function examplePlace({ run, state, step }) {
  const idx = state.idx ?? run.perturbed[0];
  return idx ? idxText(idx) : `step ${step + 1}`;
}

/** Return what was typed: `0, 2` and `(0, 2)` are an idx, `step 29` is a step; null for neither. */
function placeOf(text) {
  const named = /^\s*(step|iteration|line)\s+([\d,]+)\s*$/i.exec(text);
  if (named) return { what: named[1].toLowerCase(), numbers: [Number(named[2].replaceAll(",", ""))] };
  const whole = /^[\s([]*(-?\d+(?:\s*[,\s]\s*-?\d+)*)\s*,?[\s)\]]*$/.exec(text);
  return whole ? { what: "idx", numbers: whole[1].match(/-?\d+/g).map(Number) } : null;
}

/** Return why a place cannot be gone to, as a sentence; empty if it can. */
function placeProblem(text, cursor) {
  const { run } = cursor;
  const place = placeOf(text);
  if (!place) {
    const line = run.source.first_line;
    return `A place is written like ${examplePlace(cursor)}, step 29, iteration 3 or line ${line}.`;
  }
  const { what, numbers } = place;
  const count = { step: run.length, iteration: run.passes }[what];
  if (count !== undefined) {
    if (numbers[0] >= 1 && numbers[0] <= count) return "";
    return `Write the number of the ${what}, from 1 to ${counted(count)}.`;
  }
  if (what === "line") {
    const isSite = run.sites.some(({ line }) => line === numbers[0]);
    return isSite ? "" : `Line ${numbers[0]} never ran.`;
  }
  if (!run.passes) return NO_IDX_INSIDE;
  if (run.iterationsAt(numbers).length) return "";
  const [first] = run.perturbed;
  if (first && first.length !== numbers.length) {
    return `An idx of this run has ${first.length} numbers, like ${idxText(first)}.`;
  }
  return `This run perturbs no element ${idxText(numbers)}.`;
}

/** Return what is often looked for in a run. */
function offersOf(run) {
  const names = new Set(run.names.map(({ name }) => name));
  const pairs = PAIRS.filter(([one, other]) => names.has(one) && names.has(other));
  const arrays = arraysOf(run.state(run.length - 1)).map(([name]) => name);
  const writes = arrays.slice(0, 3).map((name) => `next write of ${name}`);
  return [...pairs.map(([one, other]) => `${one} == ${other}`), "NaN", ...writes];
}

/** Return the element that a question about a write is most likely to be about. */
function likelyElement(state) {
  const [write] = state.writes;
  if (write) return `${write.name}[${write.index.join(", ")}]`;
  const arrays = arraysOf(state);
  const moved = arrays.find(([, array]) => array.changed.length);
  if (moved) return `${moved[0]}[${moved[1].changed[0].join(", ")}]`;
  const found = arrays.find(([, { shape }]) => state.idx?.length === shape.length) ?? arrays[0];
  if (!found) return "";
  const index = state.idx?.length === found[1].shape.length ? state.idx : found[1].shape.map(() => 0);
  return `${found[0]}[${index.join(", ")}]`;
}


/** Return the move to a place that has no problem. */
function moveTo({ what, numbers }) {
  const [number] = numbers;
  return {
    idx: (cursor) => cursor.goToIdx(numbers),
    step: (cursor) => cursor.goTo(number - 1),
    iteration: (cursor) => cursor.goToIteration(number - 1),
    line: (cursor) => cursor.goToLine(number),
  }[what];
}

/** Return why a call cannot be stepped into. */
function whyNotInto({ run, step }) {
  if (!run.calledAt(step)) return NO_CALL;
  const [first] = run.insideSteps;
  if (first === undefined) return "The calls inside were not saved with this run.";
  const where = `step ${counted(first + 1)}`;
  return `Only the calls around ${where} were saved with this run: go there to step in.`;
}
