// Words for people, [中文, English]. Texts of findings and notes come from the house's own table; those of this page alone stand here.

const W = {
  title: ["联单核验", "Verify a manifest"],
  lead: [
    "核验转移证明、证据包和联单二维码。一切在本机完成，文件不离开这台设备，不需要网络。",
    "Checks certificates, evidence bundles and the square codes of manifests. Everything happens on this device; no file leaves it and no network is needed.",
  ],
  switch: ["English", "中文"],
  choose: ["选择文件", "Choose files"],
  drop: ["或把文件拖到这里：转移证明（PDF）、证据包（JSON）、二维码照片", "or drop them here: certificate (PDF), bundle (JSON), photo of a code"],
  scan: ["扫二维码", "Scan a code"],
  stop: ["停止扫描", "Stop scanning"],
  paste: ["粘贴二维码内容", "Paste what a code says"],
  pasteLabel: ["扫得的网址或声明", "The address or claim that was scanned"],
  check: ["核验", "Verify"],
  pins: ["与哪个账本核对", "Which log to compare with"],
  pinsNone: ["没有留存值：只能判断文件是否自洽", "No pin: only consistency can be judged"],
  pinsHeld: ["已留存", "Pinned"],
  pinsHelp: [
    "填入从可靠渠道（公告、合同、主管部门）得到的创始声明哈希，或 log.vkey 的各行。没有它，任何人都能另立一个同名的账本。不要填入与文件一同收到的值。",
    "Enter the hash of log.found or the lines of log.vkey as you got them from a source you trust: a public notice, a contract, your authority. Without it anybody can found another log of the same name. Never enter what came with the file.",
  ],
  pinsLabel: ["创始声明哈希（64 位十六进制）或 log.vkey，一行一个", "Hash of log.found (64 hex digits) or log.vkey, one a line"],
  pinsKeep: ["留存", "Keep"],
  pinsDrop: ["清除", "Forget"],
  pinsKept: ["已留存。请重新核验文件。", "Kept. Verify the files again."],
  pinsDropped: ["已清除留存值和已知的签名密钥。", "Pins and known keys were forgotten."],
  pinsFile: ["这是留存值文件，已填入下方；确认它来自可靠渠道后再点“留存”。", "This is a file of pins. It was filled in below; keep it only if it came from a source you trust."],
  pinsBad: ["不是创始声明哈希，也不是 log.vkey 的一行。", "This is neither a hash of log.found nor a line of log.vkey."],
  pinsLost: ["浏览器不保存内容，关闭页面后需重新填入。", "This browser keeps nothing; enter it again next time."],
  answers: ["核验结果", "Answers"],
  clear: ["清空结果", "Clear"],
  working: ["正在核验", "Verifying"],
  total: ["共 {} 件，不合格 {} 件，纸面未核对 {} 件", "{} verified, {} not good, {} papers not checked"],
  tooMany: ["一次最多 {} 个文件；其余未核验，请分批。", "At most {} files at a time; the others were not verified."],
  noCrypto: [
    "此处的浏览器不提供密码学功能（页面须来自 https、localhost 或本机文件）。请把本页另存到本机再打开，或改用新版浏览器。",
    "The browser offers no cryptography here (the page must come from https, localhost or disk). Save this page and open it from disk, or use a newer browser.",
  ],
  noCamera: ["没有可用的摄像头，或未获允许。可改用照片或粘贴。", "There is no camera, or it was not allowed. Use a photo, or paste."],
  noCode: ["照片中没有找到二维码；请拍得更近、更正、更清楚。", "No square code was found in the picture; take it closer, straighter and sharper."],
  scanning: ["把二维码对准画面中央", "Hold the code in the middle of the picture"],
  crashed: ["核验程序出错，未能得出结论；请用 liandan verify 核验。", "The page failed and cannot say; use liandan verify."],
  findings: ["不成立之处", "What does not hold"],
  notes: ["它不证明什么", "What it does not prove"],
  todo: ["怎么办", "What to do"],
  found: ["实际", "found"],
  expected: ["应为", "expected"],
  manifest: ["联单", "Manifest"],
  number: ["联单编号", "National number"],
  noNumber: ["尚未取得", "not given yet"],
  stage: ["状态", "State"],
  asOf: ["截至", "As of"],
  route: ["转移类型", "Route"],
  wastes: ["危险废物", "Hazardous waste"],
  declared: ["填报", "declared"],
  loaded: ["装载", "loaded"],
  accepted: ["接受", "accepted"],
  refused: ["拒收", "refused"],
  tonnes: ["吨", "t"],
  from: ["移出", "From"],
  to: ["接受", "To"],
  carrier: ["承运", "Carrier"],
  acts: ["经过", "What happened"],
  older: ["更早的 {} 项", "{} earlier"],
  entered: ["入账", "admitted"],
  steps: ["核验了什么", "What was checked"],
  log: ["账本", "Log"],
  foundHash: ["创始声明哈希", "Hash of log.found"],
  isPin: ["与留存值一致", "as pinned"],
  isNoPin: ["未与留存值核对", "compared with no pin"],
  checkpoint: ["检查点", "Checkpoint"],
  entriesOf: ["前 {} 条", "the first {} entries"],
  root: ["根哈希", "Root hash"],
  checked: ["已核验", "Checked"],
  counted: ["条目 {} 条，签名 {} 个", "{} entries, {} signatures"],
  witnesses: ["见证联署", "Witnesses"],
  witnessCount: ["策略所列 {} 家中，{} 家的联署已核验", "of {} named by the policy, cosignatures of {} verified"],
  paper: ["纸面", "Paper"],
  identity: ["存证标识", "Chain"],
  claimSays: ["声明的内容", "What it claims"],
  claimSaysUnchecked: ["它自称的内容（未核验）", "What it says of itself (not verified)"],
  compare: ["核对码", "Check digits"],
  compareHelp: ["应与纸上二维码旁的一组相同", "The same stand beside the code on paper"],
  codes: ["废物代码", "Waste codes"],
  mass: ["质量", "Mass"],
  parties: [["移出人", "Generator"], ["承运人", "Carrier"], ["接受人", "Receiver"]],
  isDemo: ["演示账本，不具证据效力", "DEMO: a demonstration log, no evidence"],
  isDegraded: ["降级（DEGRADED）：见证不足", "DEGRADED: too few witnesses"],
  plate: ["车牌", "Plate"],
  way: ["行政区划", "Divisions"],
  document: ["文书", "Document"],
  place: ["检查点与根", "Checkpoint and root"],
  codesStated: ["拒绝理由", "Reasons stated"],
  statement: ["所拒绝的声明", "Statement refused"],
  none: ["无", "none"],
  vendor: ["所用的开源程序", "Open-source programs in this page"],
};

const VERDICTS = {
  good: ["有效", "good"],
  unchecked: ["证据有效，纸面未核对", "evidence good, paper not checked"],
  unpinned: ["自洽，未与任何已知账本核对", "consistent, compared with no known log"],
  bad: ["无效", "NOT good"],
  other: ["未核验", "not verified"],
};
const MEANINGS = {
  good: ["证据成立，账本与留存值一致。", "The evidence holds, and the log is the one you pinned."],
  unchecked: [
    "证据成立；文件本身不是可以在此确认的原件，纸上的字可能与证据不同。只看下面列出的内容。",
    "The evidence holds. These bytes cannot be told here to be the issuer's: what the pages show may differ. Rely only on what is listed below.",
  ],
  unpinned: ["内部没有矛盾，但任何人都能另立一个同名的账本。", "Nothing contradicts itself, but anybody can found another log of the same name."],
  bad: ["有不成立之处，不要采信。", "Something does not hold; do not rely on it."],
  other: ["本页无法得出结论。", "This page cannot tell."],
};
/** Of a claim, which is no evidence. */
const CLAIM_MEANINGS = {
  good: ["签名成立：留存账本所载密钥的持有者说过这些话。", "The signature holds: the holder of a key of the log you pinned said so."],
  unpinned: ["签名成立，但密钥所属的账本未与留存值核对。", "The signature holds, but the log that names the key was compared with no pin."],
  other: ["不认识签署的密钥，内容未经核验。", "The signing key is not known here; nothing of this was verified."],
};
const FORMS = {
  certificate: ["文书", "document"],
  bundle: ["证据包", "bundle"],
  receipt: ["拒绝回执", "refusal receipt"],
  claim: ["二维码声明", "claim of a square code"],
  unknown: ["不明文件", "unknown file"],
};
const PAPERS = {
  signature: ["由出具单位签章，覆盖全文件", "signed by the issuer over the whole file"],
  unchecked: ["未核对", "not checked"],
};
const DOCUMENTS = { c: ["转移证明", "transfer certificate"], t: ["在途凭证", "in-transit extract"] };
const STAGES_EN = {
  issued: "issued", voided: "voided", in_transit: "in transit", arrived: "arrived", accepted: "accepted", partly_accepted: "partly accepted",
  rejected: "rejected", disposed: "used or disposed of", closed: "closed", closed_rejected: "closed after rejection",
};
const ROUTES_EN = {
  INTRA: "within the province", LISTED: "white list, simplified", APPROVED: "approved between provinces", PILOT387: "pilot, as within the province",
  EMERGENCY: "emergency", OFF_LOG: "approved outside this log", RETURN: "return",
};

/** Texts of this page alone, [zh, en, what to do zh, en]; they go before the house's. */
const OWN_TEXTS = {
  NOTE_PAPER: [
    "证据成立，但本页不能确认文件是出具单位的原件：纸上的字可能与证据不同。",
    "The evidence holds, but this page cannot tell that these are the issuer's bytes: what the pages show may differ from it.",
    "只看本页所列的内容；用 liandan verify 可以重印并逐字节比对。",
    "Rely on what is listed here; liandan verify can print it again and compare every byte.",
  ],
  NOTE_NOT_PINNED: [
    "自洽，但未与任何已知账本核对：任何人都能另立一个同名的账本。",
    "Consistent in itself, but compared with no known log: anybody can found another of the same name.",
    "在“与哪个账本核对”处填入事先得到的留存值，重新核验。",
    "Enter a pin that you got beforehand under “Which log to compare with” and verify again.",
  ],
  NOTE_NO_WITNESS: [
    "检查点没有见证方共同签名：不排除账本对他人出示另一套历史。",
    "No witness cosigned the checkpoint: the log may show others another history.",
    "比对见证方的检查点，或用 liandan verify --policy 核验。",
    "Compare a witness's checkpoint, or use liandan verify --policy.",
  ],
  NOTE_SUITE: [
    "其中有本页不会计算的签名算法，该签名未核验。",
    "A signature is of a suite that this page does not compute; it was not verified.",
    "用 liandan verify 核验。",
    "Use liandan verify.",
  ],
  NOTE_CLAIM: [
    "声明只证明该密钥的持有者说过这些话；它不附证据，此后可能已有新的记录。",
    "A claim proves that the holder of the key said so; it carries no evidence, and newer acts may exist.",
    "要证据，核验转移证明或证据包本身；并与纸面和车辆比对。",
    "For evidence verify the certificate or the bundle itself; and compare with paper and vehicle.",
  ],
  NOTE_CLAIM_KEY: [
    "不认识签署这一声明的密钥，签名未核验。",
    "The key that signed this claim is not known here; its signature was not verified.",
    "先填入留存值，并核验同一账本的任一转移证明或证据包：其中载有签署声明的密钥。",
    "First enter a pin and verify any certificate or bundle of the same log: it names the keys that sign claims.",
  ],
  FILE_FORM: [
    "不是可核验的文件。",
    "This is no file that can be verified.",
    "请提供转移证明（PDF）、证据包（JSON）或拒绝回执；入账回执请用 liandan verify 核验。最大 32 MB。",
    "Give a certificate (PDF), a bundle (JSON) or a refusal receipt; receipts of entries are for liandan verify. At most 32 MB.",
  ],
  RECEIPT_UNCHECKED: [
    "未能核验回执：运营单位的公钥不在手边。",
    "The receipt was not checked: the operator's keys are not at hand.",
    "先核验同一账本的任一转移证明或证据包，再核验回执。",
    "Verify any certificate or bundle of the same log first, then the receipt.",
  ],
};

let language = 0;
/** A word in the language chosen; `{}` are filled in order. */
function say(words, ...filling) {
  return filling.reduce((text, part) => text.replace("{}", part), words[language]);
}

const textsOf = (code) => OWN_TEXTS[code] || TEXTS[code] || ["核验未通过。", "Verification failed.", "向提供方索取原始文件。", "Ask whoever gave it for the original file."];
const explained = (code) => textsOf(code)[language];
const advice = (code) => textsOf(code)[2 + language];
const stageWord = (stage) => (language ? STAGES_EN[stage] : STAGES[stage]) || stage;
const routeWord = (route) => (language ? ROUTES_EN[route] : ROUTES[route]) || route;
const kindWord = (kind) => (KINDS[kind] ? KINDS[kind][language ? "en" : "zh"] : "") || kind;
