"""What counts as JSON."""

import pytest

from reducer import read_events

NESTED = "[" * 200 + "]" * 200

VALUES = {
    "an object": ('{"a": [1, -2.5e3, true, null, "x"]}', {"a": [1, -2500.0, True, None, "x"]}),
    "the last of two fields of one name": ('{"a": 1, "a": 2}', {"a": 2}),
    "lone surrogates": (r'"\ud83d \ude00 \ud83d\ude00"', "\ud83d \ude00 \U0001f600"),
    "200 levels": (NESTED, NESTED),
    "many brackets, few levels": ("[" + "[]," * 300 + "{}]", [*[[]] * 300, {}]),
    "brackets in text": ('"' + "[{" * 300 + '"', "[{" * 300),
    "the largest double": ("1.7976931348623157e308", 1.7976931348623157e308),
    "a long integer": ("1" + "0" * 307, 10**307),
    "the longest integer": ("1" + "0" * 308, int(1e308)),
    "a small number": ("1e-999", 0.0),
}

TEXTS = {
    "no JSON": "[DONE]",
    "NaN": '{"a": NaN}',
    "Infinity": "Infinity",
    "-Infinity": "[-Infinity]",
    "201 levels": f"[{NESTED}]",
    "201 levels of objects": '{"a":' * 201 + "1" + "}" * 201,
    "10,000 levels": "[" * 10_000 + "]" * 10_000,
    "10,000 levels without an end": '{"a":' * 10_000,
    "a number beyond a double": '{"a": 1e999}',
    "one below": "-1e309",
    "an integer beyond a double": "9" * 309,
    "an integer of 5,000 digits": "-" + "1" * 5_000,
    "digits and an exponent": "1" * 250 + "e90",
    "trailing comma": "[1,]",
    "single quotes": "{'a': 1}",
    "a control character": '"\x01"',
    "two values": "1 2",
    "a leading zero": "01",
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_strict_json_is_read(text: str, value: object) -> None:
    (event,) = read_events([f"data: {text}\n\n"])

    assert event["data"] == (value if text is not NESTED else nested(200))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_not_strict_json_stays_text(text: str) -> None:
    (event,) = read_events([f"data: {text}\n\n"])

    assert event["data"] == text


def nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value
