"""The network. httpx is loaded without its command line, whose rich and click cost as much as all the rest of it."""

import sys

if "httpx" not in sys.modules:
    # httpx does without what it cannot import; the name is free again afterwards
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        import httpx as httpx
    finally:
        del sys.modules["httpx._main"]
