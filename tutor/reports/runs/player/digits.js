// Two figures that are compared, with as many digits as it takes to tell them apart.

// Beyond these powers of ten a figure is written with an exponent.
const SMALLEST = -5;
const LARGEST = 15;
// Figures further apart than this many powers of ten share no place to line up at.
const FAR_APART = 12;

/** A decimal number, exactly as it was printed. */
class Decimal {
  constructor(text) {
    const found = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/.exec(text);
    this.text = text;
    this.isFinite = found !== null;
    if (!found) return;
    const [, sign, whole, part = "", power = "0"] = found;
    this.sign = sign;
    this.digits = (whole + part).replace(/^0+/, "");
    this.exponent = Number(power) - part.length;
    this.isZero = this.digits === "";
    this.adjusted = this.digits.length - 1 + this.exponent;
  }

  /** Return the digits of the number over 10**power, without zeros at the end. */
  over(power) {
    if (this.isZero) return "0";
    const places = -(this.exponent - power);
    if (places <= 0) return this.sign + this.digits + "0".repeat(-places);
    const padded = this.digits.padStart(places + 1, "0");
    const text = `${padded.slice(0, -places)}.${padded.slice(-places)}`;
    return this.sign + (text.replace(/0+$/, "").replace(/\.$/, "") || "0");
  }

  equals(other) {
    if (this.isZero || other.isZero) return this.isZero && other.isZero;
    return this.adjusted === other.adjusted && this.over(this.adjusted) === other.over(this.adjusted);
  }
}

/**
 * Return two figures, each in parts, and their difference.
 *
 * `common` is what both begin with, `mark` the first digit that differs (empty if they are
 * equal), `rest` the digits behind it, `exponent` such as "e-09" or empty.
 */
function compared(left, right) {
  const [a, b] = [new Decimal(strText(left)), new Decimal(strText(right))];
  const isUnlike = !(a.isFinite && b.isFinite) || areFarApart(a, b);
  const [one, other] = isUnlike ? unlike(plainText(a), plainText(b)) : aligned(a, b);
  return { left: one, right: other, difference: differenceText(left, right) };
}

/** Return left minus right with four digits, "0" where they are equal. */
function differenceText(left, right) {
  const gap = Number(left.raw) - Number(right.raw);
  return gap === 0 ? "0" : scientific(gap, 3);
}

function areFarApart(a, b) {
  return !a.isZero && !b.isZero && Math.abs(a.adjusted - b.adjusted) > FAR_APART;
}

function isPositional(...numbers) {
  return numbers.every((n) => n.isZero || (n.adjusted >= SMALLEST && n.adjusted <= LARGEST));
}

function figure(common, mark = "", rest = "", exponent = "") {
  return { common, mark, rest, exponent };
}

function plainText(number) {
  if (!number.isFinite) return number.text;
  const power = isPositional(number) ? 0 : number.adjusted;
  return number.over(power) + (power ? exponentText(power) : "");
}

function unlike(left, right) {
  if (left === right) return [figure(left), figure(right)];
  return [figure("", left), figure("", right)];
}

function aligned(a, b) {
  const adjusted = [a, b].filter((n) => !n.isZero).map((n) => n.adjusted);
  const power = isPositional(a, b) ? 0 : Math.max(...adjusted);
  const exponent = power ? exponentText(power) : "";
  const texts = [a.over(power), b.over(power)];
  if (a.equals(b)) return texts.map((text) => figure(text, "", "", exponent));
  if (texts[0].startsWith("-") !== texts[1].startsWith("-")) {
    return texts.map((text) =>
      figure("", text[0] === "-" ? "-" : "+", text.replace(/^-/, ""), exponent));
  }
  const [left, right] = samePlaces(texts);
  if (left.indexOf(".") !== right.indexOf(".")) {
    return [left, right].map((text) => wholePart(text, exponent));
  }
  let at = 0;
  while (left[at] === right[at]) at++;
  return [left, right].map((text) =>
    figure(text.slice(0, at), text[at], text.slice(at + 1).replace(/\.$/, ""), exponent));
}

/** Return both with a point and with zeros up to the same decimal place. */
function samePlaces(texts) {
  const parts = texts.map((text) => text.split("."));
  const places = Math.max(...parts.map(([, part = ""]) => part.length));
  return parts.map(([whole, part = ""]) => `${whole}.${part.padEnd(places, "0")}`);
}

function wholePart(text, exponent) {
  const sign = text.startsWith("-") ? "-" : "";
  const [whole, part] = text.replace(/^-/, "").split(".");
  return figure(sign, whole, part ? `.${part}` : "", exponent);
}
