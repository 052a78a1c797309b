"""Tests of the relay, over real sockets.

relays           a relay that listens, and a client of it
event_streams    what a client reads of an event stream
gates            a door in front of the scripted server, which holds requests and answers
byte_servers     an upstream that sends given bytes
sockets          requests written by hand, for what a client would hide
conftest         the fixtures: `relay`, `start_relay`, `gate`
"""
