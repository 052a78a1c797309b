"""The relay as it stands in production: what the README says of nginx and systemd is true."""
