// Every key of the page: what it does, and how it is named on the page.

const DOINGS = {
  back: { keys: ["ArrowLeft", "p"], help: "One step back" },
  forward: { keys: ["ArrowRight", "n"], help: "One step forward" },
  previous: { keys: ["ArrowUp", "k"], help: "The iteration before, at the same line" },
  next: { keys: ["ArrowDown", "j"], help: "The next iteration, at the same line" },
  start: { keys: ["Home"], help: "The start of the run" },
  end: { keys: ["End"], help: "The end of the run" },
  go: { keys: ["g"], help: "Go to an idx, a step, an iteration or a line" },
  play: { keys: [" "], help: "Play the run, or pause it" },
  where: { keys: ["b"], help: "Run to where something is true" },
  again: { keys: ["."], help: "The next place that was looked for" },
  before: { keys: [","], help: "The place before that was looked for" },
  wrote: { keys: ["w"], help: "The last write to an element before here" },
  into: { keys: ["s"], help: "Step into f, and out again" },
  compare: { keys: ["c"], help: "Show the second run beside the first, or not" },
  parting: { keys: ["d"], help: "The first step at which two runs part" },
  runs: { keys: ["r"], help: "Choose the run to look at" },
  stop: { keys: ["Escape"], help: "Stop looking, or the run that plays" },
  theme: { keys: ["t"], help: "Light, dark, or as the system has it" },
  help: { keys: ["?"], help: "All keys" },
};
const PRINTED = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "space", Escape: "esc" };
const MOVES = {
  back: (cursor) => cursor.back(),
  forward: (cursor) => cursor.forward(),
  previous: (cursor) => cursor.previousIteration(),
  next: (cursor) => cursor.nextIteration(),
  start: (cursor) => cursor.start(),
  end: (cursor) => cursor.end(),
};

/** Return what a key does, or undefined. */
function doingOf(key) {
  return Object.keys(DOINGS).find((name) => DOINGS[name].keys.includes(key));
}

/** Return a row for each key, for the sheet of all keys: its names, and a button that does it. */
function keyRows() {
  return Object.entries(DOINGS).map(([what, { keys, help }]) => {
    const names = keys.map((key) => element("kbd", {}, PRINTED[key] ?? key));
    const button = element("button", { type: "button", class: "link", "data-do": what }, help);
    return element("tr", {}, element("th", { scope: "row" }, ...names), element("td", {}, button));
  });
}
