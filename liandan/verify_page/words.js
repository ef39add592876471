// Words for people, [中文, English]. Texts of findings and notes come from the house's own table; those of this page alone stand here.

const W = {
  title: ["联单核验", "Verify a manifest"],
  lead: [
    "核验联单文书、证据包、回执和二维码。一切在本机完成，文件不离开这台设备，不需要网络。",
    "Checks documents of manifests, evidence bundles, receipts and square codes. Everything happens on this device; no file leaves it and no network is needed.",
  ],
  switch: ["English", "中文"],
  home: ["返回网站", "Back to the site"],
  choose: ["选择文件", "Choose files"],
  drop: ["或把文件、整个回执文件夹拖到这里：文书（PDF）、证据包（JSON）、回执（.entry 与 .tlog-proof 一起）、二维码照片", "or drop files or a whole folder of receipts here: document (PDF), bundle (JSON), receipt (.entry with its .tlog-proof), photo of a code"],
  scan: ["扫二维码", "Scan a code"],
  stop: ["停止扫描", "Stop scanning"],
  paste: ["粘贴二维码内容", "Paste what a code says"],
  pasteLabel: ["扫得的网址或声明", "The address or claim that was scanned"],
  check: ["核验", "Verify"],
  pins: ["与哪个账本核对", "Which log to compare with"],
  pinsNone: ["没有留存值：只能判断文件是否自洽", "No pin: only consistency can be judged"],
  pinsHeld: ["已留存", "Pinned"],
  pinsHelp: [
    "填入从可靠渠道（公告、合同、主管部门）得到的创始声明哈希、log.vkey 的各行，或您认可的见证策略（log、witness、group、quorum 各行：联署不足即为无效）。没有它，任何人都能另立一个同名的账本。不要填入与文件一同收到的值。",
    "Enter the hash of log.found, the lines of log.vkey, or the witness policy that you trust (lines log, witness, group, quorum: too few cosignatures are then a finding) as you got them from a source you trust: a public notice, a contract, your authority. Without it anybody can found another log of the same name. Never enter what came with the file.",
  ],
  pinsLabel: ["创始声明哈希（64 位十六进制）、log.vkey、见证策略，一行一项", "Hash of log.found (64 hex digits), log.vkey, witness policy; one item a line"],
  policyHeld: ["见证策略（quorum {}）", "witness policy (quorum {})"],
  policyAlone: ["；策略中没有账本公钥，仍只能判断是否自洽", "; the policy names no log, so only consistency can be judged"],
  pinsKeep: ["留存", "Keep"],
  pinsDrop: ["清除", "Forget"],
  pinsKept: ["已留存。请重新核验文件。", "Kept. Verify the files again."],
  pinsDropped: ["已清除留存值和已知的签名密钥。", "Pins and known keys were forgotten."],
  pinsFile: ["这是留存值文件，已填入下方；确认它来自可靠渠道后再点“留存”。", "This is a file of pins. It was filled in below; keep it only if it came from a source you trust."],
  pinsBad: ["不是创始声明哈希、log.vkey 或见证策略：", "This is no hash of log.found, log.vkey or witness policy: "],
  pinsLost: ["浏览器不保存内容，关闭页面后需重新填入。", "This browser keeps nothing; enter it again next time."],
  answers: ["核验结果", "Answers"],
  clear: ["清空结果", "Clear"],
  working: ["正在核验", "Verifying"],
  total: ["共 {} 件，不合格 {} 件，纸面未核对 {} 件", "{} verified, {} not good, {} papers not checked"],
  worst: ["{} 件中最严重的：{}", "the worst of {}: {}"],
  tooMany: ["一次最多 {} 个文件；其余未核验，请分批。", "At most {} files at a time; the others were not verified."],
  noCrypto: [
    "此处的浏览器不提供密码学功能（页面须来自 https、localhost 或本机文件）。请把本页另存到本机再打开，或改用新版浏览器。",
    "The browser offers no cryptography here (the page must come from https, localhost or disk). Save this page and open it from disk, or use a newer browser.",
  ],
  noCamera: ["没有可用的摄像头，或未获允许。可改用照片或粘贴。", "There is no camera, or it was not allowed. Use a photo, or paste."],
  noCode: ["照片中没有找到二维码；请拍得更近、更正、更清楚。", "No square code was found in the picture; take it closer, straighter and sharper."],
  scanning: ["把二维码对准画面中央", "Hold the code in the middle of the picture"],
  crashed: ["核验程序出错，未能得出结论；请用 liandan verify 核验。", "The page failed and cannot say; use liandan verify."],
  twice: ["有两个同名文件，只核验了其中一个：{}", "Two files of one name, only one of them was verified: {}"],
  offline: ["已可在没有网络时打开", "Opens without a network from now on"],
  findings: ["不成立之处", "What does not hold"],
  remarks: ["说明", "Note"],
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
  signed: ["签了什么（时间是签署方所写）", "What was signed (the times are the signer's)"],
  isLogged: ["已入账", "in the log"],
  isUnlogged: ["未入账", "not in the log"],
  older: ["更早的 {} 项", "{} earlier"],
  entered: ["入账", "admitted"],
  nameNow: ["现名：", "now "],
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
  isRetired: ["签署的密钥已停用", "The signing key was retired"],
  granted: ["批准（吨）", "granted, t"],
  notGranted: ["未批准", "not granted"],
  approved: ["批准", "approved"],
  notApproved: ["不予批准", "refused"],
  plate: ["车牌", "Plate"],
  way: ["行政区划", "Divisions"],
  document: ["文书", "Document"],
  place: ["检查点与根", "Checkpoint and root"],
  act: ["行为", "Act"],
  signedBy: ["签署单位", "Signed by"],
  entryAt: ["入账时间", "Admitted"],
  placeInLog: ["序位", "Place in the log"],
  partySignatures: ["{} 个，其中 {} 个已核验", "{}, of which {} verified"],
  signaturesOf: ["签名", "Signatures"],
  refusedAt: ["拒绝时的条目数", "Entries when it was refused"],
  decision: ["决定", "Decision"],
  decisionNo: ["决定文号", "Decision no."],
  decidedOn: ["决定日期", "Decided on"],
  validTo: ["有效期至", "Valid to"],
  applied: ["所申请的废物", "Wastes applied for"],
  list: ["名单", "List"],
  inForce: ["有效期", "In force"],
  rows: ["行数", "Rows"],
  noRecord: [
    "“没有记录”只写在纸面上，本页不复述：只凭出具单位的签章成立。",
    "That there is no record stands on the paper alone and is not told again here: it counts by the issuer's signature.",
  ],
  codesStated: ["拒绝理由", "Reasons stated"],
  statement: ["所拒绝的声明", "Statement refused"],
  none: ["无", "none"],
  vendor: ["所用的开源程序", "Open-source programs in this page"],
};

const VERDICTS = {
  good: ["有效", "good"],
  unchecked: ["证据有效，纸面未核对", "evidence good, paper not checked"],
  unlogged: ["已签署，不在账本中", "signed, NOT in the log"],
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
  unlogged: [
    "签名成立：下列单位说过这些话。没有任何东西证明它们已入账，也没有证明签署的时间。",
    "The signatures hold: those named said so. Nothing proves that it is in the log, nor when it was signed.",
  ],
  unpinned: ["内部没有矛盾，但任何人都能另立一个同名的账本。", "Nothing contradicts itself, but anybody can found another log of the same name."],
  bad: ["有不成立之处，不要采信。", "Something does not hold; do not rely on it."],
  other: ["本页无法得出结论。", "This page cannot tell."],
};
/** Of what is not evidence about a manifest. */
const FORM_MEANINGS = {
  claim: {
    good: ["签名成立：留存账本所载密钥的持有者说过这些话。", "The signature holds: the holder of a key of the log you pinned said so."],
    unpinned: ["签名成立，但密钥所属的账本未与留存值核对。", "The signature holds, but the log that names the key was compared with no pin."],
    other: ["签署的密钥不认识或已停用：不要当作有效。", "The signing key is unknown here, or was retired: do not take it for good."],
  },
  entry: {
    good: ["该声明已入账，账本与留存值一致。", "The statement was admitted, by the log you pinned."],
  },
  checkpoint: {
    good: ["检查点由留存的账本签署。", "The checkpoint is signed by the log you pinned."],
  },
  receipt: {
    good: ["运营单位的签名成立：该声明曾被拒绝。", "The operator's signature holds: the statement was refused."],
  },
  unknown: {
    other: ["未核验，也不当作有效。", "It was not verified, and is not taken for good."],
  },
};
const FORMS = {
  certificate: ["文书", "document"],
  bundle: ["证据包", "bundle"],
  unlogged: ["未入账声明包", "signed statements that are not in the log"],
  receipt: ["拒绝回执", "refusal receipt"],
  entry: ["入账回执", "receipt of an entry"],
  checkpoint: ["检查点", "checkpoint"],
  claim: ["二维码声明", "claim of a square code"],
  unknown: ["不明文件", "unknown file"],
};
const PAPERS = {
  signature: ["由出具单位签章，覆盖全文件", "signed by the issuer over the whole file"],
  unchecked: ["未核对", "not checked"],
};
const STAGES_EN = {
  issued: "issued", voided: "voided", in_transit: "in transit", arrived: "arrived", accepted: "accepted", partly_accepted: "partly accepted",
  rejected: "rejected", disposed: "used or disposed of", closed: "closed", closed_rejected: "closed after rejection", closed_gap: "closed with a gap",
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
    "比对见证方的检查点，或在留存值中填入您认可的见证策略。",
    "Compare a witness's checkpoint, or enter the witness policy that you trust among the pins.",
  ],
  NOTE_WITNESS_UNKNOWN: [
    "检查点另有签名未核验：没有见证方的公钥。",
    "The checkpoint has further lines that were not checked: no witness keys are at hand.",
    "在留存值中填入您认可的见证策略。",
    "Enter the witness policy that you trust among the pins.",
  ],
  NOTE_SIGNER: [
    "未核验签署单位自己的签名：其公钥不在手边。入账本身已由账本证明。",
    "The signer's own signature was not checked: the public key is not at hand. That it was admitted is proved.",
    "与同一账本的证据包一同核验，或用 liandan verify --registration。",
    "Verify it together with a bundle of the same log, or use liandan verify --registration.",
  ],
  NOTE_SUITE: [
    "其中有本页不会计算的签名算法，该签名未核验。",
    "A signature is of a suite that this page does not compute; it was not verified.",
    "用 liandan verify 核验。",
    "Use liandan verify.",
  ],
  NOTE_CLAIM_KEY: [
    "不认识签署这一声明的密钥：签名未核验，也无从知道该密钥是否已停用。",
    "The key that signed this claim is not known here: its signature was not verified, and whether it was retired cannot be known.",
    "先填入留存值，并核验同一账本的任一转移证明或证据包：其中载有签署声明的密钥。",
    "First enter a pin and verify any certificate or bundle of the same log: it names the keys that sign claims.",
  ],
  NOTE_CRASHED: [
    "核验程序出错，未能得出结论。",
    "The page failed and cannot say.",
    "请用 liandan verify 核验；不要当作有效。",
    "Use liandan verify; do not take it for good.",
  ],
  FILE_FORM: [
    "不是可核验的文件。",
    "This is no file that can be verified.",
    "请提供文书（PDF）、证据包（JSON）、入账回执（.entry 与 .tlog-proof 一起）或拒绝回执。最大 32 MB。",
    "Give a document (PDF), a bundle (JSON), a receipt (.entry with its .tlog-proof) or a refusal receipt. At most 32 MB.",
  ],
  RECEIPT_UNCHECKED: [
    "未能核验回执：账本或运营单位的公钥不在手边。",
    "The receipt was not checked: the keys of the log or of its operator are not at hand.",
    "与同一账本的任一转移证明或证据包一同核验；入账回执也可先在留存值中填入 log.vkey。",
    "Verify it together with any certificate or bundle of the same log; for receipts of entries log.vkey among the pins will do.",
  ],
};

let language = 0;
/** A word in the language chosen; `{}` are filled in order. */
function say(words, ...filling) {
  return filling.reduce((text, part) => text.replace("{}", () => String(part)), words[language]);
}

const textsOf = (code) => own(OWN_TEXTS, code) || own(TEXTS, code) || ["核验未通过。", "Verification failed.", "向提供方索取原始文件。", "Ask whoever gave it for the original file."];
const explained = (code) => textsOf(code)[language];
const advice = (code) => textsOf(code)[2 + language];
const stageWord = (stage) => own(language ? STAGES_EN : STAGES, stage) || stage;
const routeWord = (route) => (own(ROUTES, route) || [route, route])[language];
const kindWord = (kind) => (own(KINDS, kind) || {})[language ? "en" : "zh"] || kind;
/** What a file is called: a paper by the document that it is, everything else by its form. */
const formWord = (report) => say(own(TITLES, report.document) || FORMS[report.form]);
