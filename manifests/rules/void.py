"""R-59: a manifest is voided before departure only, with a reason, by its generator."""

from __future__ import annotations

from ledger.findings import Findings
from manifests.acts import Void
from manifests.rules.judged import Judged, judge_text


def void_has_reason(judged: Judged, out: Findings) -> None:
    """作废理由说明 is not blank."""
    body: Void = judged.statement.body
    judge_text(out, "body.reason", body.reason)
