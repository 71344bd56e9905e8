"""Where our answers differ from LiteLLM's, and why: JSON pointer, `*` for any index → reason.

The pointers of whole answers are those of a `chat.completion`; of streams, those of `gathering.gathered`.
"""

COUNTED = "the API told no count of thinking tokens, and none is invented"
WHOLE = "usage keeps every count that the API gave"
SEARCHES = "the API counts its searches itself; blocks are not counted in its place"

OF_WHOLE_ANSWERS: dict[str, str] = {
    "/choices/*/message/annotations": "citations of the web in the dialect's own form, too",
    "/choices/*/message/provider_specific_fields/anthropic": "the blocks in order, so that the message can come back",
    "/choices/*/message/tool_calls/*/index": "the index counts calls, as in a stream, not blocks",
    "/usage/completion_tokens_details": COUNTED,
    "/usage/server_tool_use/tool_search_requests": SEARCHES,
    "/usage/server_tool_use/web_fetch_requests": WHOLE,
}
OF_STREAMS: dict[str, str] = {
    "/provider_specific_fields/compaction_blocks/*/content": "its text comes in a delta, which LiteLLM drops",
    "/provider_specific_fields/compaction_blocks/*/encrypted_content": "and so does what it needs to come back",
    "/provider_specific_fields/context_management": "told in whole answers, therefore in streams",
    "/provider_specific_fields/web_search_calls": "a list, as in whole answers",
    "/usage/completion_tokens_details": COUNTED,
    "/usage/server_tool_use/web_fetch_requests": WHOLE,
}

SERVERS = "LiteLLM 1.110 takes the API's own tools out of the calls; in 1.106, which we follow, they are among them"
KEPT = "LiteLLM 1.110 tells it there, too; here it stands in `anthropic`"
LATER: dict[str, str] = {
    "/choices/*/finish_reason": "LiteLLM 1.110 calls a pause a length; here it is a stop, and told in `anthropic`",
    "/choices/*/message/provider_specific_fields/server_tool_calls": SERVERS,
    "/choices/*/message/provider_specific_fields/stop_reason": KEPT,
    "/choices/*/message/provider_specific_fields/tool_results": KEPT,
    "/choices/*/message/provider_specific_fields/web_search_calls": "LiteLLM 1.110 shows fetched pages as searches",
    "/choices/*/message/tool_calls": SERVERS,
    "/provider_specific_fields/server_tool_calls": SERVERS,
    "/provider_specific_fields/stop_details": KEPT,
    "/provider_specific_fields/stop_reason": KEPT,
    "/provider_specific_fields/tool_results": KEPT,
    "/tool_calls": SERVERS,
}
"""What only versions of LiteLLM after the locked one do otherwise."""
