"""Search, saved searches, suggestions, similar cases, thesaurus."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Search, saved searches, suggestions, similar cases, thesaurus."""
    op.create_table(
        "missed_queries",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("nothing", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "who", name=op.f("pk_missed_queries")),
    )
    op.create_index("ix_missed_queries_last_at", "missed_queries", ["last_at"], unique=False)
    op.create_table(
        "similar_bands",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "ref", name=op.f("pk_similar_bands")),
    )
    op.create_table(
        "similar_texts",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("kind", "ref", name=op.f("pk_similar_texts")),
    )
    op.create_table(
        "thesaurus_edition",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("edition", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_edition")),
    )
    op.create_table(
        "thesaurus_edits",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("prepared_to", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_thesaurus_edits_by_people")),
        sa.ForeignKeyConstraint(
            ["undoes"], ["thesaurus_edits.id"], name=op.f("fk_thesaurus_edits_undoes_thesaurus_edits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_edits")),
    )
    op.create_index("ix_thesaurus_edits_group", "thesaurus_edits", ["group", "id"], unique=False)
    op.create_index("uq_thesaurus_edits_undoes", "thesaurus_edits", ["undoes"], unique=True)
    op.create_table(
        "expert_index",
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("vector", postgresql.TSVECTOR(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_expert_index_expert_id_experts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("expert_id", name=op.f("pk_expert_index")),
    )
    op.create_index(
        "ix_expert_index_vector",
        "expert_index",
        ["vector"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "missed_decisions",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("edit_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_missed_decisions_by_people")),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["thesaurus_edits.id"], name=op.f("fk_missed_decisions_edit_id_thesaurus_edits")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_missed_decisions")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("telling", sa.String(), nullable=False),
        sa.Column("query", postgresql.TSQUERY(), nullable=True),
        sa.Column("most_minutes", sa.Integer(), nullable=True),
        sa.Column("least_budget", sa.Integer(), nullable=True),
        sa.Column("deadline_from", sa.Date(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_saved_searches_expert_id_experts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index("ix_saved_searches_expert_id", "saved_searches", ["expert_id"], unique=False)
    op.create_table(
        "suggestions",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Integer(), nullable=True),
        sa.Column("by_company", sa.Boolean(), nullable=True),
        sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aside_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_suggestions_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_suggestions_expert_id_experts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["told_by"], ["people.id"], name=op.f("fk_suggestions_told_by_people")),
        sa.PrimaryKeyConstraint("case_id", "expert_id", name=op.f("pk_suggestions")),
    )
    op.create_index("ix_suggestions_expert_id", "suggestions", ["expert_id", "shown_at"], unique=False)
    op.create_index(
        "ix_suggestions_told",
        "suggestions",
        ["expert_id", "told_at"],
        unique=False,
        postgresql_where="told_at IS NOT NULL",
    )
    op.create_table(
        "saved_search_anchors",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_anchors_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "search_id", name=op.f("pk_saved_search_anchors")),
    )
    op.create_index("ix_saved_search_anchors_search_id", "saved_search_anchors", ["search_id"], unique=False)
    op.create_table(
        "saved_search_cards",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_cards_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search_cards")),
    )
    op.create_index(
        "ix_saved_search_cards_search_id", "saved_search_cards", ["search_id", "id"], unique=False
    )
    op.create_table(
        "saved_search_matches",
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["saved_search_cards.id"],
            name=op.f("fk_saved_search_matches_card_id_saved_search_cards"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_saved_search_matches_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_matches_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("search_id", "case_id", name=op.f("pk_saved_search_matches")),
    )
    op.create_index("ix_saved_search_matches_card_id", "saved_search_matches", ["card_id"], unique=False)
    op.create_index("ix_saved_search_matches_case_id", "saved_search_matches", ["case_id"], unique=False)
    op.create_index(
        "ix_saved_search_matches_matched_at", "saved_search_matches", ["matched_at"], unique=False
    )
    op.add_column("case_index", sa.Column("shape", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("case_index", sa.Column("norm", sa.REAL(), server_default="7", nullable=False))
    op.add_column("case_index", sa.Column("company_id", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "case_index", sa.Column("proposal_deadline", sa.Date(), server_default="2200-01-01", nullable=False)
    )
    op.add_column("case_index", sa.Column("minutes", sa.Integer(), nullable=True))
    op.add_column("case_index", sa.Column("budget_yen", sa.Integer(), nullable=True))
    op.add_column("case_index", sa.Column("areas", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("case_index", sa.Column("prefecture", sa.String(), server_default="", nullable=False))
    op.add_column("case_index", sa.Column("mode", sa.String(), server_default="", nullable=False))
    op.add_column("case_index", sa.Column("industry", sa.String(), server_default="", nullable=False))
    op.create_index(
        "ix_case_index_deadline",
        "case_index",
        ["proposal_deadline", sa.literal_column("published_at DESC"), sa.literal_column("case_id DESC")],
        unique=False,
    )
    op.create_index("ix_plans_case_id", "plans", ["case_id"], unique=False)
    op.execute("ALTER TABLE case_index ALTER COLUMN vector SET STORAGE MAIN")
    op.execute("ALTER TABLE case_index SET (toast_tuple_target = 8160)")
    op.execute(
        "INSERT INTO timers (kind, ref, due_at) SELECT 'similar.keep', 0, '2000-01-01' WHERE EXISTS (SELECT FROM cases)"
    )
    op.execute(
        "INSERT INTO timers (kind, ref, due_at) SELECT 'search.mend', 0, '2000-01-01' WHERE EXISTS (SELECT FROM case_index)"
    )
    op.execute(
        "INSERT INTO timers (kind, ref, due_at) SELECT 'experts.index', 0, '2000-01-01' WHERE EXISTS (SELECT FROM experts)"
    )
