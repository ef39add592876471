"""What an operator watches: counters and histograms of one server process, in Prometheus' text form."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)


class Metrics:
    """A registry of its own, so that two servers in one process do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._admitted = Counter("liandan_admitted", "New entries", registry=self.registry)
        self._refused = Counter("liandan_refused", "Refused statements by code", ["code"], registry=self.registry)
        self._batch = Histogram(
            "liandan_batch_size", "Statements per transaction", buckets=(1, 4, 16, 64, 128, 256), registry=self.registry
        )
        self._batch_s = Histogram("liandan_batch_seconds", "Time of a transaction", buckets=SECONDS, registry=self.registry)
        self._published = Histogram("liandan_publish_seconds", "From arrival to checkpoint", buckets=SECONDS, registry=self.registry)
        self._requests = Counter("liandan_requests", "Answers by status", ["status"], registry=self.registry)
        self.queue = Gauge("liandan_queue", "Statements waiting for the sequencer", registry=self.registry)
        self.size = Gauge("liandan_size", "Committed entries", registry=self.registry)
        self.published_size = Gauge("liandan_published_size", "Published entries", registry=self.registry)
        self.frozen = Gauge("liandan_frozen", "1 while the log is frozen: nothing is appended or signed", registry=self.registry)

    def count_admitted(self, count: int) -> None:
        """New entries."""
        self._admitted.inc(count)

    def count_refused(self, codes: Sequence[str]) -> None:
        """One refused statement and its codes."""
        for code in codes:
            self._refused.labels(code).inc()

    def observe_published(self, seconds: float) -> None:
        """From the arrival of a statement to its published checkpoint."""
        self._published.observe(seconds)

    def batch(self, size: int, seconds: float) -> None:
        """One transaction of the sequencer."""
        self._batch.observe(size)
        self._batch_s.observe(seconds)

    def request(self, status: int) -> None:
        """One answered request."""
        self._requests.labels(str(status)).inc()

    def text(self) -> bytes:
        """All of it, for a scraper."""
        return generate_latest(self.registry)
