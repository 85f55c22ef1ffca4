"""Processes and the walls between them: framed messages, children, and locking a child down."""
