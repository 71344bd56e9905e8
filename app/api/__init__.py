"""The public functions: OpenAI's shapes and LiteLLM's signature over the engine.

A composition root: here clients are built. `completing` asks, `arguments` reads what was given, `objects` and
`streaming` are what comes back, `exceptions` what can go wrong, `counting` tokens and costs, `pools` the connections.
"""
