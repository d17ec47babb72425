/* How are styles worked out quickly? As Cytoscape.js does it, without doing the same for each of a thousand things again.
 *
 * Some steps of it are replaced, each with the same result:
 * - Which rules apply is found once for all things of the same classes. Rules that ask for more than a group and classes
 *   (":loop", ":active") are asked for each thing, as before.
 * - What a change of a property entails (bounds, order, what is kept of the style) is gathered, and done once for a thing
 *   instead of once for each of its properties.
 * - The keys of the pictures that are kept of a thing are made of one number for each property, and that number is found
 *   once for each value; Cytoscape.js reads every character of every value anew, also those of images.
 */
import { List, readQuickly } from "./values.js";

const PLAIN = /^(node|edge)?(\.[-\w]+)*$/;
const SEED = 9261, OTHER = 5381;
const one = (number, hash) => (Math.imul(hash, 65599) + number) | 0;
const two = (number, hash) => ((hash << 5) + hash + number) | 0;
const joined = ([first, second]) => first * 0x200000 + second;

/* Of fractions the part behind the point counts, too. */
const counted = (number) => (Number.isInteger(number) ? number : 2e9 - number * 1024) | 0;

const texts = new Map(), MOST = 20000;
function textKey(text) {
  let key = texts.get(text);
  if (key === undefined) {
    let first = SEED, second = OTHER;
    for (let i = 0; i < text.length; i++) {
      first = one(text.charCodeAt(i), first);
      second = two(text.charCodeAt(i), second);
    }
    if (texts.size > MOST) texts.clear();
    texts.set(text, key = [first, second]);
  }
  return key;
}

/* Every bit of the numbers of a list counts. */
const fraction = new Float64Array(1), halves = new Int32Array(fraction.buffer);
function listKey({ value, unit }) {
  let [first, second] = textKey(unit || "");
  for (let i = 0; i < value.length; i++) {
    fraction[0] = value[i];
    first = one(halves[1], one(halves[0], first));
    second = two(halves[1], two(halves[0], second));
  }
  return [first, second];
}

/* Two numbers for a value of a property, as the keys of a thing are made of them. */
function valueKey(info, thing, property) {
  if (property instanceof List) return listKey(property);
  const own = info.hashOverride ? info.hashOverride(thing, property) : property.pfValue;
  const number = own ?? (info.enums == null ? property.value : null);
  if (typeof number === "number" && info.type.number && !info.type.multiple) {
    const key = counted(number);
    return own == null && property.units != null ? textKey(`${key}${property.units}`) : [key, key];
  }
  return textKey(property.strValue);
}

function add(key, other) {
  key[0] = one(other[0], key[0]);
  key[1] = two(other[1], key[1]);
  return key;
}

const LABELS = [["label", "label"], ["source-label", "sourceLabel"], ["target-label", "targetLabel"]];
const BODY = ["nodeBody", "nodeBorder", "nodeOutline", "backgroundImage", "compound", "pie", "stripe"];
const FOLLOW = [
  ["triggersZOrder", (cy, thing) => cy.notify("zorder", thing)],
  ["triggersBounds", (cy, thing) => { thing.dirtyCompoundBoundsCache(); thing.dirtyBoundingBoxCache(); }],
  ["triggersBoundsOfConnectedEdges", (cy, thing) => thing.connectedEdges().forEach((edge) => edge.dirtyBoundingBoxCache())],
  ["triggersBoundsOfParallelEdges", (cy, thing) => thing.parallelEdges().forEach((edge) => edge.dirtyBoundingBoxCache())],
];

export function quicken(cy) {
  const kind = Object.getPrototypeOf(cy.style());
  if (kind.quickened) return;
  kind.quickened = true;
  readQuickly(kind);

  /* The rules that ask for a group and classes alone, those that ask for more, and which apply to which classes. */
  function sorted(self) {
    if (self.sorted && self.sorted.length === self.length && self.sorted.last === self[self.length - 1]) return self.sorted;
    const plain = [], more = [];
    for (let i = 0; i < self.length; i++) {
      const { selector } = self[i];
      if (!selector) continue;
      (selector.text().split(",").every((text) => PLAIN.test(text.trim())) ? plain : more).push(i);
    }
    return (self.sorted = { length: self.length, last: self[self.length - 1], plain, more, known: new Map() });
  }

  kind.getContextMeta = function (thing) {
    const { plain, more, known } = sorted(this), own = thing._private;
    const classes = `${own.group} ${[...own.classes].join(" ")}`;
    let found = known.get(classes);
    if (!found) {
      const marks = new Array(this.length).fill("f");
      for (const i of plain) if (this[i].selector.matches(thing)) marks[i] = "t";
      known.set(classes, found = { marks, key: marks.join("") });
    }
    let { key } = found, marks = null;
    for (const i of more) {
      if (!this[i].selector.matches(thing)) continue;
      marks = marks || [...found.marks];
      marks[i] = "t";
    }
    if (marks) key = marks.join("");
    const diffPropNames = this.getPropertiesDiff(own.styleCxtKey || "", key);
    own.styleCxtKey = key;
    return { key, diffPropNames, empty: diffPropNames.length === 0 };
  };

  /* The rules that Cytoscape.js brings are for parents, loops and what is selected; the sheet of the map says all itself. */
  kind.addDefaultStylesheet = function () { this.defaultLength = 0; };
  cy.style().resetToDefault();

  /* Cytoscape.js takes a class that is taken away, or given again, for a change, also where a thing never had it, or had it. */
  Object.getPrototypeOf(cy.collection()).toggleClass = function (classes, toggle) {
    const names = Array.isArray(classes) ? classes : classes.match(/\S+/g) || [], changed = [];
    for (let i = 0; i < this.length; i++) {
      const own = this[i]._private.classes;
      let differs = false;
      for (const name of names) {
        const has = own.has(name);
        if (toggle === has) continue;
        if (has) own.delete(name); else own.add(name);
        differs = true;
      }
      if (differs) changed.push(this[i]);
    }
    if (changed.length) this.spawn(changed).updateStyle().emit("class");
    return this;
  };

  const { applyContextStyle, checkTriggers } = kind;
  let gathered = null;

  kind.applyContextStyle = function (meta, wanted, thing) {
    const outer = gathered, mine = (gathered = new Set());
    try { return applyContextStyle.call(this, meta, wanted, thing); }
    finally {
      gathered = outer;
      if (mine.size) thing.dirtyStyleCache();
      if (!thing.removed()) for (const [trigger, follow] of FOLLOW) if (mine.has(trigger)) follow(this._private.cy, thing);
    }
  };

  kind.checkTriggers = function (thing, name, from, to) {
    if (!gathered) return checkTriggers.call(this, thing, name, from, to);
    const property = this.properties[name];
    gathered.add("any");
    for (const [trigger] of FOLLOW) if (property[trigger] && property[trigger](from, to, thing)) gathered.add(trigger);
  };

  kind.updateStyleHints = function (thing) {
    const own = thing._private, before = own.styleKey, keys = own.styleKeys, { properties } = this;
    if (thing.removed()) return false;
    for (const group of this.propertyGroupKeys) keys[group] = [SEED, OTHER];
    for (const name in own.style) {
      const property = own.style[name];
      if (property == null) continue;
      const info = properties[name], shared = !property.mapping && !property.bypass && !info.hashOverride;
      const key = (shared && property.key) || valueKey(info, thing, property);
      if (shared) property.key = key;
      add(keys[info.groupKey], key);
    }
    const all = [SEED, OTHER];
    for (const group of this.propertyGroupKeys) add(all, keys[group]);
    own.styleKey = joined(all);
    own.labelDimsKey = joined(keys.labelDimensions);
    for (const [property, name] of own.group === "nodes" ? LABELS.slice(0, 1) : LABELS) {
      const label = own.style[property], key = [...keys.labelDimensions];
      if (label != null) add(key, textKey(label.strValue));
      own[`${name}Key`] = joined(key);
      own[`${name}StyleKey`] = joined(add([...keys.commonLabel], key));
    }
    if (own.group === "nodes") {
      const { pie, stripe } = keys;
      own.nodeKey = joined(BODY.reduce((key, group) => add(key, keys[group]), [SEED, OTHER]));
      own.hasPie = pie[0] !== SEED && pie[1] !== OTHER;
      own.hasStripe = stripe[0] !== SEED && stripe[1] !== OTHER;
    }
    return before !== own.styleKey;
  };
}
