"""The vault: what was admitted, made and released, by the digest of its bytes."""
