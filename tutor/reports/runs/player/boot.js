// Opens the document that the page carries.

const FORMAT = "gradtutor run";
const VERSION = 1;
const TOO_OLD =
  "This page needs a newer browser: Chrome or Edge 94, Firefox 113, Safari 16.4, or later. " +
  "Its data can be opened with gradtutor as well.";

/** Integers beyond those that a JavaScript number holds, where the browser shows their digits. */
function exact(key, value, context) {
  const isBig = typeof value === "number" && !Number.isSafeInteger(value);
  return isBig && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context.source) : value;
}

/** Return the document, its columns inflated. */
async function opened() {
  if (typeof DecompressionStream === "undefined") throw new Error(TOO_OLD);
  const saved = JSON.parse(byId("run").textContent, exact);
  if (saved.format !== FORMAT || saved.version > VERSION) {
    throw new Error("This page carries a run of another format. Export it again.");
  }
  await inflateAll(saved.runs);
  return saved;
}

async function boot() {
  try {
    const saved = await opened();
    const runs = saved.runs.map((node) => ({ title: node.title, run: new SavedRun(node) }));
    const reader = new Reader(runs);
    if (reader.runs.length === 2) reader.putBeside(1); // that is what two runs are handed on for
    openLink(reader, location.hash);
    const player = new Player(saved, reader);
    player.measure();
    player.draw();
    return player;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    byId("happened").replaceChildren(element("p", { class: "bad", role: "alert" }, text));
    throw error;
  }
}

/** What a script in the console, or a test, may use: a promise of the player, and its reading. */
window.gradtutor = {
  player: boot(),
  stateAsJson,
  memoryAsJson,
  corresponding,
  firstParting,
  compared,
  floatText,
  fixed,
  scientific,
};
