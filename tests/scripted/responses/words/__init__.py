"""Items of every kind, as a script says them."""
