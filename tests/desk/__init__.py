"""Tests of the desk: real pages of a served log, in a real browser."""
