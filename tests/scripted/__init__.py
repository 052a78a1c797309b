"""A server that speaks OpenAI's Assistants API on loopback and answers from scripts.

    parts · moves               the words that a script is written in
    scripts/                    what each assistant does, one file per subject
    messages                    a message, and a step of a run: what they hold, how they look
    threads · runs              a thread; a run and the events that it has sent
    say · use_tools · endings   what a move does: it changes the state and makes events
    acts                        a run, act by act, as a generator of events
    stage                       plays runs at a pace, and holds them where a test wants it
    framing                     events as bytes
    faults                      what can go wrong, one class each
    stream                      a run's events as an HTTP answer
    answers · pages · files     errors, lists and files, as OpenAI gives them
    requests · account          what every request meets, and what the server keeps
    thread_routes · run_routes  what each request does
    assistants                  the server, and its command line
    fixtures                    the server for pytest

The server changes its own state before it sends an event, so what a follower of the stream must
hold after each event is known here without any reducer.
"""
