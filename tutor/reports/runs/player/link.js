// The address of a step: `#run=1&step=29`, both counted from 1, as they are on the screen.
//
// `with` is the run beside, `into` the step inside f, or several of them with a dot between.

function linkOf(reader) {
  const { left } = reader;
  const parts = reader.runs.length > 1 ? [["run", reader.shown + 1]] : [];
  if (reader.beside !== null) parts.push(["with", reader.beside + 1]);
  parts.push(["step", left.outerStep + 1]);
  if (left.depth) parts.push(["into", left.levels.slice(1).map(({ step }) => step + 1).join(".")]);
  return `#${parts.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** Go where an address says; what it does not say, or says wrong, leaves things as they are. */
function openLink(reader, hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const number = (name) => (/^\d+$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) - 1 : null);
  if (number("run") !== null) reader.choose(number("run"));
  if (asked.has("run") || asked.has("with")) reader.putBeside(number("with"));
  const step = number("step");
  if (step === null || !reader.left) return;
  reader.move((cursor) => {
    cursor.outOfAll();
    return cursor.goTo(Math.min(Math.max(step, 0), cursor.run.length - 1));
  });
  for (const inner of (asked.get("into") ?? "").split(".").filter(Boolean)) {
    const isThere = reader.move((cursor) => cursor.into());
    if (isThere) reader.move((cursor) => cursor.goTo(Math.min(Number(inner), cursor.run.length) - 1));
  }
}
