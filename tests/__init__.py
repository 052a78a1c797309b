"""Tests, and the servers and recordings that they need."""
