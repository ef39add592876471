// Drives the client that openapi-generator (typescript-fetch) makes of /schema/openapi.json against a running log.
// Prints one JSON object of what it met; tests/clients/test_clients.py says what that must be.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import * as api from "./generated";
import { keyFromSeed, keyid, LOGIN, seal, STATEMENT, statementHash } from "./signing";

const given = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const key = keyFromSeed(given.seed);

/** A problem as the generated model has it, with its status and headers. */
async function problem(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof api.ResponseError)) throw error;
    const told: api.Problem = api.ProblemFromJSON(await error.response.json());
    return { status: error.response.status, media: error.response.headers.get("content-type"), code: told.code, head: told.head, reasons: told.errors.length };
  }
  throw new Error("not refused");
}

async function main() {
  const anybody = new api.Configuration({ basePath: given.url });
  const log: api.LogAnswer = await new api.LogApi(anybody).getLog();
  const challenge = {
    origin: log.origin, audience: given.url, nonce: randomBytes(32).toString("base64"), keyid: keyid(key), not_after: given.not_after, scope: ["read", "post"],
  };
  const token: api.Token = await new api.TokensApi(anybody).postToken({ loginEnvelope: seal(LOGIN, challenge, key) });
  const configuration = new api.Configuration({ basePath: given.url, accessToken: token.token });
  const [logs, statements, whitelist] = [new api.LogApi(configuration), new api.StatementsApi(configuration), new api.WhitelistApi(configuration)];
  const [manifests, reports] = [new api.ManifestsApi(configuration), new api.ReportsApi(configuration)];

  // Statements: one, the same again, one whose prev is wrong, then a batch of two, the second in error.
  const chain = `party/${given.uscc}`;
  const head: api.ChainHead = await logs.getChain({ chain });
  const next = (seq: number, prev: string, number: number) =>
    seal(STATEMENT, { kind: "key.add/1", chain, seq, prev, by: [given.uscc], at: given.now, body: { key: given.registrations[number] } }, key);
  const first: api.StatementEnvelope = next(head.seq + 1, head.hash, 0);
  const asked = { postedStatement: first, prefer: "wait=30", liandanNow: given.now };
  const posted = await statements.postStatementRaw(asked);
  const receipt: api.Posted = await posted.value();
  const again = await statements.postStatementRaw({ ...asked, postedStatement: { envelope: first, disclosures: [] } });
  const wrong = await problem(statements.postStatement({ ...asked, postedStatement: next(head.seq + 2, "0".repeat(64), 1) }));
  const second = next(head.seq + 2, statementHash(first.payload), 1);
  const body = [second, { ...second, payload: "AAAA" }].map((line) => JSON.stringify(line)).join("\n");
  const answers = (await statements.postBatch({ body, prefer: "wait=30", liandanNow: given.now })).trimEnd().split("\n");
  const lines = answers.slice(0, -1).map((line) => api.BatchLineFromJSON(JSON.parse(line)));
  const end: api.BatchEnd = api.BatchEndFromJSON(JSON.parse(answers[answers.length - 1]!));

  // Asking first; searching; one manifest; who must do what; its paper, its bundle; a tile.
  const checks: api.CheckAnswers = await whitelist.postChecks({ checks: api.ChecksFromJSON({ transfers: given.transfers }), liandanNow: given.now });
  const found: api.Manifests = await manifests.getManifests({ generator: given.uscc, limit: 10 });
  const [generator, ulid] = found.manifests[0]!.id.split("/") as [string, string];
  const one: api.ManifestAnswer = await manifests.getManifest({ generator, ulid });
  const duties: api.ManifestActions = await manifests.getActions({ generator, ulid, liandanNow: given.now });
  const history: api.ManifestHistory = await manifests.getHistory({ generator, ulid });
  const paper: Blob = await reports.getCertificateOf({ generator, ulid, lang: "en" });
  const bundle = await reports.getBundleOf({ generator, ulid });
  const tile: Blob = await logs.getTile({ tilePath: "0/000.p/1" });
  const feed: api.FeedPage = await logs.getFeed({ after: -1, limit: 1000 });
  const party: api.PartyAnswer = await logs.getParty({ uscc: given.uscc });
  const permits: api.Permits = await whitelist.getPermits({ code: "900-052-31" });
  const quotas: api.Quotas = await whitelist.getQuotas({ quota: "Q2" });
  const code = await new api.ProblemsApi(anybody).problemPage({ code: "prev-mismatch" });

  process.stdout.write(JSON.stringify({
    origin: log.origin, role: token.role, scope: token.scope,
    posted: [posted.raw.status, receipt.isNew, receipt.index, receipt.inclusion.length > 0, receipt.checkpoint.split("\n")[0]],
    request: posted.raw.headers.get("x-request-id")?.length,
    again: [again.raw.status, (await again.value()).index], wrong,
    batch: [lines.map((line) => [line.status, line.problem?.code ?? null]), end.admitted, end.refused, end.checkpoint !== null],
    checks: checks.answers.map((answer) => [answer.admissible, answer.route, answer.reasons.map((reason) => reason.code)]),
    found: found.manifests.length, stage: one.manifest.stage, lines: one.lines.map((line) => [line.code, line.acceptedT, line.decisionLine]),
    legs: one.legs.map((leg) => leg.vehicle.plate), duties: duties.actions.map((duty) => duty.kind), history: history.entries.map((entry) => entry.kind),
    pdf: Buffer.from(await paper.slice(0, 5).arrayBuffer()).toString("latin1"), pdf_bytes: paper.size, pdf_type: paper.type, bundle: Object.keys(bundle).sort(),
    tile: tile.size, feed: feed.entries.length, keys: party.keys.length, permit: permits.permits[0]?._class, quota: quotas.quotas[0]?.leftT,
    code: code.includes("PREV_MISMATCH"),
    forbidden: await problem(new api.LogApi(anybody).getFeed()),
    malformed: await problem(logs.getFeed({ limit: 0 })),
    missing: await problem(manifests.getManifest({ generator, ulid: "0".repeat(26) })),
    tile_missing: await problem(logs.getTile({ tilePath: "0/999" })),
  }));
}

main().catch((error) => { console.error(error); process.exit(1); });
