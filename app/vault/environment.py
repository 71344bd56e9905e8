"""What the environment says of the service. Taken out of it at the start, so that no child of ours inherits a key."""

from collections.abc import MutableMapping

PREFIX = "ANTHROPIC_"


def taken(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Remove every variable of the service from `environ` (of `os.environ`: from the process's own environment too).

    Returns what was removed, and nothing else: whoever needs a key or an address is handed this.
    """
    found = {name: environ[name] for name in list(environ) if name.startswith(PREFIX)}
    for name in found:
        del environ[name]
    return found
