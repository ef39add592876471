"""Questions at the terminal: Ctrl-C ends them at once, one answer misread costs no form, and a group alone shows its page."""

import asyncio
import os
import signal

import click
import pytest
from click.testing import CliRunner

from liandan.cli import main, prompting
from liandan.cli.office.aloud import check_aloud


def test_ctrl_c_ends_a_question_of_an_act_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under ``asyncio.run`` the first one would only cancel a task that waits for nothing, and the next line typed would be taken."""
    answers = []

    def pressed(_: str) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "y"

    monkeypatch.setattr(click.termui, "visible_prompt_func", pressed)

    async def act() -> None:
        answers.append(prompting.confirm("签署？"))

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(click.Abort):
        asyncio.run(act())
    assert not answers
    assert signal.getsignal(signal.SIGINT) is before


def test_that_nobody_witnesses_is_asked_until_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(("no", "y", "quorum none"))
    monkeypatch.setattr(prompting, "prompt", lambda *_, **__: next(typed))
    check_aloud(["quorum none"], None, asks=True)
    assert next(typed, None) is None
    assert capsys.readouterr().err.count("没有写明") == 2
    with pytest.raises(click.UsageError, match="没有见证须明说"):
        check_aloud(["quorum none"], "no", asks=False)


@pytest.mark.parametrize("group", ["list", "key"])
def test_a_group_alone_shows_its_page_line_by_line(group: str) -> None:
    result = CliRunner().invoke(main, [group], prog_name="liandan")
    assert result.exit_code == 2
    assert "\\u000a" not in result.output
    assert f"Usage: liandan {group}" in result.output.splitlines()[0]
