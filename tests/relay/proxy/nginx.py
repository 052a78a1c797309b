"""nginx with the README's own file, on a free port and with a certificate of the test's."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from tests.relay.event_streams import PATIENCE_SECONDS
from tests.relay.relays import Relay

from .readme import block

# What a machine may have beside it: the file must hold against a server that compresses all it can.
_MAIN = """
daemon off;
master_process off;
error_log stderr warn;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    gzip_types *;
    gzip_proxied any;
    gzip_min_length 0;
    include {folder}/relay.conf;
}}
"""


def find_nginx() -> str:
    # Debian has it where only root looks.
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(os.environ.get("NGINX", "nginx"), path=path)
    if found is None:
        raise RuntimeError("nginx is missing.  Run: sh .ci/nginx")
    return found


@asynccontextmanager
async def nginx(folder: Path, *relays: Relay) -> AsyncIterator[Relay]:
    """A client that reaches relays through nginx."""
    port = _free_port()
    _certify(folder)
    (folder / "relay.conf").write_text(_config(folder, port, [relay.url for relay in relays]))
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder))
    process = await asyncio.create_subprocess_exec(
        find_nginx(), "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr", stderr=PIPE
    )
    try:
        await _until_it_listens(port, process)
        connector = aiohttp.TCPConnector(
            ssl=ssl.create_default_context(cafile=folder / "relay.pem")
        )
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            yield Relay(relays[0].app, f"https://127.0.0.1:{port}", session)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _config(folder: Path, port: int, urls: Sequence[str]) -> str:
    """The README's, but for what is this machine's own."""
    config = block("nginx")
    servers = "\n".join(f"server {urlsplit(url).netloc};" for url in urls)
    for shown, own in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        ("server 127.0.0.1:8080;", servers),
        ("/etc/ssl/chat.example.org.pem", f"{folder}/relay.pem"),
        ("/etc/ssl/chat.example.org.key", f"{folder}/relay.key"),
    ):
        assert config.count(shown) == 1, shown
        config = config.replace(shown, own)
    return config


def _certify(folder: Path) -> None:
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=relay", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "relay.key", "-out", folder / "relay.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def _until_it_listens(port: int, process: Process) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            if process.returncode is not None:
                assert process.stderr
                raise RuntimeError((await process.stderr.read()).decode()) from None
        else:
            writer.close()
            return
