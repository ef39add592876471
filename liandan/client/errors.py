"""What can go wrong between a client and a log.

Refused      the log turned the statement down; everything it said is in ``problem``
Unavailable  no answer, or "later", until patience ended; posting the same again is safe
Dishonest    the answer proves something else than it claims: keep it, and tell both authorities
"""

from ledger.problem import Problem


class RequestRefused(Exception):
    """The log turned something down."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status} {', '.join(self.codes)}: {problem.detail}")

    @property
    def codes(self) -> list[str]:
        """Codes of all reasons, in order of report."""
        return [error.code for error in self.problem.errors]


class Unavailable(Exception):
    """The log could not be reached, or stayed busy, or did not publish in time."""


class Dishonest(Exception):
    """Bytes of the server contradict each other, the pinned keys, or what it showed before."""
