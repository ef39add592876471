// Sending what the queue holds. An envelope that all have signed needs no token: it is sent without credentials, for a stale one would be refused
// where none is asked for. What lacks a signature goes to those who are to sign it (/v1/pending), and that needs the session.

import { STATEMENT, toBase64 } from "../island/core.js";
import { ask } from "../island/log.js";

const [SOON_S, LATER_S, LATEST_S] = [2, 10, 300];

/** The envelope as it is posted: its bytes, and the signatures there are, in the order of `by`. */
export function envelopeOf(act) {
  const signatures = [...act.signatures].sort((a, b) => a.place - b.place).map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) }));
  return { payloadType: STATEMENT, payload: toBase64(act.body), signatures };
}

/** The answer, or null without a network, or where it ended in the middle: what was sent will be sent again. */
async function sent(path, act, credentials) {
  const headers = { "Content-Type": "application/json", Prefer: "wait=5", "Accept-Language": document.documentElement.lang };
  return ask("POST", path, { body: JSON.stringify(envelopeOf(act)), headers, credentials }).catch(() => null);
}

/** What an answer that is no receipt means for the queue. A page of some proxy is no word of the log. */
function refusal({ status, value, retryAfter }) {
  if (status === 429 || status >= 500 || !value?.code) return { later: Math.min(Number(retryAfter) > 0 ? Number(retryAfter) : LATER_S, LATEST_S) };
  return { refused: value };
}

/** Ways to the log for Queue.drain. `believe(act, posted)` checks a receipt and throws where it does not hold; `told(act, pending)` hears what
 * became of an offered one. */
export function sender({ believe, told = async () => undefined }) {
  const believed = async (act, posted) => {
    try {
      await believe(act, posted);
      return { entered: posted };
    } catch (error) {
      return { refused: { code: "RECEIPT_WRONG", title: error.message, detail: error.todo || "", errors: [] } };
    }
  };
  return {
    post: async (act) => {
      const found = await sent("/v1/statements", act, "omit");
      if (found === null) return { later: LATER_S };
      if (found.status === 202) return { waiting: SOON_S };
      return found.status < 300 && found.value ? believed(act, found.value) : refusal(found);
    },
    offer: async (act) => {
      const found = await sent("/v1/pending", act, "same-origin");
      if (found === null) return { later: LATER_S };
      if (found.status === 401 || found.status === 403) return { open: true }; // two phones can do without
      if (found.status >= 300 || !found.value) return refusal(found);
      await told(act, found.value);
      if (found.value.state !== "entered") return { open: true };
      return found.value.receipt ? believed(act, found.value.receipt) : { waiting: SOON_S };
    },
  };
}
