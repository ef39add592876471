"""``ruleset.adopt/1`` and ``data.adopt/1``: which rules and which data are in force (formats §5).

A log that adopts what it does not hold could never be audited, nor decide anything.
"""

from collections.abc import Callable

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.directory import DataPin, log_state
from ledger.kinds.founding import Adopted, LogFound, judge_file
from ledger.kinds.roles import act_of_everyone
from ledger.model import Admission, Facts, Findings, Statement
from signing.refusal import Reason, texts

TEXTS = texts("""
RULESET_UNKNOWN | - | operator | formats §5 [DESIGN]
规则集版本不受支持。 || 采用本版本支持的规则集。
The ruleset version is not supported. || Adopt a ruleset that this version supports.

DATA_MISSING | - | operator | formats §5 [DESIGN]
所采用的数据文件不在账本的 data/ 目录中。 || 运营单位先把文件放入 data/，再采用。
An adopted file is not in the log's data/ directory. || The operator puts the file into data/ first.

DATA_NOT_ADOPTED | R-75 | operator | formats §5 [DESIGN]
账本尚未采用判定所需的基础数据。 || 由运营单位和各主管部门共同采用该数据（data.adopt）。
The log has not adopted the data that this rule reads. || The operator and all authorities adopt it (data.adopt).

DATA_NOT_ADOPTED:NONE
账本还没有采用判定所需的基础数据 {name}，填写的内容没有错。 || 请联系本账本的运营单位：由运营单位和各主管部门共同采用 {name}（data.adopt）后，原样重新提交。
The log has not adopted the data set {name} that this is judged by; nothing is wrong with what you sent. || Ask the operator of this log: once it and all authorities have adopted {name} (data.adopt), send this again unchanged.
""")


def missing_files(statement: Statement, has: Callable[[str], bool]) -> list[Reason]:
    """DATA_MISSING for each adopted file that ``has(path)`` does not find under ``data/``."""
    if not statement.chain.startswith("log/"):
        return []
    body = statement.body
    adopted: dict[str, Adopted] = {"body": body} if isinstance(body, Adopted) else {}
    if isinstance(body, LogFound):
        adopted = {"body.ruleset": body.ruleset} | {f"body.data.{position}": item for position, item in enumerate(body.data)}
    return [
        Reason("DATA_MISSING", f"{field}.sha256", item.sha256[:64], f"data/<sha256> for {item.name} {item.version}"[:200])
        for field, item in adopted.items()
        if not has(f"data/{item.sha256}")
    ]


def file_can_be_read(judged: Judged, out: Findings) -> None:
    """DATA_FORM (R-75), as at the founding."""
    judge_file(judged, out, "body", judged.statement.body)


def evolve_data(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """In force from the next index; the newest version of a name wins."""
    log, body = log_state(facts), statement.body
    return Changes(state=replace(log, data={**log.data, body.name: DataPin(body.version, body.sha256)}))


RULESET = act_of_everyone(
    name="ruleset.adopt/1",
    zh="采用规则集",
    en="adoption of a ruleset",
    body=Adopted,
    rules=(),
    evolve=lambda statement, admission, facts: Changes(
        state=replace(log_state(facts), ruleset=statement.body.version, ruleset_sha256=statement.body.sha256)
    ),
    # Which rulesets there are, the table of kinds knows; it adds that rule (ledger.admission.kind_table).
    effect=("自下一条目起按该规则集判断。", "Statements are judged by these rules from the next entry on."),
    texts=TEXTS,
)
DATA = act_of_everyone(
    name="data.adopt/1",
    zh="采用数据",
    en="adoption of a data set",
    body=Adopted,
    rules=(file_can_be_read,),
    evolve=evolve_data,
    effect=("自下一条目起按该数据判断。", "Statements are judged by this data from the next entry on."),
)
