"""The token worker: the one process, and the only modules, that touch PKCS#11."""
