"""Tools that run at the server: code, search in files, and a search of the web."""

from ..files import CHART, FIELD_GUIDE, GARDEN_BOOK, TABLE
from ..moves import Interpret, Say, Script, Search, UseTool, say
from ..parts import Cite, Exactly, Json, image, text

CODE: Json = {"type": "code_interpreter"}
FILES: Json = {"type": "file_search"}

_PLOT = """\
months = ["May", "June", "July", "August"]
kilograms = [5.2, 11.0, 17.2, 12.0]

for month, weight in zip(months, kilograms):
    print(f"{month:<7}{weight:>5.1f} kg")
print(f"together {sum(kilograms):.1f} kg")

import matplotlib.pyplot as plot
plot.bar(months, kilograms, color="orange")
plot.savefig("honey.png")
"""

_LOGS = "May      5.2 kg\nJune    11.0 kg\nJuly    17.2 kg\nAugust  12.0 kg\ntogether 45.4 kg\n"

CODE_INTERPRETER = Script(
    id="code-interpreter",
    name="Code interpreter",
    description="Code that grows as it is written, its logs, an image, and a file to download.",
    question="How much honey was there last summer? Please draw it too.",
    tools=(CODE,),
    moves=(
        Interpret(_PLOT, _LOGS, CHART.id),
        Say(
            (
                image(CHART.id),
                text(
                    "You harvested 45.4 kg between May and August, and July alone gave more than a "
                    "third of it. [Here is the table](",
                    Cite("sandbox:/mnt/data/honey.csv", "file_path", {"file_id": TABLE.id}),
                    ").",
                ),
            ),
        ),
    ),
)

_QUOTE = {"quote": ""}
_GUIDE = Cite("【4:0†field-guide.txt】", "file_citation", {"file_id": FIELD_GUIDE.id}, _QUOTE)
_BOOK = Cite("【4:1†garden-notebook.txt】", "file_citation", {"file_id": GARDEN_BOOK.id}, _QUOTE)

FILE_SEARCH = Script(
    id="file-search",
    name="File search",
    description="An answer with two sources, each named where it is used.",
    question="What do my notes say about bees?",
    tools=(FILES,),
    moves=(
        Search(
            (
                (FIELD_GUIDE.id, FIELD_GUIDE.filename, 0.91),
                (GARDEN_BOOK.id, GARDEN_BOOK.filename, 0.78),
            )
        ),
        say(
            "The angle of the dance points the way to the flowers",
            _GUIDE,
            ". Lavender, thyme and borage are never without bees",
            _BOOK,
            ". And a shallow dish of water helps them too",
            _BOOK,
            ".",
        ),
    ),
)

_ADDRESS = "https://example.org/swallows"

URL_CITATION = Script(
    id="url-citation",
    name="Web search",
    description="A tool that the SDK does not know, and a citation of a web page.",
    question="When do the swallows come back?",
    tools=({"type": "bing_grounding"},),
    moves=(
        UseTool(
            "bing_grounding",
            (
                {"requesturl": "", "response_metadata": None},
                {"requesturl": "https://search.example.org/?q=swallows+return+spring"},
                {"response_metadata": "{'market': 'en-GB', 'num_docs_retrieved': 3}"},
            ),
            {
                "requesturl": "https://search.example.org/?q=swallows+return+spring",
                "response_metadata": "{'market': 'en-GB', 'num_docs_retrieved': 3}",
            },
        ),
        say(
            "Swallows winter far in the south and return from the end of March on; by the middle "
            "of April most barns have theirs again",
            Cite(
                "【3:0†source】",
                "url_citation",
                {"url": _ADDRESS, "title": "The swallows' calendar"},
            ),
            ". The old males come first, to the same beam as last year.",
        ),
    ),
)

SEVERAL_TOOLS = Script(
    id="several-tools",
    name="Several tools",
    description="A search, a first message, some code, and a second message, all in one run.",
    question="How many seeds do I need for my lavender bed?",
    tools=(FILES, CODE),
    moves=(
        Search(((GARDEN_BOOK.id, GARDEN_BOOK.filename, 0.84),)),
        say("Your notebook has lavender among the best plants for bees", _BOOK, ". Let me count."),
        Interpret("rows, in_a_row = 4, 9\nprint(rows * in_a_row * 2)\n", "72\n"),
        say("Four rows of nine, and two seeds for each place: 72 seeds. ", Exactly("Have fun! 🌱")),
    ),
)

TOOLS = (CODE_INTERPRETER, FILE_SEARCH, URL_CITATION, SEVERAL_TOOLS)
