"""The pages: one file per screen, each showing one of the desk's answers."""
