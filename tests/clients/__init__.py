"""Clients that others generate from ``/schema``: they compile, and they work against a running log. Its own step: ``make clients``."""
