"""The trust root: TUF metadata signed by custodians, delivering roster and policy."""
