"""Exit codes of every command; 0 is fine."""

FINDING = 1
"""Something was found or refused, and nothing else."""
USAGE = 2
"""Wrong usage, or a set-up that cannot be."""
UNAVAILABLE = 3
"""Not reachable, not readable, not writable."""
UNCHECKED = 4
"""The evidence holds, the paper was not checked, or what was signed is not in the log yet (``verify``)."""
FAULT = 70
"""A fault of the program itself (EX_SOFTWARE of sysexits.h): no input may provoke it."""
INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""
