"""The offline signing workstation, from the command line down to the pure core."""
