"""Runs: one assistant's turn on a thread each.  They belong to the relay, not to a connection."""
