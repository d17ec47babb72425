/* What draws the map? The component that dash_cytoscape.Cytoscape names, on a current Cytoscape.js.
 *
 * It takes the props that the explorer uses and nothing more: zoom limits, locks. Elements are handed to the instance
 * itself, as "_replace" among what it keeps: so a picture is drawn before anything else of the page is, and once.
 * They are replaced in one batch, by id; positions come from the server and are never written back.
 * When an instance is there, the document gets the event "servicemap:canvas" with it.
 */
import cytoscape from "cytoscape";
import { setAside } from "./aside.js";
import { tellOnce } from "./bounds.js";
import { quieten } from "./quiet.js";
import { quicken } from "./styles.js";

const React = window.React;

function patch(cy, wanted) {
  const ids = new Set(wanted.map((e) => e.data.id));
  cy.batch(() => {
    cy.elements().filter((e) => !ids.has(e.id())).remove();
    const fresh = [];
    for (const element of wanted) {
      const known = cy.getElementById(element.data.id);
      const moved = known.nonempty() && known.isEdge() &&
        (known.data("source") !== element.data.source || known.data("target") !== element.data.target);
      if (known.empty() || moved) {
        known.remove();
        fresh.push(element);
        continue;
      }
      if (JSON.stringify(known.data()) !== JSON.stringify(element.data)) {
        known.removeData();
        known.data(element.data);
      }
      known.classes(element.classes || "");
      if (element.position) known.position(element.position);
    }
    cy.add(fresh.filter((e) => e.data.source === undefined));
    cy.add(fresh.filter((e) => e.data.source !== undefined));
  });
}

/* Cytoscape keeps bitmaps of elements and stretches them: fast while the map moves, but small text looks blurred.
 * A picture that is not too large is drawn without them at first, and once more a moment after the last movement. */
const SHARP = 500, REST = 120;

function sharpen(cy) {
  const renderer = cy.renderer();
  const { eleTxrCache, lblTxrCache, lyrTxrCache } = renderer.data;
  const small = () => cy.elements().length <= SHARP;
  let sharp = false, timer = 0, first = false;
  for (const [cache, method] of [[eleTxrCache, "getElement"], [lblTxrCache, "getElement"], [lyrTxrCache, "getLayers"]]) {
    const kept = cache[method].bind(cache);
    cache[method] = (...args) => (sharp ? null : kept(...args));
  }
  const rest = () => {
    if (cy.destroyed() || !small()) return;
    sharp = true;
    renderer.redrawHint("eles", true);
    renderer.redraw();
  };
  cy.on("viewport resize", () => {
    if (first) return; // put in its place, not moved
    sharp = false;
    clearTimeout(timer);
    timer = setTimeout(rest, REST);
  });
  cy.on("render", () => { first = false; });
  return () => {
    clearTimeout(timer);
    sharp = first = small();
  };
}

/* What is drawn on things: an address of an image, or the name of a picture that the page has, kept in "_pictures" of the
 * instance. A picture with "draw" is drawn by that, anything else as an image. */
function pictured(cy) {
  const renderer = cy.renderer(), image = renderer.getCachedImage.bind(renderer), draw = renderer.safeDrawImage.bind(renderer);
  renderer.getCachedImage = (name, origin, then) => {
    const known = cy.scratch("_pictures"), found = known && known(name);
    if (!found) return image(name, origin, then);
    if (!found.complete) found.addEventListener("load", then, { once: true });
    return found;
  };
  renderer.safeDrawImage = (pen, picture, ...place) => (picture.draw ? picture.draw(pen, ...place.slice(4)) : draw(pen, picture, ...place));
  // One image that is "none" counts as one that is missing, and the style of its thing is worked out anew for each frame.
  cy.style().getDefaultProperty("background-image").value = [];
}

class Cytoscape extends React.Component {
  constructor(props) {
    super(props);
    this.box = React.createRef();
  }

  componentDidMount() {
    const { minZoom, maxZoom, boxSelectionEnabled, autoungrabify, autounselectify } = this.props;
    this.cy = cytoscape({
      container: this.box.current,
      elements: [],
      style: [],
      layout: { name: "preset" },
      minZoom: minZoom ?? 0.05,
      maxZoom: maxZoom ?? 3,
      boxSelectionEnabled: boxSelectionEnabled ?? false,
      autoungrabify: autoungrabify ?? true,
      autounselectify: autounselectify ?? true,
      ...(window.servicemapCytoscape || {}),
    });
    quicken(this.cy);
    pictured(this.cy);
    tellOnce(this.cy);
    quieten(this.cy);
    const fresh = sharpen(this.cy), now = setAside(this.cy);
    window.cy = this.cy;
    this.cy.scratch()._replace = (elements) => { patch(this.cy, now(elements)); fresh(); };
    document.dispatchEvent(new CustomEvent("servicemap:canvas", { detail: this.cy }));
  }

  componentWillUnmount() {
    this.cy.destroy();
  }

  render() {
    const { id, className, style } = this.props;
    return React.createElement("div", { id, className, style, ref: this.box });
  }
}

window.cytoscape = cytoscape;
window.dash_cytoscape = { Cytoscape };
