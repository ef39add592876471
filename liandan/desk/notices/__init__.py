"""提醒与通知 (``/desk/notices``): what stands out now for a party, and where else it is told of it: mail reminders and webhooks, per person."""
