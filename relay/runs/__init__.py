"""Runs: one assistant's turn on a thread each, which belongs to the relay and not to a connection."""
