// Compiles the example as a bundler's build does: the documents by relay-compiler, the code by Babel with Relay's plugin.
// Run by itself it does just that; the tests import what comes out.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import { transformFileSync } from "@babel/core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the example; returns the path of what can be imported. */
export function build() {
  rmSync(here("build"), { recursive: true, force: true });
  mkdirSync(here("build/__generated__"), { recursive: true });
  const compiler = createRequire(import.meta.url).resolve("relay-compiler/cli.js");
  execFileSync(process.execPath, [compiler, "--noWatchman", here("relay.config.json")], { cwd: here("."), stdio: "pipe" });
  const { code } = transformFileSync(here("inbox.js"), {
    configFile: false,
    plugins: [
      ["relay", { artifactDirectory: here("build/__generated__") }],
      "@babel/plugin-transform-modules-commonjs",
    ],
  });
  // What both write is CommonJS.
  writeFileSync(here("build/package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(here("build/inbox.js"), code.replaceAll("./build/__generated__/", "./__generated__/"));
  return here("build/inbox.js");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(build());
