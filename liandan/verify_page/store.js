// What is kept: pins and the keys that a log tells, in localStorage where there is one (a browser may refuse it for files).

const store = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`liandan.${name}`)) ?? otherwise;
    } catch (error) {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`liandan.${name}`, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  },
};

/** Pins as they were kept, of this version of the page or an older one. */
async function keptPins() {
  const { found, vkeys, policy } = { ...NO_PINS, ...store.read("pins", NO_PINS) };
  return parsePins([found, ...(Array.isArray(vkeys) ? vkeys : []), policy].map(String).join("\n")).catch(() => NO_PINS);
}

/**
 * What verified evidence tells of keys for papers and codes. Each key is known by the pins under which its evidence was verified; that a
 * key is retired is never forgotten, whoever says later that it is not.
 */
class Memory {
  constructor() {
    const isKey = (one) => one && typeof one.keyid === "string" && typeof one.pins === "string" && typeof one.spki === "string" && typeof one.to === "string";
    const kept = store.read("issuers", []);
    this.issuers = Array.isArray(kept) ? kept.filter(isKey) : [];
  }

  /** Keys of evidence that was verified under these very pins. */
  under(pins) {
    return this.issuers.filter((one) => one.pins === textOfPins(pins));
  }

  get retired() {
    return this.issuers.filter((one) => one.retired !== null).map(({ found, keyid, retired, since }) => ({ found, keyid, index: retired, since }));
  }

  learn(report, pins) {
    for (const told of issuersTold(report)) {
      const [before] = this.issuers.filter((one) => one.found === told.found && one.keyid === told.keyid && one.pins === textOfPins(pins));
      const ended = this.retired.find((one) => one.found === told.found && one.keyid === told.keyid);
      const newest = before && before.size > told.size ? before : { ...told, pins: textOfPins(pins) };
      if (ended) Object.assign(newest, { retired: ended.index, since: ended.since });
      this.issuers = [...this.issuers.filter((one) => one !== before), newest];
    }
    for (const { found, keyid, index, since } of report.retired) {
      for (const one of this.issuers) if (one.found === found && one.keyid === keyid) Object.assign(one, { retired: index, since });
    }
    store.write("issuers", this.issuers.filter((one) => one.pins !== ""));
  }

  forget() {
    this.issuers = [];
    store.write("issuers", []);
  }
}
