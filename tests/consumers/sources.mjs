// A published package whose parts cannot be imported singly carries its sources in its source map: they are bundled from it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = import.meta.dirname;

/** The module `entry` (a path as the map names it, without its scheme) of the package whose source map is `map`. */
export async function moduleOf(map, entry) {
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(here, "node_modules", map), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "quotes-sources-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  sources.forEach((source, number) => {
    const name = source.replace(/^[a-z]+:\/\/[^/]*\/(\.\/)?/, "").replace(/[^\w./-]/g, "_");
    if (!/^src\/.*\.ts$/.test(name)) return;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), sourcesContent[number] ?? "");
  });
  const outfile = join(folder, "bundle.mjs");
  const nodePaths = [join(here, "node_modules")];
  const tsconfigRaw = { compilerOptions: { baseUrl: folder, paths: { "@/*": ["./src/*"] } } };
  await build({ entryPoints: [join(folder, entry)], outfile, bundle: true, format: "esm", nodePaths, tsconfigRaw, logLevel: "error" });
  return import(pathToFileURL(outfile).href);
}
