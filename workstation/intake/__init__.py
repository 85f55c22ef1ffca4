"""Intake: a bounded reader over a medium. It opens what it expects and never extracts anything."""
