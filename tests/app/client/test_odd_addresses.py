"""An address that cannot be one is a typed failure, not a traceback."""

import pytest

from app.client.connection import Network
from app.client.messages import MessagesClient
from app.domain.connection import Endpoint, Profile, Secret
from app.errors import ConnectionFailed


@pytest.mark.parametrize("proxy", ["garbage", "ftp://127.0.0.1:1", "http://[::1", "http://127.0.0.1:1"])
async def test_a_proxy_that_is_none_fails_in_a_typed_way(proxy: str) -> None:
    endpoint = Endpoint(Profile("x", base_url="http://api.example:9"), Secret("sk-ant-test"))
    client = MessagesClient(endpoint, network=Network(proxy=proxy))
    with pytest.raises(ConnectionFailed):
        await client.models()
    await client.aclose()
