// Hypothesis's own anchoring. Standard input: [{page, targets: [{selector}, …]}, …]. Standard output: the words it marks.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { moduleOf } from "./sources.mjs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { window } = new JSDOM();
for (const name of ["Node", "NodeFilter", "Range", "document", "Element", "Text", "XPathResult"])
  globalThis[name] = window[name];
const { anchor } = await moduleOf("hypothesis/build/scripts/annotator.bundle.js.map", "src/annotator/anchoring/html.ts");

const found = [];
for (const { page, targets } of asked) {
  const { body } = new JSDOM(page).window.document;
  globalThis.document = body.ownerDocument;
  const marked = targets.map(({ selector }) => anchor(body, selector).then(String, (error) => `not anchored: ${error}`));
  found.push(await Promise.all(marked));
}
process.stdout.write(JSON.stringify(found));
