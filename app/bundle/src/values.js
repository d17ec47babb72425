/* How are the values of things read quickly? What a thing says itself ("data(w)") comes as Cytoscape.js wants it, checked
 * by the server; so a number, a text, or a list of numbers is taken as it is, with the result that Cytoscape.js has after
 * it has written it as a text, read every character of that for a key, split it and matched each part. Everything
 * else goes the long way.
 */

/* A list of numbers, as lines are told where they bend; its text is made when somebody asks for it. */
export class List {
  constructor(name, value, unit) {
    this.name = name;
    this.value = this.pfValue = value;
    this.units = value.map(() => unit);
    this.unit = unit;
    this.bypass = this.mapping = undefined;
  }

  get strValue() { return this.value.map((each) => `${each}${this.unit || ""}`).join(" "); }
}

const numbers = (value) => Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);

/* The unit of plain numbers: none, pixels, or another way to say them. */
function unit({ unitless, units, implicitUnits }) {
  return unitless ? undefined : !units || implicitUnits === "px" ? "px" : null;
}

export function readQuickly(style) {
  const { parse } = style, kept = new Map(), MOST = 20000;

  function listed(name, value, { type }) {
    const units = unit(type);
    if (!numbers(value) || units === null || type.evenMultiple || type.min !== undefined || type.max !== undefined) return null;
    const found = new List(name, value, units);
    return !type.validate || type.validate(found.value, found.units) ? found : null;
  }

  style.parse = function (name, value, bypass, flat) {
    if (flat !== "mapping" || bypass || typeof value === "function") return parse.call(this, name, value, bypass, flat);
    const info = this.properties[name];
    if (Array.isArray(value)) {
      return (info && info.type.multiple && info.type.number && listed(name, value, info)) || parse.call(this, name, value, bypass, flat);
    }
    let known = kept.get(name);
    if (!known) kept.set(name, known = new Map());
    let found = known.get(value);
    if (!found) {
      found = parse.call(this, name, value, bypass, flat);
      if (!found || (found.value !== null && typeof found.value === "object")) return found;
      if (known.size > MOST) known.clear();
      known.set(value, found);
    }
    return { ...found };
  };
}
