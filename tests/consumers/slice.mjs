// Standard input: [{consumer, text, places: [[start, end], …]}, …]. Standard output: for each what stands at its places.
import { readFileSync } from "node:fs";
import { moduleOf } from "./sources.mjs";

const { Text } = await moduleOf("v-annotator/dist/v-annotator.common.js.map", "src/domain/models/Label/Text.ts");
const byCodePoints = (text) => (start, end) => Array.from(text).slice(start, end).join("");

const CONSUMERS = {
  // doccano's annotator, in its two modes.
  doccano: (text) => (start, end) => new Text(text).substr(start, end - start),
  "doccano-graphemes": (text) => {
    const drawn = new Text(text);
    return (start, end) => {
      const from = drawn.toCodePointOffset(start); // so it calls the UTF-16 offset
      return drawn.substr(from, drawn.toCodePointOffset(end) - from);
    };
  },
  // Label Studio's editor, Prodigy, brat and the W3C's TextPositionSelector count code points.
  codepoint: byCodePoints,
  utf16: (text) => (start, end) => text.slice(start, end),
  utf8: (text) => (start, end) => Buffer.from(text).subarray(start, end).toString(),
};

const asked = JSON.parse(readFileSync(0, "utf8"));
const found = asked.map(({ consumer, text, places }) => {
  const slice = CONSUMERS[consumer](text);
  return places.map(([start, end]) => slice(start, end));
});
process.stdout.write(JSON.stringify(found));
