// What became of an act, as a card in words: what happened, what is safe, what to do.

import { isEnglish, make, say } from "./words.js";

const W = {
  entered: ["已入账，第 {0} 条", "Entered, number {0}"],
  checked: ["回执已在本机核对：条目、存在证明、检查点签名都相符；回执已存在本机。", "The receipt was checked on this device: entry, proof of inclusion and signed checkpoint agree; it is kept here."],
  waiting: ["还没有回执", "No receipt yet"],
  waitingText: ["已写入账本，尚未发布。可以离开此页；稍后在“存证”页会看到回执。", "It is in the log and not yet published. You may leave this page; the receipt will be on the page of evidence."],
  pending: ["已签署，等其他方签", "Signed; others have to sign"],
  pendingText: ["还差：{0}。全部签齐后自动入账，没签齐之前不产生任何效力。", "Missing: {0}. It enters the log when all have signed, and has no effect before."],
  refused: ["没有入账：{0}", "Not entered: {0}"],
  overtaken: ["没有入账：链头已变", "Not entered: the chain has moved on"],
  overtakenText: ["您签署期间这条链上多了一条记录。您签的没有丢，但须按新的链头重新核对、再签一次。", "While you signed, another act was entered on this chain. What you signed is not lost, but must be looked at and signed anew behind it."],
  kept: ["账本出具的拒收回执已存在本机。", "The signed refusal of the log is kept on this device."],
  later: ["没有发出去，已签好", "Signed, not sent"],
  laterText: ["账本正忙或连不上（{0}）。签好的内容在本页，请不要关闭；按“再发一次”，重复发送不会重复入账。", "The log is busy or away ({0}). What you signed is on this page, so keep it open; press “Send again”: sending twice enters it once."],
  signedOut: ["登录已过期", "You are no longer signed in"],
  signedOutText: ["重新进入后再签一次。", "Enter again, then sign once more."],
  queued: ["已签署，存在本机，未发送", "Signed and kept on this device, not sent"],
  cancelled: ["没有签署", "Nothing was signed"],
  declined: ["已拒签，理由已告知对方", "Declined; the others are told why"],
  withdrawn: ["已撤回本方签名", "Your signature is taken back"],
  stopped: ["没有签署：{0}", "Nothing was signed: {0}"],
  handed: ["已存成文件，还没有签署", "Saved as a file; not signed yet"],
  handedText: ["在有密钥的机器上运行 liandan statement cosign sign <文件> 签署，再到“密钥”页“取回签好的文件”。", "Run liandan statement cosign sign <file> where the key is, then bring the signed file back on the page of keys."],
  hand: ["存成文件，用命令行签署", "Save as a file, sign by the program"],
  found: ["现状", "Found"],
  expected: ["应为", "Expected"],
  source: ["依据", "Source"],
  lifted: ["谁能解除", "Who can lift it"],
  todo: ["怎么办", "What to do"],
  anew: ["重新核对", "Look at it anew"],
  resend: ["再发一次", "Send again"],
  entry: ["进入", "Enter"],
};
const TONES = { entered: "good", waiting: "wait", pending: "wait", later: "wait", queued: "wait", cancelled: "plain", declined: "plain", withdrawn: "plain", handed: "wait" };

const PATH = /（body\.[\w.*]+）| \(body\.[\w.*]+\)/g;
const ZEROS = /(^|[^\d.])(\d+\.\d{3})000(?!\d)/g;

/** What services say, as people read it: fields by their names alone, three decimals where the others say nothing, the unit in the page's language. */
const plainly = (text) => (text || "").replace(PATH, "").replace(ZEROS, "$1$2").replace(/(\d) t\b/g, isEnglish() ? "$1 t" : "$1 吨");

const fact = (label, text) => (text ? make("div", { class: "fact" }, make("dt", {}, say(label)), make("dd", {}, plainly(text))) : null);

function reasonsOf(problem) {
  const errors = problem.errors || [];
  return errors.map((error) =>
    make(
      "li", {}, errors.length > 1 || error.message !== problem.title ? make("p", {}, make("strong", {}, error.label ? `${error.label}${isEnglish() ? ": " : "："}` : "", plainly(error.message || error.code))) : null,
      make("dl", {}, fact(W.found, error.found), fact(W.expected, error.expected), fact(W.source, error.source), fact(W.lifted, error.lifted_by), fact(W.todo, error.what_to_do)),
    ),
  );
}

function textsOf(found) {
  const { state, problem } = found;
  if (state === "entered") return [say(W.entered, found.receipt.index), say(W.checked)];
  if (state === "waiting") return [say(W.waiting), say(W.waitingText)];
  if (state === "pending") return [say(W.pending), say(W.pendingText, (found.pending.missing || []).map((uscc) => nameIn(found.pending, uscc)).join("、"))];
  if (state === "later") return [say(W.later), say(W.laterText, problem.title || problem.code)];
  if (state === "signed-out") return [say(W.signedOut), say(W.signedOutText)];
  if (state === "handed") return [say(W.handed), say(W.handedText)];
  if (state === "queued") return [say(W.queued), ""];
  if (["cancelled", "declined", "withdrawn"].includes(state)) return [say(W[state]), ""];
  if (state === "refused" && problem.head) return [say(W.overtaken), say(W.overtakenText)];
  const title = problem.title || problem.code;
  const isTold = (problem.errors || []).length > 0; // each reason says what to do
  return [say(state === "stopped" ? W.stopped : W.refused, plainly(title)), isTold ? "" : plainly(problem.detail)];
}

const nameIn = (pending, uscc) => (pending.by || []).find((one) => one.uscc === uscc)?.name || uscc;

/** The card of an outcome. `onAgain`, `onResend` are called with what comes of it. */
export function outcomeCard(found, { onAgain, onResend } = {}) {
  const [title, text] = textsOf(found);
  const isAnew = ["refused", "stopped", "signed-out"].includes(found.state) && found.again && onAgain;
  const isResent = (found.state === "later" || found.state === "waiting") && found.resend && onResend;
  return make(
    "section", { class: `outcome ${TONES[found.state] || "bad"}`, "data-state": found.state, "data-code": found.problem ? found.problem.code : null },
    make("h3", { tabindex: "-1" }, title),
    text ? make("p", {}, text) : null,
    found.problem && found.state !== "later" ? make("ul", { class: "reasons" }, reasonsOf(found.problem)) : null,
    found.problem && found.problem.receipt ? make("p", { class: "small" }, say(W.kept)) : null,
    found.statement ? make("p", { class: "small mono" }, found.statement) : null,
    found.state === "signed-out" ? make("a", { class: "button", href: `/enter?next=${encodeURIComponent(location.pathname + location.search)}` }, say(W.entry)) : null,
    isAnew ? make("button", { type: "button", class: "button", "data-again": true, onclick: async () => onAgain(await found.again()) }, say(W.anew)) : null,
    found.hand && onAgain ? make("button", { type: "button", class: "button", "data-hand": true, onclick: async () => onAgain(await found.hand()) }, say(W.hand)) : null,
    isResent ? make("button", { type: "button", class: "button", "data-resend": true, onclick: async () => onResend(await found.resend()) }, say(W.resend)) : null,
  );
}
