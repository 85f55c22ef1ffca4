"""Public keys in the encodings others keep them in; all of them reduce to one fingerprint.

What is read here is hostile: anything odd is refused, and nothing is repaired.
"""
