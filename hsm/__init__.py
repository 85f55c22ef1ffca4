"""Tokens: PKCS#11 behind a process of its own. Knows nothing of releases."""
