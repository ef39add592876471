"""The rules of a witness, without its memory and its clock: read a submission, judge it against what was cosigned last, cosign.

Source: C2SP tlog-witness. What is signed is a re-encoding of what was parsed, never the bytes that came; a checkpoint with an extension
line is not cosigned; the own signature is verified before anybody sees it.

The logs a witness knows come from one of two files: a policy (C2SP tlog-policy, of which only the ``log`` lines count, so a regulator needs
one file only), or ``log.vkey`` of an export, one vkey per line. An origin is a log; it may have an Ed25519 and an ML-DSA-44 key.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.tree import note as notes
from ledger.tree.checkpoint import Checkpoint, cosign_checkpoint, parse_checkpoint, verifier, verify_cosignature
from ledger.tree.merkle import EMPTY_ROOT, verify_consistency
from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, SignatureLine, SigningKey, open_note, parse_note, parse_vkey, vkey_of
from ledger.tree.policy import MAX_BYTES, parse_policy
from ledger.witnessing.wire import parse_request
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse, table, texts

_POLICY_WORDS = frozenset({b"log", b"witness", b"group", b"quorum"})


class KnownLog(Struct, frozen=True):
    """A log by its origin, which is also the name of its keys."""

    origin: str
    vkeys: tuple[str, ...]
    url: str = ""  # address before ``/tile/…``, where a mirror fetches entries; empty when nothing is fetched


def parse_known(raw: bytes) -> Mapping[str, KnownLog]:
    """Logs by origin; refuses POLICY_FORM, VKEY_FORM, and WITNESS_LOGS for a file without a log or keys that no log has."""
    words = [line.split(None, 1)[0] for line in raw.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    if _POLICY_WORDS & set(words):
        complete = raw if b"quorum" in words else raw.rstrip(b"\n") + b"\nquorum none\n"
        pairs = [(log.vkey, log.url) for log in parse_policy(complete).logs]
    else:
        if len(raw) > MAX_BYTES:
            raise refuse(
                "WITNESS_LOGS",
                found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
                expected=Phrase(f"至多 {MAX_BYTES}", f"at most {MAX_BYTES}"),
            )
        pairs = [(word.decode("utf-8", "replace"), "") for word in words]
    return known_logs(pairs)


def known_logs(pairs: Iterable[tuple[str, str]]) -> Mapping[str, KnownLog]:
    """Logs by origin from (vkey, address); refuses VKEY_FORM and WITNESS_LOGS."""
    logs: dict[str, KnownLog] = {}
    for vkey, url in pairs:
        parsed = parse_vkey(vkey)
        if parsed.type not in (ED25519, SUBTREE_V1):
            raise refuse(
                "WITNESS_LOGS",
                field=parsed.name,
                found=Phrase(f"类型 {parsed.type:02x} 的公钥", f"a key of type {parsed.type:02x}"),
                expected=Phrase("账本的公钥，类型 01 或 06", "a log's key, type 01 or 06"),
            )
        before = logs.get(parsed.name, KnownLog(parsed.name, ()))
        if before.url and url and before.url != url:
            raise refuse(
                "WITNESS_LOGS", field=parsed.name, found=f"{before.url} {url}", expected=Phrase("每个账本一个地址", "one address per log")
            )
        vkeys = before.vkeys if vkey in before.vkeys else (*before.vkeys, vkey)
        logs[parsed.name] = KnownLog(parsed.name, vkeys, before.url or url)
    if not logs:
        raise refuse(
            "WITNESS_LOGS", found=Phrase("没有账本", "no log"), expected=Phrase("至少一个账本及其公钥", "at least one log with its key")
        )
    return logs


class TreeHead(Struct, frozen=True):
    """The newest tree head that a witness cosigned for a log."""

    size: int
    root: bytes
    note: bytes = b""  # the checkpoint with the log's lines and ours
    at: int = 0  # POSIX seconds of the cosignature


NOTHING = TreeHead(0, EMPTY_ROOT)  # what a witness knows of a log before the first submission


class AddCheckpointRequest(Struct, frozen=True):
    """A request whose checkpoint is signed by a known log."""

    log: KnownLog
    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    lines: tuple[SignatureLine, ...]  # the log's own lines, verified; all others are dropped


class Conflict(Exception):
    """The old size is not the one that was cosigned last."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the latest cosigned size is {size}")
        self.size = size


class OwnSignatureWrong(Exception):
    """Our own key gave a signature that does not hold: a broken device. Nothing may leave this witness."""


class Cosigner(Struct, frozen=True):
    """The witness's name and its keys: one Ed25519 (type 04), one ML-DSA-44 (type 06), or both."""

    name: str
    keys: tuple[SigningKey, ...]

    @property
    def vkeys(self) -> tuple[str, ...]:
        """What a policy names this witness by, in the order of the keys."""
        return tuple(str(vkey_of(self.name, COSIGNATURE_V1 if key.suite == "ed25519" else SUBTREE_V1, key)) for key in self.keys)


def make_cosigner(name: str, *keys: SigningKey) -> Cosigner:
    """A cosigner; refuses WITNESS_KEYS (no key, another suite, two of one suite) and VKEY_FORM (a name that cannot be one)."""
    suites = [key.suite for key in keys]
    if not suites or len(set(suites)) != len(suites) or not set(suites) <= {"ed25519", "ml-dsa-44"} or len(name.encode()) > 255:
        found = f"{name[:40]}: {', '.join(suites) or 'no key'}"
        raise refuse(
            "WITNESS_KEYS",
            found=found,
            expected=Phrase(
                "ed25519、ml-dsa-44 密钥各至多一个，名称至多 255 字节",
                "at most one key of ed25519 and one of ml-dsa-44, a name of at most 255 bytes",
            ),
        )
    cosigner = Cosigner(name, tuple(sorted(keys, key=lambda key: key.suite != "ed25519")))
    assert cosigner.vkeys
    return cosigner


def read_submission(raw: bytes, logs: Mapping[str, KnownLog]) -> AddCheckpointRequest:
    """A request of a known log; WITNESS_REQUEST, NOTE_FORM, CHECKPOINT_FORM (400), WITNESS_LOG_UNKNOWN (404), NOTE_SIGNATURE (403)."""
    request = parse_request(raw)
    if len(request.note) > notes.MAX_BYTES:
        raise refuse(
            "NOTE_FORM",
            found=Phrase(f"{len(request.note)} 字节", f"{len(request.note)} bytes"),
            expected=Phrase(f"至多 {notes.MAX_BYTES}", f"at most {notes.MAX_BYTES}"),
        )
    origin = request.note.split(b"\n", 1)[0].decode("utf-8", "replace")
    log = logs.get(origin)
    if log is None:
        raise refuse(
            "WITNESS_LOG_UNKNOWN", field="origin", found=ascii(origin), expected=Phrase("本见证认识的账本", "a log that this witness knows")
        )
    checkpoint = parse_checkpoint(parse_note(request.note)[0])
    note = open_note(request.note, [verifier(vkey) for vkey in log.vkeys])
    if checkpoint.origin != origin or checkpoint.text != note.text:
        raise refuse(
            "CHECKPOINT_FORM",
            found=Phrase("重新写出时文本不同", "another text when it is written again"),
            expected=Phrase("只有一种读法", "one reading only"),
        )
    if request.old > checkpoint.size:
        raise refuse(
            "WITNESS_REQUEST",
            field="old",
            found=request.old,
            expected=Phrase(f"至多为检查点的条目数 {checkpoint.size}", f"at most the checkpoint's size {checkpoint.size}"),
        )
    return AddCheckpointRequest(log, request.old, request.proof, checkpoint, note.verified)


def judge(submission: AddCheckpointRequest, latest: TreeHead) -> None:
    """Return if the checkpoint may be cosigned after ``latest``; Conflict (409), or refuses PROOF_WRONG (422)."""
    checkpoint = submission.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise refuse("PROOF_WRONG", field="root", found=checkpoint.root.hex(), expected=EMPTY_ROOT.hex())
    if submission.old != latest.size:
        raise Conflict(latest.size)
    if submission.old:
        verify_consistency(submission.old, checkpoint.size, latest.root, checkpoint.root, submission.proof)
    elif submission.proof:
        raise refuse(
            "PROOF_WRONG", field="length", found=len(submission.proof), expected=Phrase("自 0 条起不需要证明", "no proof from size 0")
        )


def cosign(submission: AddCheckpointRequest, cosigner: Cosigner, at: int) -> tuple[TreeHead, bytes]:
    """The new head and the lines to answer with; OwnSignatureWrong. The caller keeps both back until the head is on disk."""
    checkpoint = Checkpoint(submission.checkpoint.origin, submission.checkpoint.size, submission.checkpoint.root)
    lines = [cosign_checkpoint(checkpoint, cosigner.name, key, at) for key in cosigner.keys]
    try:
        for line, vkey in zip(lines, cosigner.vkeys, strict=True):
            verify_cosignature(checkpoint, line, vkey)
    except Refusal as refusal:
        raise OwnSignatureWrong(str(refusal)) from refusal
    note = notes.join_note(checkpoint.text, (*submission.lines, *lines))
    return TreeHead(checkpoint.size, checkpoint.root, note, at), b"".join(line.to_bytes() for line in lines)


_TEXTS = texts("""
WITNESS_REQUEST | - | sender | C2SP tlog-witness [DESIGN]
见证请求的格式不正确：应为 old 行、至多 63 行一致性证明、空行和检查点，且 old 不大于检查点的条目数。 || 请按 C2SP tlog-witness 的格式重新构造请求。
The add-checkpoint request is malformed: an old line, at most 63 proof lines, an empty line, the checkpoint; old not above its size. || Build the request as C2SP tlog-witness says.
WITNESS_ANSWER | - | operator | C2SP tlog-witness [DESIGN]
见证节点的应答不符合 tlog-witness 协议。 || 请与该见证单位核实其软件；在此之前按该见证缺席处理。
The witness's answer does not follow tlog-witness. || Ask the witness's operator about its software; until then it counts as absent.
WITNESS_LOG_UNKNOWN | - | both_authorities | C2SP tlog-witness; design §5 [DESIGN]
本见证节点不认识该账本。 || 请见证单位把账本公钥写入账本清单后重启见证服务。
This witness does not know the log. || Ask the witness's operator to add the log's key to the list of logs and restart the witness.
WITNESS_LOGS | - | sender | C2SP tlog-policy; design §5 [DESIGN]
账本清单不可用：没有账本，公钥类型不对，或者同一账本有两个地址。 || 使用信任策略文件（log 行），或使用账本公布的 log.vkey 原文。
The list of logs is not usable: no log in it, a key of a wrong type, or two addresses of one log. || Use a policy file with log lines, or the log's own log.vkey as it is.
WITNESS_KEYS | - | sender | C2SP tlog-cosignature [DESIGN]
见证密钥不符合要求：Ed25519 与 ML-DSA-44 各至多一把，至少一把，名称不超过 255 字节。 || 用 liandan witness init 生成见证密钥。
The witness's keys are not usable: one of Ed25519, one of ML-DSA-44 or both, and a name of at most 255 bytes. || Make the keys with liandan witness init.
WITNESS_PIN | - | both_authorities | design §5 [DESIGN]
该地址公布的账本公钥与首次使用时记下的不同，或者未允许首次信任。 || 请通过其他渠道（联合文件、另一主管部门）核实账本公钥，并写入账本清单。
The log at this address shows other keys than those pinned on first use, or trust on first use is not allowed. || Check the log's keys through another channel and put them into the list of logs.
WITNESS_STORE | - | both_authorities | C2SP tlog-witness; design §5 [DESIGN]
见证节点的记忆文件不可用，或者比镜像中已联署的检查点旧（疑似由备份恢复）。 || 不要用备份恢复记忆文件；请找回原文件，找不回的，停用该见证密钥，换新密钥重新登记。
The witness's store cannot be used, or it is older than the checkpoint cosigned in its mirror: a restored backup? || Never restore this file from a backup; find the original, or retire the witness's keys and register new ones.
MIRROR_BEHIND | - | operator | design §5 [DESIGN]
镜像尚未取得并核对到该检查点为止的全部条目，暂不联署。 || 稍后重试；长时间不消失的，请检查账本地址、访问令牌和网络，落后数量见 status。
The mirror has not fetched and checked every entry up to this checkpoint yet; it is not cosigned for now. || Try again later; if it lasts, check the log's address, the token and the network. The status page shows the lag.
MIRROR_MISMATCH | - | operator | design §5 [DESIGN]
账本提供的条目与其签发的检查点不符，拒绝联署。 || 保存镜像目录、检查点和日志，立即通知另一主管部门：账本数据可能损坏或分叉。
The entries that the log serves do not give the root it signed; it is not cosigned. || Keep the mirror, the checkpoint and the messages, and tell the other authority at once: the log is damaged or has forked.
""")
RULES = table(*_TEXTS)
