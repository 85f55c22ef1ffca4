"""Guardrails: named, pure rules about one action.

All are in one explicit tuple; there is no discovery. Every rule is asked, every violation kept.
"""
