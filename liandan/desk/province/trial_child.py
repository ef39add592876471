"""The process in which a server tries a draft of a list on its own log: ``python -m liandan.desk.province.trial_child LOG ENTRIES LANG NAME LIST YEAR``,
the draft on stdin, what came of it as MessagePack on stdout. Bounded in memory and processor time; it opens no connection and signs nothing.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import cast

import msgspec

from ledger.problem import Language, problem_errors
from ledger.publishing.files import LogFiles
from liandan.desk.province.trial import CPU_S, DRAFT_MAX, FORMS, TrialTold
from liandan.draft_files import DraftFile, UnreadDraft, difference_of, list_name, tried
from liandan.intake.answers import told_findings, told_repairs
from liandan.wiring import RULES
from reports.paper.tongue import speaking
from reports.whatif.result import result_of
from reports.whatif.text import sentences
from reports.whatif.writing import FORMS as WRITERS
from reports.whatif.writing import stem
from signing.refusal import Refusal

MEMORY_MAX = 2_048 * 1024 * 1024


def main(log: str, entries: str, lang: str, name: str, stands_for: str, year: str) -> None:
    """Try, and write what was found."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = sys.stdin.buffer.read(DRAFT_MAX + 1)
    language = cast("Language", lang)
    sys.stdout.buffer.write(msgspec.msgpack.encode(told(LogFiles(Path(log), Path(entries)), language, (name, raw, stands_for), year)))


def told(files: LogFiles, language: Language, draft: tuple[str, bytes, str], year: str) -> TrialTold:
    """What comes of a draft: findings, a refusal, or the result in words and as files."""
    name, raw, stands_for = draft
    try:
        asked = DraftFile(name, raw, list_name(stands_for) if stands_for else None)
        trial = tried(files.read, asked, int(year) if year else None, lambda *_: None)
        result = result_of(trial, difference_of(trial))
    except UnreadDraft as unread:
        return TrialTold(findings=told_findings(unread.findings, language))
    except Refusal as refusal:
        return TrialTold(errors=problem_errors(refusal.reasons, RULES, language))
    with speaking(language):
        made = {suffix: WRITERS[suffix](result) for suffix in FORMS}
        said = tuple(sentences(result))
    repairs = () if asked.taken is None else told_repairs(asked.taken.repairs, language)
    return TrialTold(
        sentences=said, repairs=repairs, files=made, stem=stem(result), list=result.list, year=result.year, size=result.size, at=result.at,
        difference=result.difference[0 if language == "zh" else 1],
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:7])
