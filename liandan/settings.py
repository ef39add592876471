"""Settings: one frozen Struct, read once at start from ``LIANDAN_*`` variables or one TOML file, passed on as plain arguments.

A variable is the field's name in capitals after ``LIANDAN_``; in TOML the field's name as it stands. A variable wins over the file. A name
that does not exist is an error, so that a misspelt limit is not silently the default. Secrets are paths of files, never values.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, inspect

from ledger.admission.budgets import PostingLimits
from ledger.admission.form_words import said_of
from ledger.registrations.model import RegistrationLimits
from signing.files import read_whole
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse
from signing.uscc import check_uscc

PREFIX = "LIANDAN_"
FILE_MAX = 1024 * 1024
NOT_SETTINGS = (
    "LIANDAN_CONFIG", "LIANDAN_PROFILE", "LIANDAN_CLIENT_URL", "LIANDAN_CLIENT_KEY", "LIANDAN_CLIENT_PASSPHRASE_FILE", "LIANDAN_CLIENT_NOW",
    "LIANDAN_PKCS11_MODULE", "LIANDAN_TEST_DATABASE_URL",
)  # fmt: skip
"""Variables of ours that are no settings: where the TOML file lies, which server commands ask, and the database that the tests use."""

Port = Annotated[int, Meta(ge=1, le=65535)]
Positive = Annotated[int, Meta(ge=1)]


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can choose. The table in docs/operations.md says the same and is checked against it."""

    data_dir: Path
    """Directory of everything this installation keeps. Default: ``$XDG_DATA_HOME/liandan``, else ``~/.local/share/liandan``, for root
    ``/var/lib/liandan``.
    """
    database_url: str | None = None
    """PostgreSQL >= 15, as ``postgresql://user@host/name``. Default: the embedded server in ``data_dir``."""
    postgres_bindir: Path | None = None
    """Directory of the programs for the embedded server. Default: the installed wheel, then ``pg_config``, then ``/usr/lib/postgresql``."""
    pool_min: Positive = 2
    """Connections held open per process."""
    pool_max: Annotated[int, Meta(ge=4)] = 16
    """Most connections per process, at least 4: the projections keep one, the sequencer has one in use; times the processes it must stay below the server's ``max_connections``."""
    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback belongs behind a TLS terminator."""
    port: Port = 8551
    """TCP port to listen on."""
    public_url: str | None = None
    """Address under which clients reach this server, e.g. ``https://ledger.example.cn``: login challenges must name it. Default:
    ``http://<host>:<port>``.
    """
    trusted_proxies: str | None = None
    """Networks of the proxies in front of this server, ``10.0.0.0/28 ::1``: what they say of the client's address is believed, for budgets
    and log lines. Unset: whoever connects is the client.
    """
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    """Which header the trusted proxies write (RFC 7239, or the older one). The other one is not read."""
    language: Literal["zh-CN", "en"] = "zh-CN"
    """Language of answers and pages when the client names none."""
    log_dir: Path | None = None
    """Public files of the log (checkpoints, hash tiles, adopted data), servable by any web server. Default: ``data_dir``/log."""
    entries_dir: Path | None = None
    """Files that only some may read: bundles of entries, what is staged, evidence of freezes. Never inside ``log_dir``, never served.
    Default: ``data_dir``/entries.
    """
    checkpoint_store: Path | None = None
    """SQLite file that remembers what was published. Must lie outside the database's backups. Default: ``data_dir``/checkpoints.sqlite3."""
    vault_path: Path | None = None
    """SQLite file with the keys of personal data. Must lie outside the database and its backups, best on an encrypted volume. Default:
    ``data_dir``/vault.sqlite3.
    """
    key_file: Path | None = None
    """Encrypted PEM file with the log's and the operator's private keys. Default: ``data_dir``/keys.pem. Read only by the publisher."""
    passphrase_file: Path | None = None
    """File with the passphrase of ``key_file``, mode 0600. Default: ``data_dir``/passphrase."""
    batch_max: Annotated[int, Meta(ge=1, le=256)] = 256
    """Most statements in one sequencer transaction. The contract of the log allows no more than 256."""
    queue_max: Positive = 4096
    """Most statements waiting for the sequencer; beyond it answers are 503 with Retry-After."""
    publish_interval_ms: Annotated[int, Meta(ge=50, le=60_000)] = 50
    """Shortest time between two publications, milliseconds."""
    witnesses: str | None = None
    """Submission addresses of witnesses by their name in the policy of the log, ``sichuan=https://... chongqing=https://...``."""
    witness_timeout_ms: Annotated[int, Meta(ge=50, le=30_000)] = 1_000
    """Time in which a witness must answer, milliseconds."""
    witness_fallback_s: Annotated[int, Meta(ge=-1, le=86_400)] = 60
    """Seconds without the quorum after which one witness is enough, flagged DEGRADED; -1 waits for the quorum however long it takes."""
    publisher: Literal["process", "task"] = "process"
    """Where the log is published: in a process of its own, which the server starts and ends, or in a task of the server."""
    signer_socket: Path | None = None
    """Unix socket of ``liandan signer``. With it this process needs no log key, only the operator's. Default: the keys in ``key_file``."""
    republish_s: Annotated[int, Meta(ge=10, le=600)] = 600
    """Longest time between two cosigned checkpoints while nothing is admitted, seconds."""
    statement_bytes_max: Annotated[int, Meta(ge=32_768)] = 65_536
    """Largest request body with one envelope, bytes. A body of 24 KiB needs 32 KiB in base64, and signatures come on top."""
    batch_bytes_max: Annotated[int, Meta(ge=65_536)] = 67_108_864
    """Largest NDJSON request body, bytes; it is held until its lines are counted, the answer is streamed."""
    batch_lines_max: Annotated[int, Meta(ge=1, le=10_000)] = 10_000
    """Most envelopes in one NDJSON request."""
    failures_per_minute: Positive = 60
    """Failed posts without a bearer token, and wrong tokens, per address (of IPv6: /64) and minute; beyond it answers are 429 with Retry-After."""
    log_json: bool = False
    """Log lines as JSON, one event a line."""
    requests_per_minute: Positive = 6_000
    """Requests per address and minute without a bearer token, but for new statements whose signatures hold; beyond it answers are 429 with
    Retry-After.
    """

    party_statements_per_minute: Positive = 1_200
    """New statements of one party a minute, whatever keys and addresses they come from; beyond it answers are 429 with Retry-After.
    Authorities and the operator have no such budget.
    """
    key_statements_per_minute: Positive = 600
    """The same of one key: a stolen or runaway device does not use up what its party has."""
    party_limits: str | None = None
    """Other limits a minute, for parties and their keys alike, ``91510100MA62M13800=20000``: for a bulk load, for instance."""
    party_pages_per_minute: Positive = 2_400
    """What one party may ask of the desk in a minute of what costs much, in points (``liandan.desk.shell.dear``): a search is one, a paper four, a
    spreadsheet ten, a dossier twenty; beyond it answers are 429 with Retry-After. Programs that show their token in a header have no such budget.
    """
    key_pages_per_minute: Positive = 600
    """The same of one key, that is of one device."""
    party_chain_max: Annotated[int, Meta(ge=100)] = 1_000
    """Acts about one party itself (keys, names, sites, grants): evidence of its manifests holds all of them, and must fit into a paper.
    Revoking a key is always possible.
    """

    registrations_max: Positive = 2_000
    """Most applications of firms to be registered that wait at once; beyond it answers are 503 with Retry-After."""
    registrations_per_day: Positive = 20
    """Applications that one address (of IPv6: /64) may bring in a day; beyond it answers are 429."""

    webhooks: Literal["process", "task", "off"] = "process"
    """Where notices to webhooks are sent from: a process of its own, which the server starts with the first webhook and ends, a task of the
    server, or nowhere: then other servers of the installation send them.
    """
    close_months: Literal["worker", "off"] = "worker"
    """Who closes months: the worker that sends notices, on a machine that holds the operator's key and of a log with a real clock, or nobody of
    this server: then ``liandan month run`` from cron or a timer.
    """
    webhook_networks: str | None = None
    """Networks beside the public Internet that webhooks may lead to, there also by plain http, and with ``!`` public ones that they may not:
    ``10.20.0.0/16 !203.0.113.0/24``.
    """
    webhook_timeout_ms: Annotated[int, Meta(ge=100, le=60_000)] = 10_000
    """Time in which a receiver must begin its answer, milliseconds."""
    webhook_retry_ms: Annotated[int, Meta(ge=10, le=600_000)] = 5_000
    """Time before a notice is sent a second time, milliseconds; doubled with each attempt, up to an hour."""
    webhook_give_up_h: Annotated[int, Meta(ge=1, le=720)] = 72
    """Hours without a single success after which a webhook is disabled."""
    webhook_ca_file: Path | None = None
    """PEM file with certification authorities that are trusted for receivers beside the usual ones."""
    webhook_key_file: Path | None = None
    """Encrypted PEM file with the keys that notices are signed with, made with the first webhook. Default: ``data_dir``/webhook-keys.pem."""

    smtp_host: str | None = None
    """Mail server that reminders are sent through. Default: no mail is sent."""
    smtp_port: Port = 587
    """Its port: 587 with ``starttls``, 465 with ``tls``."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured; the certificate is always verified. ``none`` takes no password beyond this machine."""
    smtp_user: str | None = None
    """Account at the mail server, with ``smtp_password_file``."""
    smtp_password_file: Path | None = None
    """File with its password, mode 0600."""
    smtp_from: str | None = None
    """Address that mails come from; what cannot be delivered comes back there. Wanted with ``smtp_host``."""
    smtp_ca_file: Path | None = None
    """PEM file with certification authorities that are trusted for the mail server beside the usual ones."""
    smtp_timeout_ms: Annotated[int, Meta(ge=100, le=300_000)] = 30_000
    """Time for a connection, and for each mail, milliseconds."""
    smtp_per_minute: Annotated[int, Meta(ge=1, le=6_000)] = 60
    """Most mails a minute."""
    reminder_hour: Annotated[int, Meta(ge=0, le=23)] = 8
    """Hour of the day (Asia/Shanghai) from which on the daily reminders are made."""

    evidence_dir: Path | None = None
    """Directory of attachments (附件库), by their hash; with a bucket only of what is arriving. Best on a volume of its own, with a quota.
    Default: ``data_dir``/evidence.
    """
    evidence_bucket: str | None = None
    """Keep attachments in this bucket instead, ``name`` or ``name/prefix``, of AWS S3 or what speaks as it does."""
    evidence_bucket_endpoint: str | None = None
    """Address of the bucket's service, ``https://minio.example.cn:9000``. Default: that of AWS in the region."""
    evidence_bucket_region: str = "us-east-1"
    """Region of the bucket; services of other makers mostly take the default."""
    evidence_bucket_key_file: Path | None = None
    """File with the keys of the bucket, as ``~/.aws/credentials`` has them under ``[default]``, mode 0600. Default: the variables ``AWS_*``, or
    the role of the machine.
    """
    evidence_unnamed_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """Days that an attachment is kept which no entry names. What an entry names is kept for ever."""
    evidence_party_mb: Annotated[int, Meta(ge=50, le=1_000_000)] = 2_000
    """Most megabytes (10^6 bytes) of attachments of one party that no entry names yet."""

    demo_sign_ins: Path | None = None
    """File with keys of fictitious parties that ``/enter`` offers to browsers on this machine; ``liandan demo --serve`` writes it. It counts on a
    simulated log alone.
    """

    @property
    def evidence_path(self) -> Path:
        """``evidence_dir`` or its default."""
        return self.evidence_dir or self.data_dir / "evidence"

    @property
    def webhook_key_path(self) -> Path:
        """``webhook_key_file`` or its default."""
        return self.webhook_key_file or self.data_dir / "webhook-keys.pem"

    @property
    def witness_addresses(self) -> dict[str, str]:
        """``witnesses`` by name; Refusal SETTING for an item without ``=``."""
        found: dict[str, str] = {}
        for item in (self.witnesses or "").replace(",", " ").split():
            name, equals, address = item.partition("=")
            if not equals or not address.startswith(("http://", "https://")):
                raise refuse("SETTING", field="witnesses", found=item, expected="name=https://…")
            found[name] = address
        return found

    @property
    def posting_limits(self) -> PostingLimits:
        """What a party may post; Refusal SETTING for an item of ``party_limits`` that is no code and number."""
        raised: dict[str, int] = {}
        for item in (self.party_limits or "").replace(",", " ").split():
            uscc, _, limit = item.partition("=")
            if not check_uscc(uscc) or not limit.isdecimal() or int(limit) < 1:
                raise refuse("SETTING", field="party_limits", found=item, expected=Phrase("统一社会信用代码=20000", "<code>=20000"))
            raised[uscc] = int(limit)
        per_party, per_key = self.party_statements_per_minute, self.key_statements_per_minute
        return PostingLimits(party=per_party, key=per_key, raised=raised, chain=self.party_chain_max)

    @property
    def registration_limits(self) -> RegistrationLimits:
        """How many applications may wait, and come from one address."""
        return RegistrationLimits(waiting=self.registrations_max, address_day=self.registrations_per_day)

    @property
    def log_path(self) -> Path:
        """``log_dir`` or its default."""
        return self.log_dir or self.data_dir / "log"

    @property
    def entries_path(self) -> Path:
        """``entries_dir`` or its default."""
        return self.entries_dir or self.data_dir / "entries"

    @property
    def closed_paths(self) -> dict[str, Path]:
        """What nobody else may read, by its setting."""
        return {
            "data_dir": self.data_dir, "entries_dir": self.entries_path, "checkpoint_store": self.checkpoint_path, "vault_path": self.vault_file,
            "key_file": self.key_path, "passphrase_file": self.passphrase_path, "webhook_key_file": self.webhook_key_path,
            "evidence_dir": self.evidence_path, **({"smtp_password_file": self.smtp_password_file} if self.smtp_password_file else {}),
            **({"evidence_bucket_key_file": self.evidence_bucket_key_file} if self.evidence_bucket_key_file else {}),
        }  # fmt: skip

    @property
    def checkpoint_path(self) -> Path:
        """``checkpoint_store`` or its default."""
        return self.checkpoint_store or self.data_dir / "checkpoints.sqlite3"

    @property
    def vault_file(self) -> Path:
        """``vault_path`` or its default."""
        return self.vault_path or self.data_dir / "vault.sqlite3"

    @property
    def key_path(self) -> Path:
        """``key_file`` or its default."""
        return self.key_file or self.data_dir / "keys.pem"

    @property
    def passphrase_path(self) -> Path:
        """``passphrase_file`` or its default."""
        return self.passphrase_file or self.data_dir / "passphrase"


def load(env: Mapping[str, str], toml: Path | None = None) -> Settings:
    """Settings from an environment and at most one TOML file; raises Refusal (SETTING_FILE, SETTING_UNKNOWN, SETTING_VALUE). Without
    ``toml``, the file that ``LIANDAN_CONFIG`` names is read. All unknown names are reported at once.
    """
    named = toml or (Path(env["LIANDAN_CONFIG"]) if env.get("LIANDAN_CONFIG") else None)
    given: dict[str, Any] = {} if named is None else _read(named)  # TOML values, typed by the conversion below
    origin = dict.fromkeys(given, str(named))
    for name, value in env.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS and value != "":
            field = name.removeprefix(PREFIX).lower()
            given[field], origin[field] = value, name
    if unknown := sorted(given.keys() - set(Settings.__struct_fields__)):
        # What the operator may have meant; every name if none is close.
        names = Settings.__struct_fields__
        meant = {field: ", ".join(difflib.get_close_matches(field, names) or names) for field in unknown}
        raise Refusal(Reason("SETTING_UNKNOWN", origin[field], field, like) for field, like in meant.items())
    given.setdefault("data_dir", default_data_dir(env))
    return _convert(given, origin)


def default_data_dir(env: Mapping[str, str]) -> str:
    """Where an installation lives by default. Root's home is closed to the database's account, so root's data lies in /var/lib."""
    if env.get("XDG_DATA_HOME"):
        return str(Path(env["XDG_DATA_HOME"]) / "liandan")
    if os.geteuid() == 0:
        return "/var/lib/liandan"
    return str(Path(env.get("HOME") or "~") / ".local/share/liandan")  # ``~``: where the account has its home; see _path


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_whole(path, FILE_MAX).decode())
    except (OSError, ValueError) as error:  # not there, not UTF-8, not TOML
        raise refuse("SETTING_FILE", field=str(path), found=error, expected="TOML") from error


def _convert(given: Mapping[str, Any], origin: Mapping[str, str]) -> Settings:
    """Convert field by field, so that every wrong value is reported, under the name the operator wrote."""
    hints = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for name, value in given.items():
        if isinstance(value, str) and hints[name] not in _PATHS and not value.isprintable():
            reasons.append(
                Reason(
                    "SETTING_VALUE",
                    origin.get(name, name),
                    ascii(value)[:120],
                    Phrase("不含控制字符的 UTF-8 文本", "text without control characters, UTF-8"),
                )
            )
            continue
        if isinstance(value, str) and not _WHOLE.fullmatch(value) and isinstance(inspect.type_info(hints[name]), inspect.IntType):
            reasons.append(
                Reason("SETTING_VALUE", origin.get(name, name), value[:120], Phrase("阿拉伯数字", "digits"))
            )  # 8e3 would be read as 8000
            continue
        try:
            values[name] = msgspec.convert(value, hints[name], strict=False, dec_hook=_path)
        except msgspec.ValidationError:
            # The value of an address may hold a password, so only the value of other fields is shown.
            shown = "***" if name == "database_url" else str(value)[:120]
            reasons.append(Reason("SETTING_VALUE", origin.get(name, name), shown, said_of(msgspec.inspect.type_info(hints[name]), {})))
    if not reasons and values.get("pool_min", 2) > values.get("pool_max", 16):
        reasons.append(Reason("SETTING_VALUE", origin.get("pool_min", "pool_min"), str(values.get("pool_min", 2)), "pool_min <= pool_max"))
    if reasons:
        raise Refusal(reasons)
    found = Settings(**values)
    if inside := [name for name, path in found.closed_paths.items() if path.is_relative_to(found.log_path)]:
        expected = f"outside log_dir, which anybody may read: {found.log_path}"
        raise Refusal(Reason("SETTING_VALUE", origin.get(name, name), str(found.closed_paths[name]), expected) for name in inside)
    return found


_WHOLE = re.compile("-?[0-9]+")
_PATHS = (Path, Path | None)
"""May have any bytes, as names of files do."""


def _path(wanted: type, value: object) -> Path:
    """msgspec knows no paths; ``~`` is the operator's home, and a relative path counts from the working directory at start."""
    if wanted is Path and isinstance(value, str) and value:
        try:
            return Path(value).expanduser().absolute()
        except (RuntimeError, OSError) as error:  # nobody's home; no working directory any more
            raise ValueError(f"{error}") from None
    raise ValueError(f"Expected a path, got {value!r}")
