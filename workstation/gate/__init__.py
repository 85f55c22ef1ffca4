"""The gate: the one door every action goes through."""
