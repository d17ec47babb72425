/* How is the bundle made? `npm ci && npm run build` in this folder; the result is committed.
 *
 * Writes ../assets/cytoscape.bundle.js and THIRD-PARTY.txt with the licence of every package inside it.
 */
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const permissive = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/index.js"],
  outfile: "../assets/cytoscape.bundle.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  banner: { js: "/* Cytoscape.js and what it needs: licences in app/bundle/THIRD-PARTY.txt */" },
});

const packages = [...new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter(Boolean),
)].sort();

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
