"""The HTTP side: one table of routes, each with the action that it needs."""

from .table import ROUTES, add_routes

__all__ = ["ROUTES", "add_routes"]
