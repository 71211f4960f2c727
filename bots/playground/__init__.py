"""Fake LINE, fake Slack and a fake mailbox that refuse what the real ones refuse, and the page that shows them."""
