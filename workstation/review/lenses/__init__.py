"""What members say about themselves, parsed: each lens turns bytes into facts and facts into findings."""
