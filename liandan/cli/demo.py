"""``liandan demo``."""

from pathlib import Path

import click

from liandan.cli.output import command, emit, json_option


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-out"), show_default=True, help="结果目录 / results"
)
@click.option("--seed", type=int, default=20261001, show_default=True, help="随机种子 / seed")
@click.option("--serve", is_flag=True, help="结束后继续提供服务 / keep serving afterwards")
@json_option
@command
async def demo(out: Path, seed: int, serve: bool, as_json: bool) -> None:
    """在本机演示川渝两地一个月的跨省转移。 / A month of transfers between two provinces, on this machine."""
    from rich.console import Console

    from liandan.demo.run import run
    from liandan.demo.screen import Screen

    # With --json the story is told on stderr, and summary.json once more on stdout at the end (with --serve: after Ctrl-C).
    summary = await run(out, seed, serve, Screen(Console(stderr=True)) if as_json else None)
    if as_json:
        emit(summary, True)
