"""Reminders (提醒): who is told by mail or webhook what is due, when, in which words (docs/notifications.md)."""
