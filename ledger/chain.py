"""Chains: their names, their first ``prev``, and the hash that links them (formats §2, §3).

Everything here can be done without the server.
"""

import re
from functools import lru_cache
from hashlib import sha256

from signing.phrase import Phrase
from signing.refusal import refuse, texts

CHAIN_PATTERN = re.compile(r"[a-z]+(?:/[0-9A-Za-z._-]{1,64}){1,3}")
CHAIN_WORDS = Phrase("以“/”分段的链名，如 manifest/<移出人代码>/<存证标识>", "a name in parts, e.g. manifest/<generator>/<ULID>")
KEPT_MAX = 256  # Characters of a name whose verdict is kept: no chain of ours has so many, and a stranger's fill no memory.
ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
USCC = r"[0-9A-HJ-NPQRTUWXY]{18}"  # Shape only; the check character is judged by signing.uscc.
ORIGIN_PATTERN = re.compile(r"[0-9A-Za-z._/-]{1,255}")


def check_chain_name(chain: object) -> str:
    """The name if it is well-formed; Refusal CHAIN_FORM otherwise."""
    if not isinstance(chain, str) or not is_chain_name(chain):
        raise refuse("CHAIN_FORM", field="chain", found=chain, expected=CHAIN_WORDS)
    return chain


def is_chain_name(chain: str) -> bool:
    """Whether a name is well-formed."""
    return _is_chain_name(chain) if len(chain) <= KEPT_MAX else _is_chain_name.__wrapped__(chain)


@lru_cache(maxsize=8192)
def _is_chain_name(chain: str) -> bool:
    return CHAIN_PATTERN.fullmatch(chain) is not None and not any(segment in (".", "..") for segment in chain.split("/"))


def statement_hash(pae: bytes) -> str:
    """Statement hash, 64 hex digits: the act without its signatures."""
    return sha256(b"liandan/statement/v1\n" + pae).hexdigest()


def genesis_prev(found: str, chain: str) -> str:
    """``prev`` of seq 0 of a chain in the log founded by the statement with hash ``found`` (hex)."""
    return sha256(f"liandan/chain/v1\n{found}\n{chain}".encode()).hexdigest()


def founding_prev(origin: str) -> str:
    """``prev`` of ``log.found`` itself."""
    return sha256(f"liandan/found/v1\n{origin}".encode()).hexdigest()


TEXTS = texts("""
PREDECESSOR_MISSING | - | sender | formats §2 [DESIGN]
前一条声明尚未入账。 || 先提交缺少的声明，再重发本条。
The statement before this one is not in the log. || Submit the missing statement first, then resend this one.

PREDECESSOR_MISSING:GAP
本条是 {chain} 的第 {seq} 号，账本中这条链的下一个应是第 {next} 号。 || 先提交第 {next} 号（及其后缺少的）声明，再原样重发本条。
This is number {seq} of {chain}; the log waits for number {next}. || Submit number {next} and what follows it first, then send this again unchanged.

PREDECESSOR_MISSING:LINE
本条接在同一次提交第 {line} 行（从 0 数）之后，而那一行被退回（{codes}）。 || 先处理第 {line} 行：改正后它和其后的声明都要重新签名；已经发生、不能再入账的，按该行答复中备好的声明提出。
This builds on line {line} (counted from 0) of the same request, which was refused ({codes}). || Deal with line {line} first: once it is corrected, it and what follows it are signed anew; where it has happened and cannot be entered any more, bring what its answer prepares (remedy).

CHAIN_CONFLICT | - | sender | formats §2 [DESIGN]
该序号已被另一条声明占用。 || 读取链头，重新编号、签名后提交。
This seq is taken by another statement. || Read the head of the chain, renumber, sign again.

CHAIN_CONFLICT:TAKEN
{chain} 的第 {seq} 号已被另一条声明占用（别的设备或者另一方先提交了）。 || 先读取这条链，看那一条是否就是要办的事：是的，不必再交；不是的，改 seq 为 {next}、prev 为 {prev}，重新签名提交。
Number {seq} of {chain} is taken by another statement: another device or party was first. || Look whether that one says what you wanted; if not, use seq {next} and prev {prev}, sign again and send.

CHAIN_CONFLICT:LINE
本条接在同一次提交第 {line} 行（从 0 数）之后，而那一行被退回（{codes}），序号已由别的声明占用。 || 先处理第 {line} 行；本条所记确已发生、链上没有的，读取链头后重新编号签名，或者按答复中备好的声明提出。
This builds on line {line} (counted from 0) of the same request, which was refused ({codes}); its number is taken by another statement. || Deal with line {line} first; where this has happened and the chain does not say so, number and sign it anew, or bring what the answer prepares (remedy).

PREV_MISMATCH | - | sender | formats §2 [DESIGN]
prev 与链头不符。 || 读取链头，改正 prev 并重新签名。
prev does not match the head of the chain. || Read the head, correct prev, sign again.

PREV_MISMATCH:OTHER
prev 与 {chain} 的上一条声明不符，应为 {prev}。 || 读取这条链的最新状态，核对无误后把 prev 改为 {prev}，重新签名提交。
prev is not the statement before this one on {chain}, which is {prev}. || Read the chain again, and if this still holds, put {prev} into prev, sign again and send.

PREV_MISMATCH:LINE
本条接在同一次提交第 {line} 行（从 0 数）之后，而那一行被退回（{codes}）。 || 先处理第 {line} 行；本条所记确已发生的，读取链头后重新编号签名，或者按答复中备好的声明提出。
This builds on line {line} (counted from 0) of the same request, which was refused ({codes}). || Deal with line {line} first; where this has happened, number and sign it anew, or bring what the answer prepares (remedy).
""")
"""What does not follow the head of its chain; LINE, where that is because it builds on a refused line of the same request."""
