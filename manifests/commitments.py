"""Personal data stands in an act only as commitments: the form of their names and values (formats §7). No rule reads what is committed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.findings import Findings
from signing.commitment import is_commitment_field
from signing.refusal import texts

COMMITMENTS_MAX = 32
"""Names, phones and positions of the people of one act."""
FIELD_MAX = 64
_VALUE = re.compile(r"[0-9a-f]{64}")


def commitments_have_form(commit: Mapping[str, str], out: Findings) -> None:
    """Field names are dotted lower-case paths, values 64 hex digits."""
    if len(commit) > COMMITMENTS_MAX:
        out.refuse("COMMIT_FORM", "body.commit", len(commit), f"≤ {COMMITMENTS_MAX}")
        return
    for name, value in commit.items():
        if len(name) > FIELD_MAX or not is_commitment_field(name):
            out.refuse("COMMIT_FIELD", "body.commit", name, "driver.name")
        elif not _VALUE.fullmatch(value):
            out.refuse("COMMIT_FORM", f"body.commit.{name}", value, "SHA-256, 64 hex digits")


TEXTS = texts("""
COMMIT_FORM | - | sender | formats §7 [DESIGN]
个人信息承诺值的格式不对。 || 承诺值应为 64 位小写十六进制，数量不超过上限；姓名、电话等不得以明文填写。
A commitment to personal data is malformed. || A commitment is 64 lower-case hex digits, within the limit of fields; names and phones never stand in clear.
""")
