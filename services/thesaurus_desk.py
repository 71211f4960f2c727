"""The thesaurus as the secretariat edits it: looked at, changed, taken back, and what a change would find."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services import thesaurus_preview
from services.refusals import Refusal
from services.thesaurus import forms_of
from services.thesaurus_book import as_thesaurus, current, edition, groups_after
from services.thesaurus_groups import OWN, Groups, Role, Roles, WordGroup, require_sound
from services.thesaurus_records import ONLY, ThesaurusEdit, ThesaurusEditionRow
from services.thesaurus_reindex import prepare

if TYPE_CHECKING:
    from services.bundle import Services

LONGEST_REASON = 200
GONE = _("This group is no more. Please look at the list.")
SAME = _("Nothing would change.")
CHANGED: list[Callable[[Services], Awaitable[None]]] = []
"""What else has to be made anew when the thesaurus has changed."""


class Changed(Refusal):
    """A colleague has changed the group meanwhile."""


class ThesaurusDesk:
    """The thesaurus as the secretariat edits it, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # Looking

    async def groups(self) -> Groups:
        """Every group that is in force, by its name; for members of the secretariat. Raises Refusal."""
        await self._services.secretariat.require()
        return (await edition(self._services.connection)).groups

    async def group(self, key: str) -> WordGroup:
        """One group as it is now; raises Refusal for one that is not there."""
        group = (await self.groups()).get(key)
        if group is None:
            raise Refusal(GONE)
        return group

    async def group_at(self, key: str, revision: int) -> WordGroup:
        """One group as it was after that change, 0 for before all of them."""
        await self._services.secretariat.require()
        groups = await groups_after(self._services.connection, revision)
        return groups.get(key, WordGroup(key))

    async def free_key(self, word: str) -> str:
        """The name under which a new group that begins with this word can be kept."""
        groups, key = await self.groups(), OWN + word
        while key in groups and groups[key].roles:
            key += OWN
        return key

    async def history(self, key: str | None = None, limit: int = 10, before: int = 0) -> list[ThesaurusEdit]:
        """What was changed, in one group or in all, the latest first. Raises Refusal."""
        await self._services.secretariat.require()
        kept = select(ThesaurusEdit).order_by(ThesaurusEdit.id.desc()).limit(limit)
        if key is not None:
            kept = kept.where(ThesaurusEdit.group == key)
        if before:
            kept = kept.where(ThesaurusEdit.id < before)
        return list(await self._services.session.scalars(kept))

    async def since(self, key: str, revision: int) -> list[ThesaurusEdit]:
        """What was changed in a group after that change, the earliest first. Raises Refusal."""
        await self._services.secretariat.require()
        later = select(ThesaurusEdit).where(ThesaurusEdit.group == key, ThesaurusEdit.id > revision)
        return list(await self._services.session.scalars(later.order_by(ThesaurusEdit.id)))

    async def taken_back(self, edit_ids: Sequence[int]) -> frozenset[int]:
        """Which of these changes were taken back."""
        undone = select(ThesaurusEdit.undoes).where(ThesaurusEdit.undoes.in_(edit_ids))
        return frozenset(one for one in await self._services.session.scalars(undone) if one is not None)

    # Changing

    async def preview(
        self, key: str, roles: Roles, words: Sequence[str], *, both: bool = False
    ) -> list[thesaurus_preview.Effect]:
        """How many open cases these words would find after a change, and find now. Raises Refusal, as `save` does."""
        groups = await self.groups()
        group = groups.get(key, WordGroup(key))
        await self._require(groups, group, roles, both)
        after = dict(groups) | {key: group.changed(roles, group.revision)}
        thesaurus = await asyncio.to_thread(as_thesaurus, after)
        now = await current(self._services.connection)
        return await thesaurus_preview.effects(self._services.connection, words, thesaurus, now)

    async def save(
        self, key: str, roles: Roles, revision: int, reason: str = "", *, both: bool = False
    ) -> ThesaurusEdit:
        """Change a group, or begin one: say for each word what it is from now on.

        `revision` is that of the group from which this was decided. Searches in every process read it from their
        next one on; cases with a new word of several parts are found by it once they are indexed anew, which begins
        at once. Raises Changed when a colleague was quicker, and Refusal for what would do harm, or nothing.
        """
        person = await self._services.secretariat.require()
        await self._take()
        groups = await groups_after(self._services.connection)
        group = groups.get(key, WordGroup(key))
        if group.revision != revision:
            raise Changed(_("A colleague has changed this group meanwhile."))
        await self._require(groups, group, roles, both)
        return await self._keep(person.id, group, roles, reason)

    async def undo(self, edit_id: int) -> ThesaurusEdit:
        """Take a change back, as far as its words are still as it left them. Raises Refusal."""
        person = await self._services.secretariat.require()
        await self._take()
        edit = await self._services.session.get(ThesaurusEdit, edit_id)
        if edit is None:
            raise Refusal(GONE)
        if edit_id in await self.taken_back([edit_id]):
            raise Refusal(_("This was undone already."))
        groups = await groups_after(self._services.connection)
        group = groups.get(edit.group, WordGroup(edit.group))
        roles = {
            word: Role(edit.before[word])
            for word, role in edit.words.items()
            if group.roles.get(word, Role.OUT) == role
        }
        if not roles:
            raise Refusal(_("These words were changed again since. Please edit the group."))
        return await self._keep(person.id, group, roles, edit.reason, undoes=edit_id)

    async def _take(self) -> None:
        """Have the thesaurus to oneself until the end of the transaction, which makes it another edition."""
        values = {"edition": uuid.uuid4()}
        await self._services.connection.execute(
            insert(ThesaurusEditionRow)
            .values(id=ONLY, **values)
            .on_conflict_do_update(index_elements=[ThesaurusEditionRow.id], set_=values)
        )

    async def _require(self, groups: Groups, group: WordGroup, roles: Roles, both: bool) -> None:
        if group.key not in groups and not group.key.startswith(OWN):
            raise Refusal(GONE)
        if not group.missing(roles):
            raise Refusal(SAME)
        await asyncio.to_thread(require_sound, groups, group, roles, both=both)
        for word, role in roles.items():
            if role is not Role.OUT and await thesaurus_preview.is_everywhere(
                self._services.connection, forms_of(word)
            ):
                raise Refusal(
                    _("“{word}” stands in most open cases. It would find everything.")(word=word),
                    about="kinds" if role is Role.KIND else "words",
                )

    async def _keep(
        self, by: int, group: WordGroup, roles: Roles, reason: str, undoes: int | None = None
    ) -> ThesaurusEdit:
        services, changed = self._services, group.missing(roles)
        edit = ThesaurusEdit(
            group=group.key,
            words={word: role.value for word, role in changed.items()},
            before={word: group.roles.get(word, Role.OUT).value for word in changed},
            reason=reason[:LONGEST_REASON],
            at=services.now,
            by=by,
            undoes=undoes,
        )
        services.session.add(edit)
        await services.flush()
        await services.audit.note(
            "thesaurus changed" if undoes is None else "thesaurus change taken back",
            "thesaurus",
            edit.id,
            revision=group.revision,
            content={"group": edit.group, "words": edit.words, "before": edit.before, "reason": edit.reason},
        )
        await prepare(services, edit)
        for make_anew in CHANGED:
            await make_anew(services)
        for person_id in await services.secretariat.people():
            services.notices.home(person_id)
        return edit
