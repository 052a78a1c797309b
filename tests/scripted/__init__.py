"""Servers that speak OpenAI's APIs on loopback and answer from scripts.

In this folder is the one of the Assistants API, in `responses/` the one of Responses.  Both use

    server · command            what listens, and does what a test tells it; its command line
    requests                    what every request meets
    stage                       plays runs at a pace, and holds them where a test wants it
    events · framing            what was sent, and how it looks as bytes
    faults                      what can go wrong, one class each
    stream                      events as an HTTP answer
    answers · pages · files     errors, lists and files, as OpenAI gives them
    sdk_types                   whether OpenAI's SDK knows what they say
    fixtures                    the servers for pytest
    beside_relay                the relay with such a server behind it, for `make run`

Of the Assistants API are

    parts · moves               the words that a script is written in
    scripts/                    what each assistant does, one file per subject
    messages                    a message, and a step of a run: what they hold, how they look
    threads · runs              a thread; a run and the events that it has sent
    say · use_tools · endings   what a move does: it changes the state and makes events
    acts                        a run, act by act, as a generator of events
    account                     what the server keeps
    thread_routes · run_routes  what each request does
    assistants                  the server

A server changes its own state before it sends an event, so what a follower of the stream must
hold after each event is known here without any reducer.
"""
