// The first step at which two runs in lockstep part.

/** Tell whether two values are told apart; a NaN is as a NaN, other kinds are not compared. */
function isApart(one, other) {
  if (isFigure(one) && isFigure(other)) return !sameRaw(Number(one.raw), Number(other.raw));
  if (isArray(one) || isArray(other)) return false;
  return one !== undefined && other !== undefined && valueText(one) !== valueText(other);
}

function writesApart(ours, theirs) {
  if (ours.written !== theirs.written) return true;
  return ours.writes.some(({ index, new: fresh }, at) => {
    const beside = theirs.writes[at];
    return !sameNumbers(index, beside.index) || isApart(fresh, beside.new);
  });
}

/** Tell whether two runs differ at a step of the left one. */
function partsAt(left, right, step, isOneSource) {
  const beside = corresponding(left, right, step);
  if (isOneSource && left.lineOf(step) !== right.lineOf(beside)) return true;
  const [ours, theirs] = [left.state(step), right.state(beside)];
  if (writesApart(ours, theirs)) return true;
  return ours.assigned.some((name) => isApart(ours.names.get(name), theirs.names.get(name)));
}

/** Return the left run's first step at which they part, or null; a signal can stop it. */
async function firstParting(left, right, signal, tell) {
  const isOneSource = left.sourceKey === right.sourceKey;
  const parts = (step) => partsAt(left, right, step, isOneSource);
  const found = await firstOf(0, left.length - 1, parts, signal, tell);
  if (found !== null || left.length === right.length) return found;
  return Math.min(left.length, right.length) - 1;
}
