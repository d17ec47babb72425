// What does Comunica get from an endpoint? node ask.cjs FOLDER ENDPOINT TOKEN: questions on standard input, answers as JSON.
const path = require("node:path");
const [folder, endpoint, token] = process.argv.slice(2);
const { QueryEngine } = require(path.join(folder, "node_modules", "@comunica", "query-sparql"));

async function answered(engine, { query, source }) {
  const context = { sources: [source === "known" ? { type: "sparql", value: endpoint } : endpoint] };
  if (token) context.httpAuth = `any:${token}`;
  const found = await engine.query(query, { ...context, destination: { type: "sparql", value: endpoint } });
  if (found.resultType === "bindings") {
    const rows = await (await found.execute()).toArray();
    return rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
  }
  if (found.resultType === "quads") {
    const quads = await (await found.execute()).toArray();
    return quads.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]);
  }
  return (await found.execute()) ?? "done";
}

async function main() {
  let said = "";
  for await (const piece of process.stdin) said += piece;
  const engine = new QueryEngine();
  const answers = [];
  for (const question of JSON.parse(said)) answers.push(await answered(engine, question));
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  process.stderr.write(String(error.stack ?? error));
  process.exit(1);
});
