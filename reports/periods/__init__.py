"""月结: how a month is closed and agreed on. What its kinds share is ``contract``, its acts are ``acts``; the state stands in ``whitelist.period``."""
