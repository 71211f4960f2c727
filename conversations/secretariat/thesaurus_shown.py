"""Groups of words and changes to them as the secretariat sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from conversations.messages import Button, Card, Fact, Words, act
from locales import Text, _
from services.thesaurus_groups import OWN, Role, WordGroup
from services.thesaurus_preview import MOST

if TYPE_CHECKING:
    from services.bundle import Services
    from services.thesaurus_records import ThesaurusEdit

SAME, KIND = _("Means the same"), _("Kinds of it")
ALL_GROUPS = Button(_("All groups of words"), act("office.words"))
MISSED = Button(_("Not found in searches"), act("office.missed"))


def things(words: Iterable[Words]) -> Text:
    """Words one after the other."""
    return _("{things}")(things=list(words))


def open_cases(count: int) -> Text:
    """How many open cases were counted; nobody counts further than to a bound."""
    return (_("{count} open cases or more") if count >= MOST else _("{count} open cases in all"))(count=count)


def group_facts(group: WordGroup) -> list[Fact]:
    """What stands in a group."""
    facts = [Fact(SAME, things(group.words))] if group.words else []
    return [*facts, Fact(KIND, things(group.kinds))] if group.kinds else facts


def group_card(group: WordGroup, buttons: Sequence[Button] | None = None) -> Card:
    """A group, and what can be done about it."""
    badge = None
    if group.key.startswith(OWN):
        badge = _("Made by the secretariat")
    elif group.revision:
        badge = _("Changed by the secretariat")
    if buttons is None:
        buttons = [Button(_("Change"), act("office.words.edit", g=group.key))]
        if group.revision:
            buttons.append(Button(_("What was changed"), act("office.words.history", g=group.key)))
        buttons.append(
            Button(
                _("Remove"),
                act("office.words.remove", g=group.key, r=group.revision),
                "danger",
                _("The words of this group then stand for one another no more. It can be undone."),
            )
        )
    return Card(group.name, badge=badge, facts=group_facts(group), buttons=buttons)


def change_facts(roles: Mapping[str, str], shipped: Sequence[str] = ()) -> list[Fact]:
    """What a change adds and takes out; what came with the programme is named by itself."""
    out = [word for word, role in roles.items() if role == Role.OUT]
    rows = [
        (_("New: means the same"), [word for word, role in roles.items() if role == Role.SAME]),
        (_("New: kinds of it"), [word for word, role in roles.items() if role == Role.KIND]),
        (_("Taken out"), [word for word in out if word not in shipped]),
        (_("Taken out, though it came with the programme"), [word for word in out if word in shipped]),
    ]
    return [Fact(label, things(words)) for label, words in rows if words]


async def edit_card(services: Services, edit: ThesaurusEdit, taken_back: bool, name: str) -> Card:
    """One change: what, who, when and why."""
    who = _("{who}, {when}")(who=await services.reviews.name(edit.by), when=edit.at)
    facts = [*change_facts(edit.words), Fact(_("Changed by"), who)]
    if edit.reason:
        facts.append(Fact(_("Reason"), edit.reason))
    badge = _("Undone") if taken_back else _("Undoes an earlier change") if edit.undoes else None
    buttons = [] if taken_back else [Button(_("Undo"), act("office.words.undo", i=edit.id))]
    return Card(name, badge=badge, facts=facts, buttons=buttons)
