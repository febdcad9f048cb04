// Runs a command beside a server of its own: `node with-server.js COMMAND...`.
//
// The server is the real binary on a private Postgres in a temporary directory, with the demo's recorded day in it. The
// command finds it by LEADFLOW_URL, LEADFLOW_TOKEN and LEADFLOW_OPERATOR_TOKEN, and its status becomes ours. Nothing is left behind, also when we
// are killed.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { Installation } from "./harness/installation.js";

const [command, ...args] = process.argv.slice(2);
if (!command) throw new Error("usage: node with-server.js COMMAND...");

const installation = await Installation.start();
try {
  const { url, token, operatorToken } = installation;
  const told = { LEADFLOW_URL: url, LEADFLOW_TOKEN: token, LEADFLOW_OPERATOR_TOKEN: operatorToken };
  const environment = { ...process.env, ...told };
  const child = spawn(command, args, { stdio: "inherit", env: environment });
  const [code, signal] = await once(child, "exit");
  if (signal) console.error(`${command} was ended by ${signal}`);
  process.exitCode = code ?? 1;
  // A server that fell over is a failure of whatever was asked of it last.
  if (!installation.isRunning()) {
    console.error(`leadflow serve ended by itself:\n${installation.endOfLog()}`);
    process.exitCode = 1;
  }
} finally {
  await installation.end();
}
