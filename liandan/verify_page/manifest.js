// A manifest as its trunk tells it: stage, number, parties, masses in grams, legs, acts. Follows manifests/acts; judges nothing.

const grams = (text) => {
  const [whole, fraction = ""] = text.split(".");
  return Number(whole) * 1000000 + Number(fraction.padEnd(6, "0"));
};
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Tonnes with six decimals, from grams. */
function tonnes(mass) {
  return `${Math.floor(mass / 1000000)}.${String(mass % 1000000).padStart(6, "0")}`;
}

class Manifests {
  constructor() {
    this.trips = new Map();
    this.proposed = new Map(); // changes by the case that proposes them
  }

  take({ statement, admission, index }) {
    const [type, generator, ulid] = statement.chain.split("/");
    if (type === "number") this.settle(generator, statement, admission, index);
    if (type !== "manifest" && type !== "case") return;
    const chain = `manifest/${generator}/${ulid}`;
    const act = statement.kind.split("/")[0].split(".")[1];
    if (act === "issue") this.trips.set(chain, issued(statement, admission));
    const trip = this.trips.get(chain);
    if (!trip) throw new Contradiction(`${statement.kind} without an issue`);
    trip.acts.push(acted(statement, admission, index));
    if (type === "case") {
      if (act === "number") trip.number = trip.number || statement.body.number || "";
      if (act === "amend_propose") this.proposed.set(statement.chain, statement.body.changes);
      if (admission.decision.tags.some(([tag]) => tag === "AMENDED")) correct(trip, this.proposed.get(statement.chain) || []);
      if (act === "close_with_gap") {
        trip.stage = "closed_gap";
        for (const leg of trip.legs) leg.isOpen = false;
      }
      return;
    }
    if (act in ACTS) ACTS[act](trip, statement.body, statement);
  }

  /** The authority says whose a number is: the others are without it again, unless they have another by now. */
  settle(number, statement, admission, index) {
    const { holder, lose } = statement.body;
    for (const chain of new Set([holder, ...lose])) {
      const trip = this.trips.get(chain);
      if (!trip) continue;
      trip.acts.push(acted(statement, admission, index));
      if (lose.includes(chain) && trip.number === number) trip.number = "";
    }
  }
}

const acted = (statement, admission, index) => ({ index, kind: statement.kind, at: statement.at, admitted: admission.at, by: statement.by, tags: admission.decision.tags.map((tag) => tag[0]) });

function issued({ body, owner }, admission) {
  return {
    generator: owner,
    receiver: body.receiver,
    carriers: body.carriers || [],
    origin: body.origin,
    destination: body.destination,
    route: admission.decision.route || "",
    type: body.type || "normal",
    number: body.number || "",
    stage: "issued",
    lines: body.lines.map((line) => ({ name: line.name, code: line.code, category: line.category, declared: grams(line.mass_t), loaded: null, accepted: null, refused: null, opinion: "", fated: 0 })),
    legs: [],
    loadedOrder: [], // lines in the order in which the loading and the receipt name them: corrections go by it
    receivedOrder: [],
    fates: [],
    isReceived: false,
    acts: [],
  };
}

const sentOf = (line) => (line.loaded === null ? line.declared : line.loaded);
const openLegs = (trip) => trip.legs.filter((leg) => leg.isOpen);

function known(trip, number) {
  if (!trip.lines[number]) throw new Contradiction(`no line ${number}`);
  return trip.lines[number];
}

function endLegs(trip, body) {
  for (const leg of body.leg === undefined ? openLegs(trip) : [trip.legs[body.leg]]) {
    if (!leg) throw new Contradiction(`no leg ${body.leg}`);
    leg.isOpen = false;
  }
}

function beginLeg(trip, carrier, body) {
  trip.legs.push({ carrier, plate: body.vehicle ? body.vehicle.plate : "", kind: body.vehicle ? body.vehicle.kind : "", isOpen: true });
}

const ACTS = {
  void: (trip) => {
    trip.stage = "voided";
  },
  depart: (trip, body, statement) => {
    for (const item of body.loaded || []) known(trip, item.line).loaded = grams(item.mass_t);
    trip.loadedOrder = (body.loaded || []).map((item) => item.line);
    trip.legs = [];
    beginLeg(trip, statement.by.length > 1 ? statement.by[1] : statement.principal || statement.by[0], body);
    trip.stage = "in_transit";
  },
  hand_over: (trip, body, statement) => {
    endLegs(trip, body);
    beginLeg(trip, statement.by[statement.by.length - 1], body);
  },
  transship: (trip, body) => {
    const [before] = body.leg === undefined ? openLegs(trip) : [trip.legs[body.leg]];
    if (!before) throw new Contradiction("no leg under way");
    if (!body.part || !body.part.length) endLegs(trip, body);
    beginLeg(trip, before.carrier, body);
  },
  arrive: (trip, body) => {
    endLegs(trip, body);
    if (!openLegs(trip).length) trip.stage = "arrived";
  },
  receive: (trip, body) => {
    const opinions = new Set(body.lines.map((line) => line.opinion));
    const came = sum(body.lines.map((line) => grams(line.refused_t || "0")));
    const isDeclined = trip.stage === "issued" && opinions.size === 1 && opinions.has("reject") && came === 0;
    trip.receivedOrder = body.lines.map((item) => item.line);
    for (const item of body.lines) {
      const line = known(trip, item.line);
      line.opinion = item.opinion;
      line.accepted = grams(item.accepted_t);
      line.refused = item.refused_t === undefined ? (item.opinion === "reject" && !isDeclined ? sentOf(line) : 0) : grams(item.refused_t);
    }
    trip.legs.forEach((leg) => (leg.isOpen = false));
    trip.isReceived = true;
    trip.stage = trip.route === "RETURN" ? "disposed" : opinions.size > 1 || opinions.has("partly") ? "partly_accepted" : opinions.has("reject") ? "rejected" : "accepted";
  },
  dispose: (trip, body) => {
    for (const fate of body.fates) {
      known(trip, fate.line).fated += grams(fate.mass_t);
      trip.fates.push({ line: fate.line, mass: grams(fate.mass_t) });
    }
    if (trip.lines.every((line) => line.fated === (line.accepted || 0))) trip.stage = "disposed";
  },
  verify: (trip) => {
    trip.stage = trip.stage === "rejected" ? "closed_rejected" : "closed";
  },
};
