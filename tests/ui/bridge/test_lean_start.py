"""What the program leaves out at its start is not missed later: https still works, and is still verified."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

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
RELAY = """
import sys
from ui.bridge.lean import give_asyncio_tls, import_asyncio_without_tls
import_asyncio_without_tls()
import asyncio
give_asyncio_tls()
from pathlib import Path
import httpx
from app.client.connection import Network
from app.domain.connection import Endpoint, Profile, Secret
from app.gateway.server import gateway_for
from app.simulator.server import own_catalogue

for ca_file in (Path(sys.argv[2]), None):
    endpoint = Endpoint(Profile("x", base_url=sys.argv[1]), Secret("sk-ant-test"))
    gateway = gateway_for(endpoint, Network(ca_file=ca_file), own_catalogue())
    asked = {"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "hi"}]}
    headers = {"authorization": f"Bearer {gateway.token.reveal()}"}
    print(httpx.post(f"{gateway.url}/chat/completions", json=asked, headers=headers, trust_env=False).status_code)
    gateway.stop()
"""
SERVE = """
import socket, sys, uvicorn
from app.simulator.server import own_catalogue
from app.simulator.service import Simulator
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(Simulator(own_catalogue()).asgi(), log_level="critical", lifespan="off",
                        ssl_keyfile=sys.argv[1], ssl_certfile=sys.argv[2])
uvicorn.Server(config).run(sockets=[listener])
"""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The simulator over https, and the certificate that it shows."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
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
        yield f"https://localhost:{server.stdout.readline().strip()}", str(certificate)
    finally:
        server.kill()
        server.communicate()


def said(script: str, secure: tuple[str, str]) -> list[str]:
    """What a script says, in a process of its own that starts as the window does."""
    asked = subprocess.run(
        [sys.executable, "-c", script, *secure], capture_output=True, text=True, timeout=60, check=False
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.split()


def test_https_works_and_is_verified_after_a_lean_start(secure: tuple[str, str]) -> None:
    trusted, untrusted = said(ASK, secure)
    assert int(trusted) > 5
    assert untrusted == "TlsFailed"


def test_so_does_the_gateways_https_which_leaves_encrypting_to_asyncio(secure: tuple[str, str]) -> None:
    assert said(RELAY, secure) == ["200", "502"]
