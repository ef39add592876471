"""突发事件: the state of ``incident/<reporter>/<ULID>``, as registries find it; its kinds stand in ``manifests.incidents`` (kinds §9)."""

from __future__ import annotations

from msgspec import Struct

UNMANIFESTED = "unmanifested"
"""What an arrival of waste without a manifest is called among incidents."""


class IncidentState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One incident, or one arrival of waste without a manifest, until the authority of the place closes it. Moments are Unix seconds."""

    what: str
    """``leak`` … ``other`` as reported, or UNMANIFESTED."""
    division: str
    happened_s: int
    reported_s: int
    """Admission of the report."""
    manifests: tuple[str, ...] = ()
    """Chains of the manifests that it touches."""
    concerned: tuple[str, ...] = ()
    """Whom it concerns beside the reporter: parties of those manifests at the time of the report, sender and carrier of what came without one."""
    closed_on: str = ""
    """Day of the close; empty while it is open."""
    backfilled: str = ""
    """The manifest that was back-filled for what came without one."""

    @property
    def stage(self) -> str:
        """``open`` until it is closed."""
        return "closed" if self.closed_on else "open"
