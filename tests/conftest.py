"""What all Python tests share."""

pytest_plugins = ["tests.scripted.fixtures"]
