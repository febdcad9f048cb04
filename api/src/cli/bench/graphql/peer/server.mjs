// PostGraphile on the inbox's tables, under the same role and row-level security as ours. SCHEMA, CONNECTIONS and libpq's variables say where. It
// tells its port on standard output, and ends with its standard input.
import { createServer } from "node:http";
import pg from "pg";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { postgraphile } from "postgraphile";

const { SCHEMA, CONNECTIONS } = process.env;
const served = postgraphile({
  extends: [PostGraphileAmberPreset],
  // It would offer no order by what an index has in another place than its first.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ pool: new pg.Pool({ max: Number(CONNECTIONS) }), schemas: [SCHEMA] })],
  grafast: {
    context: ({ node }) => ({ pgSettings: { role: "leadflow_api", "leadflow.tenant": node.req.headers["x-tenant"] } }),
  },
  grafserv: { graphiql: false, watch: false, graphqlPath: "/graphql" },
});
const server = createServer();
await served.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
