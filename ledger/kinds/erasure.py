"""``pd.erase/1`` on ``log/erasures``: the operator records that the value behind a commitment is gone (formats §3, §7).

The commitment stays in its entry and every proof holds; what is destroyed is the key of the ciphertext (ledger.vault).
"""

from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Reads
from ledger.fields import CommitField, Hash, label
from ledger.kinds.roles import act_of_operator, one_more
from ledger.model import Admission, Facts, Findings, Statement
from signing.phrase import Phrase

LOG_ERASURES = "log/erasures"


class PdErase(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``pd.erase/1``: which commitment can no longer be opened."""

    statement: Annotated[Hash, label("声明哈希", "statement hash")]
    field: Annotated[CommitField, label("字段", "key of its body.commit")]


class Erasure(Struct, frozen=True, gc=False):
    """Register ``erasure:<statement> <field>``: the entry that recorded it."""

    idx: int


def erasure_key(statement: str, field: str) -> str:
    """Name of the register of one commitment."""
    return f"erasure:{statement} {field}"


def erases_once(judged: Judged, out: Findings) -> None:
    """Once. That such a commitment exists is the operator's word: a hash names no place in the log."""
    body: PdErase = judged.statement.body
    earlier: Erasure | None = judged.facts.get(erasure_key(body.statement, body.field))
    if earlier is not None:
        out.refuse("ERASED_ALREADY", "body.field", Phrase(f"第 {earlier.idx} 条", f"entry {earlier.idx}"), Phrase("只一次", "once"))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PdErase = statement.body
    return Changes(state=one_more(statement, facts), registers={erasure_key(body.statement, body.field): Erasure(admission.index)})


KIND = act_of_operator(
    name="pd.erase/1",
    zh="删除个人信息",
    en="erasure of personal data",
    body=PdErase,
    chain=LOG_ERASURES,
    reads=lambda statement, facts: Reads(registers=(erasure_key(statement.body.statement, statement.body.field),)),
    rules=(erases_once,),
    evolve=_evolve,
    effect=("承诺值背后的内容已销毁，承诺值与证明不变。", "The value behind the commitment is gone; commitment and proofs stay."),
)
