// States as plain values, to be compared with what gradtutor itself reads from the document.

function valueAsJson(value) {
  switch (value.type) {
    case "array": return arrayAsJson(value);
    case "numpy": return ["numpy", scalarName(value.dtype), numpyText(value.dtype, value.raw)];
    case "tuple": return ["tuple", value.raw.map(valueAsJson)];
    case "opaque": return ["opaque", value.raw];
    default: return [value.type, reprText(value)];
  }
}

/** A scalar of NumPy is as wide as its own text, whatever the array is that it comes from. */
function scalarName({ kind, name }) {
  return { U: "str", S: "bytes" }[kind] ?? name;
}

function arrayAsJson(array) {
  const texts = Array.from({ length: array.view.size }, (_, flat) => numpyText(array.dtype, array.raw(flat)));
  return ["array", array.shape, array.dtype.name, texts, array.changed];
}

/** Return the state of a step as plain values. */
function stateAsJson(run, step) {
  const state = run.state(step);
  const { source, names, writes, returned, result, endLine, ...rest } = state;
  return {
    ...rest,
    end_line: endLine,
    source: [source.name, source.filename, source.first_line, source.lines],
    names: [...names].map(([name, value]) => [name, valueAsJson(value)]),
    writes: writes.map((w) => [w.name, w.index, valueAsJson(w.old), valueAsJson(w.new)]),
    returned: returned.map(({ callee, value }) => [callee, valueAsJson(value)]),
    result: result.map(valueAsJson),
  };
}

/** Return the memory of a step as plain values. */
function memoryAsJson(run, step) {
  return run.memory(step).buffers.map(({ number, shape, dtype, bindings, written }) => [
    number, shape, dtype.name, bindings.map(({ name, how, part }) => [name, how, part]), written,
  ]);
}
