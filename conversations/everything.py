"""Loads every conversation, so that its buttons, words, notices and forms are known."""

import pkgutil
from importlib import import_module

import conversations.expert
import conversations.secretariat
import conversations.sme


def load() -> None:
    """Import whatever people can do; what is not imported cannot be pressed."""
    for package in (conversations.sme, conversations.expert, conversations.secretariat):
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    from conversations.secretariat import returning

    returning.prepare()
