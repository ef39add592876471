"""Files in a bucket that is spoken to as S3 is, of whatever maker. A put is atomic there: an object is seen whole or not at all.

What an interrupted upload of many parts leaves hidden in the bucket, the bucket's own rule for incomplete uploads removes (docs/operations.md).
"""

import configparser
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from msgspec import Struct
from obstore import delete_async, get_async, head_async, put_async
from obstore import list as list_objects
from obstore.exceptions import BaseError
from obstore.store import S3Store

from ledger.evidence.shelf import PIECE, ShelfAway
from signing.envelope import is_digest
from signing.files import read_whole
from signing.phrase import Phrase
from signing.refusal import refuse

PART = 8 * 1024 * 1024
PARTS_AT_ONCE = 2
"""Parts of one file under way: 16 MB of memory for each upload at most."""
PATIENCE = timedelta(seconds=15)
RETRIES = 2
KEY_FILE_MAX = 64 * 1024


class BucketAccess(Struct, frozen=True, kw_only=True):
    """How a bucket is reached. ``endpoint`` is empty for the maker's own; ``key_file`` is in the form of ``~/.aws/credentials``."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key_file: Path | None


class Bucket:
    """The shelf in a bucket."""

    def __init__(self, access: BucketAccess) -> None:
        """Refusal SETTING_VALUE for a key file that is not in its form; nothing is asked of the bucket yet."""
        keys = {} if access.key_file is None else read_keys(access.key_file)
        self._store = S3Store(
            access.bucket,
            prefix=access.prefix or None,
            region=access.region,
            config=cast("Any", {"endpoint": access.endpoint, **keys} if access.endpoint else keys),  # its type is for checkers alone
            client_options={
                "allow_http": access.endpoint.startswith("http://"),
                "timeout": timedelta(minutes=10),
                "connect_timeout": PATIENCE,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
        )

    async def put(self, digest: str, fresh: Path) -> None:
        """Send a file, in parts where it is large."""
        try:
            await put_async(self._store, _name(digest), fresh, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
        except (BaseError, OSError) as error:
            raise ShelfAway(type(error).__name__) from error

    async def size(self, digest: str) -> int | None:
        """As the bucket tells it."""
        try:
            return (await head_async(self._store, _name(digest)))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise ShelfAway(type(error).__name__) from error

    async def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """A range of an object, as it comes."""
        try:
            found = await get_async(self._store, _name(digest), options={"range": (start, end)})
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            raise ShelfAway(type(error).__name__) from error

    async def drop(self, digest: str) -> None:
        """S3 says nothing of an object that is not there; others do."""
        try:
            await delete_async(self._store, _name(digest))
        except FileNotFoundError:
            pass
        except (BaseError, OSError) as error:
            raise ShelfAway(type(error).__name__) from error

    async def names(self) -> AsyncIterator[str]:
        """Page by page."""
        try:
            async for page in list_objects(self._store):
                for one in page:
                    name = one["path"].rpartition("/")[2]
                    if is_digest(name):
                        yield name
        except (BaseError, OSError) as error:
            raise ShelfAway(type(error).__name__) from error


def _name(digest: str) -> str:
    assert is_digest(digest), "a name is made of what was checked"
    return f"{digest[:2]}/{digest}"


def read_keys(path: Path) -> dict[str, str]:
    """The keys of the section ``default``; Refusal SETTING_VALUE, which shows nothing of the file."""
    reader = configparser.ConfigParser(interpolation=None)
    try:
        reader.read_string(read_whole(path, KEY_FILE_MAX).decode())
        section = reader["default"]
        keys = {name: section[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    except (OSError, ValueError, KeyError, configparser.Error):
        raise refuse(
            "SETTING_VALUE",
            field="evidence_bucket_key_file",
            found=Phrase("读不出密钥", "no keys could be read"),
            expected=Phrase("~/.aws/credentials 的格式，[default] 一节", "the form of ~/.aws/credentials, section [default]"),
        ) from None
    return keys | ({"aws_session_token": section["aws_session_token"]} if "aws_session_token" in section else {})
