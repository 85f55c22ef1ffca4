"""Effects: one file per action. Each needs a permit, and only the gate makes those."""
