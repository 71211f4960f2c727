"""Slack, where experts and the secretariat work: events in, messages, modals and Homes out."""
