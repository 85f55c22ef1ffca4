"""Bundles going out: OCI layouts written whole or not at all, and releases read back."""
