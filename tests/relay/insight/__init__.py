"""What a relay tells of itself: `/metrics`, `/readyz`, and a line for each run."""
