// Drives the types that openapi-typescript makes of /schema/openapi.json, with openapi-fetch, against a running log.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import { keyFromSeed, keyid, LOGIN, seal } from "./signing";
import type { components, operations, paths } from "./types";

const given = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const key = keyFromSeed(given.seed);

// What the compiler alone holds: exclusive forms, every status with its body, headers, bytes, the lines of a batch.
type Schemas = components["schemas"];
const bare: Schemas["PostedStatement"] = { payloadType: "application/vnd.liandan.statement.v1+json", payload: "", signatures: [{ keyid: "", sig: "" }] };
const opened: Schemas["PostedStatement"] = { envelope: bare };
// @ts-expect-error an envelope without its signatures is neither form
const neither: Schemas["PostedStatement"] = { payloadType: "application/vnd.liandan.statement.v1+json", payload: "" };
type Posting = operations["postStatement"]["responses"];
const statuses: Record<keyof Posting, true> = {
  200: true, 201: true, 202: true, 400: true, 401: true, 403: true, 408: true, 409: true, 413: true, 415: true, 422: true, 429: true, 431: true, 500: true, 503: true,
};
const waiting: Posting[202]["content"]["application/json"] = { statement: "", is_new: true, waiting_for: "publication" };
const line: Schemas["BatchAnswer"] = { line: 0, status: 201 };
type Wait = components["responses"]["Problem503"]["headers"]["Retry-After"];
const seconds: Wait = 5;
const etag: NonNullable<operations["verifyPage"]["responses"][304]["headers"]["ETag"]> = '"x"';
const paper: operations["getCertificateOf"]["responses"][200]["content"]["application/pdf"] = "";
void [opened, neither, statuses, waiting, line, seconds, etag, paper];

async function main() {
  const client = createClient<paths>({ baseUrl: given.url });
  const log = await client.GET("/v1/log");
  const challenge = {
    origin: log.data!.origin, audience: given.url, nonce: randomBytes(32).toString("base64"), keyid: keyid(key), not_after: given.not_after, scope: ["read"],
  };
  const token = await client.POST("/v1/tokens", { body: seal(LOGIN, challenge, key) });
  client.use({ onRequest: ({ request }) => { request.headers.set("Authorization", `Bearer ${token.data!.token}`); } });
  const refused = await client.POST("/v1/statements", { body: seal("application/vnd.liandan.statement.v1+json", {}, key) });
  const found = await client.GET("/v1/manifests", { params: { query: { generator: given.uscc, stage: "accepted" } } });
  const [generator, ulid] = found.data!.manifests[0]!.id.split("/") as [string, string];
  const pdf = await client.GET("/v1/manifests/{generator}/{ulid}/certificate.pdf", { params: { path: { generator, ulid } }, parseAs: "arrayBuffer" });
  const page = await client.GET("/v", { parseAs: "text" });
  const same = await client.GET("/v", { params: { header: { "If-None-Match": page.response.headers.get("etag")! } }, parseAs: "text" });
  process.stdout.write(JSON.stringify({
    uscc: token.data!.uscc, refused: [refused.response.status, refused.error!.code, refused.error!.errors.map((one) => one.code)],
    found: found.data!.manifests.length, pdf: Buffer.from(pdf.data!).subarray(0, 5).toString("latin1"), unchanged: same.response.status,
  }));
}

main().catch((error) => { console.error(error); process.exit(1); });
