// Corrections of a manifest (kinds §7, §8): what a proposal changes once it is in force. Follows manifests/correction.py; judges nothing.

const RECEIVED = ["accepted", "partly_accepted", "rejected", "disposed"];
const LINE_FIELDS = ["name", "code", "category"]; // those that the page shows

/** Puts the changes of a proposal into a trip: values by path, each a text of JSON, empty for nothing. */
function correct(trip, changes) {
  const found = new Map(changes.map(({ path, now }) => [path, now === "" ? null : JSON.parse(now)]));
  for (const [path, value] of found) {
    const [part, place, ...rest] = path.split(".");
    if (path === "number") trip.number = value || "";
    else if (part === "lines") {
      if (place in trip.lines && rest[0] === "mass_t") trip.lines[place].declared = grams(value);
      else if (place in trip.lines && LINE_FIELDS.includes(rest[0])) trip.lines[place][rest[0]] = value;
    } else if (part === "loaded") known(trip, inOrder(trip.loadedOrder, place)).loaded = grams(value);
    else if (part === "legs" && rest[0] === "vehicle" && trip.legs[place]) trip.legs[place][rest[1]] = value;
    else if ((part === "origin" || part === "destination") && !rest.length) trip[part] = { ...trip[part], [place]: value };
  }
  for (const [path, value] of found) {
    const [part, place, field] = path.split(".");
    if (part === "received") receivedAnew(trip, known(trip, inOrder(trip.receivedOrder, place)), found, `received.${place}.`);
    else if (part === "fates" && field === "mass_t" && trip.fates[place]) trip.fates[place].mass = grams(value);
  }
  trip.lines.forEach((line, number) => {
    line.fated = sum(trip.fates.filter((fate) => fate.line === number).map((fate) => fate.mass));
  });
  trip.stage = stageOf(trip);
}

/** The line that stands at a place of an act; where the act is not in the file, that of the manifest. */
const inOrder = (order, place) => (order.length ? order[place] : place);

/** A refused mass that is taken out means what it means in a receipt: nothing, of a rejected line all that was sent. */
function receivedAnew(trip, line, found, own) {
  if (found.has(`${own}opinion`)) line.opinion = found.get(`${own}opinion`);
  if (found.has(`${own}accepted_t`)) line.accepted = grams(found.get(`${own}accepted_t`));
  if (!found.has(`${own}refused_t`)) return;
  const text = found.get(`${own}refused_t`);
  line.refused = text !== null ? grams(text) : line.opinion === "reject" ? sentOf(line) : 0;
}

/** The stage by opinions and sums in force: disposed falls back while there is stock (kinds §10); before a receipt and at an end it stays. */
function stageOf(trip) {
  if (!RECEIVED.includes(trip.stage) || trip.route === "RETURN") return trip.stage;
  const opinions = new Set(trip.lines.map((line) => line.opinion));
  const stage = opinions.size > 1 || opinions.has("partly") ? "partly_accepted" : opinions.has("reject") ? "rejected" : "accepted";
  return stage !== "rejected" && trip.lines.every((line) => line.fated === line.accepted) ? "disposed" : stage;
}
