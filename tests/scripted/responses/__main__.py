"""`python -m tests.scripted.responses --port 9000 --rate 50`."""

from ..command import serve_until_stopped
from .scripts import SCRIPTS
from .server import ScriptedResponses

if __name__ == "__main__":
    serve_until_stopped(ScriptedResponses, "Responses", SCRIPTS)
