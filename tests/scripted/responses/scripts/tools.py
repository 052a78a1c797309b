"""Tools that run at the server: code, search in files and of the web, and pictures."""

from base64 import b64encode

from ...files import bar_chart
from ...parts import Json
from ..files import CONTAINER, FIELD_GUIDE, GARDEN_BOOK, HONEY_CHART, HONEY_TABLE
from ..moves import Cite, Script, say
from ..words.making import draw, interpret, search_files, search_web
from ..words.thinking import reason

CODE: Json = {"type": "code_interpreter", "container": {"type": "auto"}}
FILES: Json = {"type": "file_search", "vector_store_ids": ["vs_garden"]}
WEB: Json = {"type": "web_search"}
PICTURES: Json = {"type": "image_generation", "partial_images": 2}

_PLOT = """\
months = ["May", "June", "July", "August"]
kilograms = [5.2, 11.0, 17.2, 12.0]
for month, weight in zip(months, kilograms):
    print(f"{month:<7}{weight:>5.1f} kg")
"""

_LOGS = "May      5.2 kg\nJune    11.0 kg\nJuly    17.2 kg\nAugust  12.0 kg\n"


def _png(bars: int) -> str:
    return b64encode(bar_chart(bars)).decode()


def _made(marker: str, file_id: str, filename: str) -> Cite:
    annotation = {
        "type": "container_file_citation",
        "container_id": CONTAINER,
        "file_id": file_id,
        "filename": filename,
    }
    return Cite(marker, annotation)


CODE_INTERPRETER = Script(
    id="code-interpreter",
    name="Code interpreter",
    description="Code that grows as it is written, its logs, a picture, and files to download.",
    question="How much honey was there last summer?",
    tools=(CODE,),
    turns=(
        (
            interpret(
                CONTAINER,
                _PLOT,
                {"type": "logs", "logs": _LOGS},
                {"type": "image", "url": f"data:image/png;base64,{_png(10)}"},
            ),
            say(
                "45.4 kg, and July alone gave more than a third of it. ",
                _made("[The table](sandbox:/mnt/data/honey.csv)", HONEY_TABLE.id, "honey.csv"),
                " and ",
                _made("[a drawing](sandbox:/mnt/data/honey.png)", HONEY_CHART.id, "honey.png"),
                " are ready for you.",
            ),
        ),
    ),
)


def _from(file_id: str, filename: str) -> Cite:
    annotation = {"type": "file_citation", "file_id": file_id, "filename": filename}
    return Cite("", annotation, span=False)


FILE_SEARCH = Script(
    id="file-search",
    name="File search",
    description="An answer with two sources, each named where it is used.",
    question="What do my notes say about bees?",
    tools=(FILES,),
    turns=(
        (
            search_files(
                ["bees", "what bees like"],
                [
                    {
                        "file_id": FIELD_GUIDE.id,
                        "filename": FIELD_GUIDE.filename,
                        "score": 0.91,
                        "text": FIELD_GUIDE.content.decode(),
                        "attributes": {},
                    }
                ],
            ),
            say(
                "The angle of the dance points the way to the flowers",
                _from(FIELD_GUIDE.id, FIELD_GUIDE.filename),
                ". Lavender, thyme and borage are never without bees",
                _from(GARDEN_BOOK.id, GARDEN_BOOK.filename),
                ".",
            ),
        ),
    ),
)

_ADDRESS = "https://example.org/storks"

WEB_SEARCH = Script(
    id="web-search",
    name="Web search",
    description="A search of the web, and a citation of what it found.",
    question="When do the storks come back?",
    tools=(WEB,),
    turns=(
        (
            reason("**Looking it up**"),
            search_web("stork return spring"),
            say(
                "Most storks are back on their nests by the middle of March, and the oldest come "
                "first. ",
                Cite(
                    f"([example.org]({_ADDRESS}))",
                    {"type": "url_citation", "url": _ADDRESS, "title": "The storks' year"},
                ),
                " They clatter when they see each other again.",
            ),
        ),
    ),
)

IMAGE_GENERATION = Script(
    id="image-generation",
    name="Image generation",
    description="A picture that can be watched while it is drawn.",
    question="Draw the honey harvest as bars.",
    tools=(PICTURES,),
    turns=(
        (
            draw("Ten bars the colour of honey on light paper", _png(10), _png(3), _png(7)),
            say("Here it is: the honey by month, in bars the colour of honey."),
        ),
    ),
)

TOOLS = (CODE_INTERPRETER, FILE_SEARCH, WEB_SEARCH, IMAGE_GENERATION)
