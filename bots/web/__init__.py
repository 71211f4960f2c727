"""Pages of ours that open in a browser, where a chat is not safe enough."""
