"""What the database says when something goes wrong."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction


async def test_the_text_of_an_exception_does_not_hold_what_the_statement_was_given(
    engine: AsyncEngine,
) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with transaction(engine) as connection:
            await connection.execute(text("SELECT nothing WHERE 'x' = :name"), {"name": "山本 あき"})
    assert "山本" not in str(caught.value)
