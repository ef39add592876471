"""Figures of the whitelist for both sides (统计): use of quotas, days of approvals, refusals by reason, free capacity, alerts.

A function of the log at a published checkpoint, as monthly statements are, so both provinces have the same figures. ``gathered`` draws the tables
with firms, for authorities; ``public`` the aggregates without firms that are anybody's (公开), from which ``hiding`` keeps what would tell of one
firm; ``columns`` and ``files`` write both. Source: issue of the whitelist; the statistical rule of three [DESIGN].
"""
