"""The release diff, made by a locked child out of hostile bytes: strict readers, findings, rows."""
