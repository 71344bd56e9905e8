"""What the program leaves out at its start is not missed later: https still works, and is still verified."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import sys
from ui.bridge.lean import import_asyncio_without_tls
import_asyncio_without_tls()
assert "ssl" not in sys.modules
import asyncio
from pathlib import Path
from app.client.connection import Network
from app.client.messages import MessagesClient
from app.domain.connection import Endpoint, Profile, Secret
from app.errors import DuologueError

async def ask(ca_file):
    client = MessagesClient(Endpoint(Profile("x", base_url=sys.argv[1]), Secret("sk-ant-test")),
                            network=Network(ca_file=ca_file))
    try:
        return len(await client.models())
    except DuologueError as error:
        return type(error).__name__
    finally:
        await client.aclose()

print(asyncio.run(ask(Path(sys.argv[2]))), asyncio.run(ask(None)))
"""
SERVE = """
import sys, uvicorn
import socket
from app.simulator.server import own_catalogue
from app.simulator.service import Simulator
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(Simulator(own_catalogue()).asgi(), log_level="critical", lifespan="off",
                        ssl_keyfile=sys.argv[1], ssl_certfile=sys.argv[2])
uvicorn.Server(config).run(sockets=[listener])
"""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_https_works_and_is_verified_after_a_lean_start(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(key), str(certificate)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = f"https://localhost:{server.stdout.readline().strip()}"
        asked = subprocess.run(
            [sys.executable, "-c", ASK, url, str(certificate)], capture_output=True, text=True, timeout=60, check=False
        )
        assert asked.returncode == 0, asked.stderr
        trusted, untrusted = asked.stdout.split()
        assert int(trusted) > 5
        assert untrusted == "TlsFailed"
    finally:
        server.kill()
        server.communicate()
