"""What is sent of the readers: all that runs, none of what is only read."""

from __future__ import annotations

import pytest

from liandan.verify_page.module import core_module


def test_remarks_and_indentation_stay_here() -> None:
    sent = core_module(["// why\n/** What. */\nfunction one() {\n  // how\n  return 1; // here\n}\n"], ["KINDS"])
    assert "function one() {\nreturn 1; // here\n}\n" in sent
    assert "why" not in sent
    assert "What" not in sent
    assert sent.endswith("export { one, KINDS };\n")


def test_a_text_over_lines_is_not_cut_in_silence() -> None:
    with pytest.raises(ValueError, match="more than one line"):
        core_module(["const one = `\n  // text\n`;\n"], ["KINDS"])
