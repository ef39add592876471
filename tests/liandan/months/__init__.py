"""Tests of the job that closes months, and of what authorities say of a close."""
