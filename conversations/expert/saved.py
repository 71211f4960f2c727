"""The way from a search to one that is kept, and from anywhere to those that are."""

from conversations.messages import Button, act
from locales import _

LIST = Button(_("Saved searches"), act("saved.list"))


def save_button(draft_id: int) -> Button:
    """Keep the search that this draft holds, under a name, and hear of new cases."""
    return Button(_("Save this search"), act("saved.keep", d=draft_id))
