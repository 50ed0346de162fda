// What the line that has just run did: what it wrote and where, gave, printed, raised.

const MOST_TOLD = 12;
const MOST_NOTES = 6;
const MOST_PRINTED = 40; // lines of what one line of the program printed

/** Return what one run's step did: entries of a label and what is said. */
function toldNode({ title, state, memory }) {
  const entries = [...codeEntry(state), ...effects(state, memory)];
  return element(
    "section",
    { class: "told", "aria-label": title || "this step" },
    title ? element("h3", {}, title) : null,
    element("dl", {}, ...entries.flatMap(([label, ...nodes]) => [
      element("dt", {}, label), element("dd", {}, ...nodes),
    ])),
  );
}

function codeOf({ source, line, endLine }) {
  const first = line - source.first_line;
  const lines = source.lines.slice(Math.max(first, 0), Math.max(endLine - source.first_line + 1, 0));
  const texts = lines.map((text) => text.replaceAll("\t", "    "));
  const indent = commonIndent(texts);
  return texts.map((text) => text.slice(indent));
}

function codeEntry(state) {
  const rows = highlighted(codeOf(state)).map((parts) =>
    element("code", { class: "row" }, ...parts.map(([meaning, text]) => ink(meaning, text))));
  return [[`line ${state.line}`, ...rows]];
}

function effects(state, memory) {
  const entries = state.writes.slice(0, MOST_TOLD).map(writeEntry);
  const more = state.written - entries.length;
  if (more > 0) entries.push(["", ink("dim", `and ${counted(more)} more elements`)]);
  entries.push(...alsoChanged(state, memory));
  for (const { callee, value } of state.returned) entries.push([`${callee} gave`, valueText(value)]);
  for (const name of state.assigned) {
    if (!state.names.has(name)) continue;
    entries.push(["gave", ink("name", `${name} = `), ink("changed", valueText(state.names.get(name)))]);
  }
  for (const value of state.result) entries.push(["returns", ink("changed", valueText(value))]);
  if (state.exception) entries.push(["raised", ink("bad", state.exception)]);
  if (state.printed) entries.push(printedEntry(state.printed));
  if (!entries.length) entries.push(["", ink("dim", "It changed nothing that is recorded.")]);
  return entries;
}

function writeEntry({ name, index, old, new: fresh }) {
  const where = ink("name", `${name}[${index.join(", ")}]`);
  if (!isFigure(old) || !isFigure(fresh)) {
    return ["wrote", where, ` ${valueText(old)} → ${valueText(fresh)}`];
  }
  const { left, right, difference } = compared(old, fresh);
  if (difference === "0") return ["wrote", where, " stays ", ink("changed", valueText(fresh))];
  const nodes = [ink("figure", ...figureNodes(left)), " → ", ink("figure", ...figureNodes(right))];
  return ["wrote", where, " ", ...nodes];
}

/** Return the other names whose memory was written. */
function alsoChanged(state, memory) {
  const written = new Set(state.writes.map((write) => write.name));
  if (!written.size) return [];
  return memory.buffers.flatMap((buffer) => {
    const others = buffer.bindings.map(({ name }) => name).filter((name) => !written.has(name));
    if (!buffer.written.length || !others.length) return [];
    return [["", ink("also", `${others.join(", ")}: the same memory, so changed as well`)]];
  });
}

function printedEntry(text) {
  const rows = text.replace(/\n$/, "").split("\n");
  const shown = rows.slice(0, MOST_PRINTED).join("\n");
  const more = rows.length - MOST_PRINTED;
  const left = more > 0 ? [ink("dim", `and ${counted(more)} more lines`)] : [];
  return ["printed", element("samp", { class: "printed" }, shown), ...left];
}

/** Return the notes: those of this step, those of the whole run, those of other steps. */
function noteParts(told, notes, goTo) {
  const parts = [];
  for (const { run, state } of told) {
    const isHere = (note) => note.step === null || note.step === state.step;
    const ordered = [...run.notes.filter(isHere), ...run.notes.filter((note) => !isHere(note))];
    for (const note of ordered.slice(0, MOST_NOTES)) parts.push(notePart(note, state.step, goTo));
    const more = ordered.length - MOST_NOTES;
    if (more > 0) parts.push(plainPart(`and ${counted(more)} more notes`));
  }
  for (const text of notes) parts.push(plainPart(text));
  const seen = new Set();
  return parts.filter(({ key }) => !seen.has(key) && seen.add(key));
}

function plainPart(text) {
  return { key: text, make: () => element("li", {}, text) };
}

function notePart({ text, step }, here, goTo) {
  if (step === null || step === here) return plainPart(text);
  const make = () => {
    const button = element("button", { type: "button", class: "link" }, `at step ${counted(step + 1)}`);
    button.addEventListener("click", () => goTo(step));
    return element("li", {}, button, `: ${text}`);
  };
  return { key: `${step}:${text}`, make };
}

// --- in one sentence, for those who hear the page ----------------------------------------------

/** Return where a cursor stands, in words: `step 29 of 60, iteration 3 of 6, idx (0, 2)`. */
function whereText(cursor, gap = ", ") {
  const { run, step, depth } = cursor;
  const { iteration, idx, source } = cursor.state;
  const parts = [`step ${counted(step + 1)} of ${counted(run.length)}`];
  if (iteration !== null) parts.push(`iteration ${counted(iteration + 1)} of ${counted(run.passes)}`);
  if (idx !== null) parts.push(`idx ${idxText(idx)}`);
  if (depth) parts.push(`inside ${source.name}`);
  return parts.join(gap);
}

/** Return what a line did as a sentence. */
function sentence(state) {
  const parts = [`line ${state.line}: ${codeOf(state).join(" ").trim()}`];
  for (const { name, index, old, new: fresh } of state.writes.slice(0, 2)) {
    parts.push(`${name}[${index.join(", ")}] from ${valueText(old)} to ${valueText(fresh)}`);
  }
  if (state.written > 2) parts.push(`and ${state.written - 2} more elements`);
  for (const { callee, value } of state.returned) parts.push(`${callee} gave ${valueText(value)}`);
  for (const name of state.assigned) {
    if (state.names.has(name)) parts.push(`${name} = ${valueText(state.names.get(name))}`);
  }
  for (const value of state.result) parts.push(`returns ${valueText(value)}`);
  if (state.exception) parts.push(`raised ${state.exception}`);
  if (state.printed) parts.push(`printed ${state.printed.trim()}`);
  return `${parts.join(". ")}.`;
}
