"""Tests of reminders (liandan.reminders)."""
