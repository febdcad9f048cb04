// One installation of LeadFlow: a data directory with its own private Postgres, the recorded day of `leadflow demo`, and
// a server that reads it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, chmodSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const BINARY = process.env.LEADFLOW_BINARY ?? path.join(REPOSITORY, "target/debug/leadflow");
/** How long a start may take: a slow machine's, many times over. */
const PATIENCE_MS = 120_000;

export class Installation {
  #root;
  #guardian;
  #server;

  /** A running server with the demo's data, and an owner's and an operator's token for it. */
  static async start() {
    const installation = new Installation();
    try {
      await installation.#start();
      return installation;
    } catch (error) {
      await installation.end();
      throw error;
    }
  }

  constructor() {
    this.#root = realpathSync(mkdtempSync(path.join(tmpdir(), "leadflow-clients-")));
    // As root, Postgres runs under another account, which has to pass through.
    chmodSync(this.#root, 0o755);
    // It stops what runs in the directory and deletes it, when its stdin closes: whatever becomes of us.
    const guardian = path.join(REPOSITORY, "tests/src/guardian.sh");
    this.#guardian = spawn("sh", ["-c", readFileSync(guardian, "utf8"), "guardian", this.#root], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
  }

  async #start() {
    const demo = path.join(this.#root, "data");
    await this.#leadflow(demo, "demo", "--once");
    // The demo keeps its data in a place of its own, which is an installation like any other.
    const data = path.join(demo, "demo");
    const [tenant] = JSON.parse(await this.#leadflow(data, "tenant", "list", "--json"));
    const issue = async (...whose) => JSON.parse(await this.#leadflow(data, "token", "issue", ...whose, "--json")).token;
    this.token = await issue("--tenant", tenant.tenantId, "--role", "OWNER");
    this.operatorToken = await issue("--role", "OPERATOR");
    rmSync(path.join(data, "serve.address"), { force: true });
    const log = openSync(this.#log(), "a");
    this.#server = spawn(BINARY, ["serve", "--until-stdin-closes"], {
      ...this.#place(data),
      stdio: ["pipe", log, log],
    });
    this.url = `${await this.#ready(path.join(data, "serve.address"))}/graphql`;
  }

  /** Whether the server has not ended by itself. */
  isRunning() {
    return this.#server.exitCode === null && this.#server.signalCode === null;
  }

  /** The end of what the server has logged, for messages. */
  endOfLog() {
    return readFileSync(this.#log(), "utf8").split("\n").slice(-30).join("\n");
  }

  /** Stops everything and deletes the directory. */
  async end() {
    this.#server?.stdin.end();
    this.#guardian.stdin.end();
    if (this.#guardian.exitCode === null) await once(this.#guardian, "exit");
  }

  #log() {
    return path.join(this.#root, "serve.log");
  }

  /** Where a command runs, with no variable of ours or of Postgres inherited. */
  #place(data) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(LEADFLOW_|PG|DATABASE_URL$)/.test(name));
    return {
      cwd: this.#root,
      env: {
        ...Object.fromEntries(inherited),
        LEADFLOW_DATA_DIR: data,
        LEADFLOW_LISTEN: "127.0.0.1:0",
        // Nothing listens there: what is sent waits, and nobody real is written to.
        LEADFLOW_GRAPH_URL: "http://127.0.0.1:9",
        LEADFLOW_META_APP_SECRET: "the clients' app secret",
        LEADFLOW_META_VERIFY_TOKEN: "the clients' verify token",
      },
    };
  }

  async #leadflow(data, ...args) {
    const { stdout } = await promisify(execFile)(BINARY, args, this.#place(data));
    return stdout;
  }

  /** Waits for the address, then for 200 from `/health/ready`. */
  async #ready(addressFile) {
    const begun = Date.now();
    let state = "it has not written its address";
    while (Date.now() - begun < PATIENCE_MS) {
      if (!this.isRunning()) throw new Error(`leadflow serve ended before it was ready:\n${this.endOfLog()}`);
      try {
        const origin = `http://${readFileSync(addressFile, "utf8").trim()}`;
        const answer = await fetch(`${origin}/health/ready`);
        if (answer.ok) return origin;
        state = `/health/ready: ${answer.status} ${await answer.text()}`;
      } catch (error) {
        state = error.message;
      }
      await pause(20);
    }
    throw new Error(`leadflow serve was not ready in time: ${state}\n${this.endOfLog()}`);
  }
}
