"""``liandan signer``: a process of its own that holds the log key and signs what the checkpoint store promises."""

import signal
import threading
from pathlib import Path

import click
import structlog

from liandan.cli.output import command, console
from liandan.cli.serve import own_settings
from liandan.process import set_up_logging


@click.command()
@click.argument("socket_path", type=click.Path(path_type=Path))
@click.option("--log-json", "--json", "log_json", is_flag=True, help="日志为 JSON / log lines as JSON")
@command
def signer(socket_path: Path, log_json: bool) -> int:
    """在 SOCKET_PATH 上等候签名请求；服务端设 LIANDAN_SIGNER_SOCKET 指向它，其密钥文件中可不含账本密钥。

    Answer at SOCKET_PATH until stopped. It reads key_file and checkpoint_store of the settings, and signs nothing but the promise there.
    """
    from ledger.publishing.checkpoint_store import CheckpointStore
    from ledger.publishing.signer import LocalSigner, serve_signer
    from liandan.keyring import read_keyring
    from signing.refusal import refuse

    set_up_logging(log_json)
    settings = own_settings()
    keys = read_keyring(settings)
    if keys.log is None:
        raise refuse("KEYRING", field="key_file", found="no log key", expected="the log key")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    store = CheckpointStore(settings.checkpoint_path)
    if log_json:
        structlog.get_logger("liandan.signer").info("signing", origin=keys.origin, socket=str(socket_path))
    else:
        console.print(f"签名进程已就绪 / signer ready: {socket_path}", markup=False)
    serve_signer(socket_path, store, keys.origin, LocalSigner(keys.origin, keys.log, keys.log_ml_dsa), stopped.is_set)
    return 0
