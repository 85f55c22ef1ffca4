"""The command line: one contract for builders, approvers, deployers, ceremonies and CI."""
