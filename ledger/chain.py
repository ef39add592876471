"""Chains: their names, their first ``prev``, and the hash that links them (formats §2, §3).

Everything here can be done without the server.
"""

import re
from functools import lru_cache
from hashlib import sha256

from signing.phrase import Phrase
from signing.refusal import refuse

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
