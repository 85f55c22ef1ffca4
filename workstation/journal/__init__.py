"""The journal: encrypted, append-only, and caught when it lies (docs/spec/journal.md)."""
