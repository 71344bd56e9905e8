"""The public functions: OpenAI's shapes and LiteLLM's signature over the engine.

A composition root: here clients are built. `completing` asks, `arguments` reads what was given and `plain` the objects
in it, `objects` and `streaming` are what comes back, over a `feed` in an event loop, `exceptions` what can go wrong,
`counting` tokens and costs, `pools` the connections; `asking` is `duologue ask`, and `question` what it was given.
"""
