"""Threads about lines of a month that do not match (对账未符项): ``item/<YYYY-MM>/<ULID>``, comments and a settlement (kinds §9)."""
