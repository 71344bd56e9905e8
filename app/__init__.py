"""Duologue's engine: conversations with Claude models, without a window.

Reading order: `domain` (the vocabulary) · `dialects` (a vendor's JSON to the domain and back) · `wire` (bytes to
events) · `client` (the network) · `store`, `vault`, `settings` (what is kept) · `services` (use cases) · `simulator`
(a Messages API on this machine). `errors` holds every failure that is expected.
"""

__version__ = "0.1.0"
