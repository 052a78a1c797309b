"""A file as it comes from a server of OpenAI's kind."""

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message

import httpx2

from . import File
from .client import OpenAIClient

_BYTES = "application/octet-stream"


@asynccontextmanager
async def download(client: OpenAIClient, where: str, file_id: str) -> AsyncIterator[File]:
    async with client.download(where) as (headers, chunks):
        filename = _filename(headers) or file_id
        yield File(
            content_type=_content_type(headers, filename),
            filename=filename,
            size=_size(headers),
            chunks=chunks,
        )


def _filename(headers: httpx2.Headers) -> str | None:
    # email's parser knows RFC 2231's encodings, which such names come in.
    header = Message()
    header["Content-Disposition"] = headers.get("content-disposition", "")
    return header.get_filename()


def _content_type(headers: httpx2.Headers, filename: str) -> str:
    """OpenAI says of all files that they are bytes; their names say more."""
    told = headers.get("content-type", _BYTES)
    guess = mimetypes.guess_type(filename)[0]
    return guess or told if told == _BYTES else told


def _size(headers: httpx2.Headers) -> int | None:
    text = headers.get("content-length", "")
    encoded = headers.get("content-encoding", "identity") != "identity"
    return int(text) if text.isdecimal() and not encoded else None
