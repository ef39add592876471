"""Table, cases, corrections and returns against a second mind (tests/manifests/independent.py); the campaign of it is ``python -m bench.law``."""

from hypothesis import HealthCheck, settings

from tests.manifests.law_machine import Law
from tests.sample import sample

TestLaw = Law.TestCase
TestLaw.settings = settings(
    max_examples=sample(90), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False
)
