"""A server that speaks OpenAI's Responses and Conversations on loopback, and answers from scripts.

    accent · manners            in what the streams of one make of server differ from another's,
                                and how it behaves otherwise
    moves · words               what a script is written in
    fallback · scripts/         what each model answers
    configured                  each script as an assistant of the relay
    conversation · response     what the server holds, and how it looks
    shown                       what a follower of the stream must hold
    given                       what a client sends, as items
    slots · say · use           what a move does: it changes the state and makes events
    endings · last_output       how a response ends, and what its last event repeats
    acts                        a response as a generator of events
    obfuscation                 padding of deltas
    playing                     a script played without a server
    refusals · files            errors and files, as OpenAI gives them
    part · account              which script answers; what the server keeps
    response_routes · conversation_routes   what each request does
    server                      the server
    __main__                    `python -m tests.scripted.responses`

What it has in common with the Assistants server beside it stands in the package above.
"""

from .server import ScriptedResponses

__all__ = ["ScriptedResponses"]
