"""Keys that sign: cards through `hsm`, and a builder's software key. Translates; decides nothing."""
