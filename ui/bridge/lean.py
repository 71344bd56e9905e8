"""What is kept from being loaded that nothing here uses. Called once each, before the imports that it is about.

`packaging/benches/startup.py` measures what it is worth.
"""

import sys
from importlib import reload


def import_asyncio_without_tls() -> None:
    """Import asyncio as it is where Python was built without OpenSSL, which saves 5 MB until the first https request.

    Only asyncio's own TLS is missing then, and nothing but the gateway uses that: httpx encrypts through anyio, which
    drives `ssl` by itself and imports it when a client for https is made.
    """
    if "asyncio" in sys.modules or "ssl" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]  # Python's own mark for a module that is not to be had
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


def give_asyncio_tls() -> None:
    """Undo `import_asyncio_without_tls`, for libraries that leave encrypting to asyncio."""
    import ssl
    from asyncio import base_events, selector_events, sslproto

    for module in (base_events, selector_events):
        if getattr(module, "ssl", ssl) is None:
            setattr(module, "ssl", ssl)  # noqa: B010 - as the module's own import would have
    if getattr(sslproto, "ssl", ssl) is None:
        reload(sslproto)


def look_at_no_sources() -> None:
    """Keep PySide from reading the source of every module that is imported after it.

    It searches each for its own name, to know whether its optional spellings could be switched on there. That is a
    tenth of the time until the window stands, and 5 MB of source lines that linecache keeps. The function is private to
    PySide; where it has gone, all goes on as it would without this.
    """
    import PySide6  # noqa: F401 - brings the module that is looked up

    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", _never)  # noqa: B010 - the type checker knows no such attribute


def _never(_module: object) -> bool:
    return False
