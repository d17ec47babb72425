/* How are the bundles made? `npm ci && npm run build` in this folder; the results are committed.
 *
 * Writes ../assets/cytoscape.bundle.js, ../assets/yasqe.bundle.js with its style, and THIRD-PARTY.txt with the licence
 * of every package inside them.
 */
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const permissive = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "(MPL-2.0 OR Apache-2.0)"]);
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;

/* Parts of the code of others that are replaced, by the file that they are in; a part that is not there any more stops the
 * build, so that nobody has to notice.
 * - What YASQE would ask of other servers, or build from texts, is taken out.
 * - Cytoscape.js asks the renderer when it looks for something to draw again: src/quiet.js. */
const FRAMES = [[/(r\.skipFrame = false;\s*)requestAnimationFrame\(_renderFn\);/, "$1(r.nextFrame || requestAnimationFrame)(_renderFn);"]];
const CLEANED = [
  [/\(e\.config\.prefixCcApi \? fetch[\s\S]*?Promise\.resolve\(prefixes_default\)\)/, "Promise.resolve({})"],
  [/let o = `\$\{r\}lov\.linkeddata\.es[\s\S]*?"Failed fetching suggestions"\);\s*\}\);/, "return Promise.resolve([]);"],
  [/endpoint: "https:\/\/dbpedia\.org\/sparql"/, 'endpoint: "/sparql"'],
  [/eval\("\(" \+ text \+ "\)"\)/, "JSON.parse(text)"],
  [/Function\("return this"\)\(\)/, "globalThis"],
  [/\bprefixes: \{\}/, "prefixes: { ...globalThis.servicemapPrefixes }"], // those that every query may use undeclared
];

const REPLACED = [
  [/@zazuko[\\/]yasqe[\\/]build[\\/]yasqe\.esm\.js$/, CLEANED],
  [/cytoscape[\\/]dist[\\/]cytoscape\.esm\.mjs$/, FRAMES],
];

const clean = {
  name: "clean",
  setup(made) {
    for (const [filter, parts] of REPLACED) made.onLoad({ filter }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [part, instead] of parts) {
        if (!part.test(contents)) throw new Error(`${path} has changed: ${part} is not in it`);
        contents = contents.replace(part, instead);
      }
      return { contents, loader: "js" };
    });
  },
};

async function bundled(entry, outfile, words) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    plugins: [clean],
    banner: { js: `/* ${words}: licences in app/bundle/THIRD-PARTY.txt */` },
  });
  return Object.keys(result.metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean);
}

/* YASQE comes with what it needs inside, so these are found in the lock file. */
function needed(name, found = new Set()) {
  if (found.has(name)) return found;
  const at = lock[`node_modules/${name}`];
  if (!at || name.startsWith("@types/")) return found;
  found.add(name);
  for (const each of Object.keys({ ...at.dependencies, ...at.optionalDependencies })) needed(each, found);
  return found;
}

const packages = [...new Set([
  ...await bundled("src/index.js", "../assets/cytoscape.bundle.js", "Cytoscape.js and what it needs"),
  ...(await bundled("src/editor.js", "../assets/yasqe.bundle.js", "YASQE and what it needs")).flatMap((name) => [...needed(name)]),
])].sort();

const notices = packages.map((name) => {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!permissive.has(about.license)) throw new Error(`${name}: licence ${about.license} is not permissive`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `(${about.license}, no licence file in the package)`;
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
});
const icons = readFileSync(join(here, "src", "tabler-licence.txt"), "utf8").trim();
notices.push(`Tabler icons 3.51.0 (MIT), the drawings in graph/look/icons\n\n${icons}\n`);
writeFileSync(join(here, "THIRD-PARTY.txt"), notices.join(`\n${"-".repeat(100)}\n\n`));
console.log(packages.join(", "));
