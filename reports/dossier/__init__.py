"""The inspection dossier of a firm (检查案卷): what the log says of it over a period, answered along the official checklist, with its evidence inside."""
