// PouchDB on a phone: reads one task a line, answers each with the seconds it took.
//
//   {"do": "sync", "url": "http://…/db", "docs": […]}   both ways, with these documents of its own
//   {"do": "pull", "url": "http://…/db"}                first replication
//
// It keeps documents in memory, which spares it a disk that the phone would have.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const PouchDB = require("pouchdb");
PouchDB.plugin(require("pouchdb-adapter-memory"));

let number = 0;

async function work({ do: what, url, docs = [] }) {
  const local = new PouchDB(`phone-${number++}`, { adapter: "memory" });
  if (docs.length) await local.bulkDocs(docs);
  else await local.info();
  const began = performance.now();
  if (what === "sync") await PouchDB.sync(local, url);
  else await local.replicate.from(url);
  const seconds = (performance.now() - began) / 1e3;
  const { doc_count: kept } = await local.info();
  await local.destroy();
  return { seconds, kept };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await work(JSON.parse(line))));
}
