"""What leaves the journal: an export anyone can verify, and the auditor's report."""
