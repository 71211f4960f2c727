"""From the agreed plan to the paid honorarium."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


PLAN_INDEXES = {
    "uq_plans_live_case": ["case_id", "expert_id"],
    "uq_plans_live_request": ["request_id"],
    "uq_plans_agreed_case": ["case_id"],
}
LIVE = "state IN ('sent', 'kept', 'in_discussion', 'agreed', 'returned', 'approved')"
CHOSEN = "state IN ('agreed', 'approved')"
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The salt of a digest may be erased, so that nobody can tell any more what was digested.
    IF TG_TABLE_NAME = 'audit' AND TG_OP = 'UPDATE'
        AND to_jsonb(NEW) = to_jsonb(OLD) || '{"salt": null}' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """From the agreed plan to the paid honorarium."""
    op.execute(sa.schema.CreateSequence(sa.Sequence("claim_serial")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("contract_serial")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("invoice_serial")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("payment_run_serial")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("report_serial")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("session_serial")))
    for name, columns in PLAN_INDEXES.items():
        op.drop_index(name, table_name="plans")
        op.create_index(
            name,
            "plans",
            columns,
            unique=True,
            postgresql_where=sa.text(CHOSEN if "agreed" in name else LIVE),
        )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("cap_yen", sa.BigInteger(), nullable=False),
        sa.Column("carried_yen", sa.BigInteger(), nullable=False),
        sa.Column("reserved_yen", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_yen", sa.BigInteger(), nullable=False),
        sa.Column("paid_yen", sa.BigInteger(), nullable=False),
        sa.Column("reclaimed_yen", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "carried_yen + reserved_yen + confirmed_yen + paid_yen + reclaimed_yen <= cap_yen",
            name=op.f("ck_accounts_within_cap"),
        ),
        sa.CheckConstraint(
            "carried_yen >= 0 AND reserved_yen >= 0 AND confirmed_yen >= 0 AND paid_yen >= 0 AND reclaimed_yen >= 0",
            name=op.f("ck_accounts_no_stage_below_zero"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("party", "owner_id", name=op.f("uq_accounts_party_owner_id")),
    )
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed_to", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_chain_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_index("ix_papers_ref", "papers", ["kind", "ref", "id"], unique=False)
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("salt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_seals_audit_id_audit")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_seals_audit_id")),
    )
    op.create_table(
        "payment_runs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("transfer_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total_yen", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_paper_id", sa.BigInteger(), nullable=True),
        sa.Column("list_paper_id", sa.BigInteger(), nullable=True),
        sa.Column("table_paper_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("made_by <> released_by", name=op.f("ck_payment_runs_four_eyes")),
        sa.ForeignKeyConstraint(
            ["file_paper_id"], ["papers.id"], name=op.f("fk_payment_runs_file_paper_id_papers")
        ),
        sa.ForeignKeyConstraint(
            ["list_paper_id"], ["papers.id"], name=op.f("fk_payment_runs_list_paper_id_papers")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_payment_runs_made_by_people")),
        sa.ForeignKeyConstraint(
            ["released_by"], ["people.id"], name=op.f("fk_payment_runs_released_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["table_paper_id"], ["papers.id"], name=op.f("fk_payment_runs_table_paper_id_papers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_runs")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_runs_number")),
    )
    op.create_table(
        "switch_changes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proposed_by <> confirmed_by", name=op.f("ck_switch_changes_four_eyes")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_switch_changes_confirmed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_switch_changes_proposed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["people.id"], name=op.f("fk_switch_changes_taken_back_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switch_changes")),
    )
    op.create_index("ix_switch_changes_code", "switch_changes", ["code", "id"], unique=False)
    op.create_index(
        "uq_switch_changes_proposed",
        "switch_changes",
        ["code"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )
    op.create_table(
        "account_changes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_account_changes_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_account_changes_expert_id_experts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_changes")),
    )
    op.create_index("ix_account_changes_expert_id", "account_changes", ["expert_id"], unique=False)
    op.create_index(
        "uq_account_changes_waiting",
        "account_changes",
        ["expert_id"],
        unique=True,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "switch_told",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["switch_changes.id"], name=op.f("fk_switch_told_change_id_switch_changes")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_switch_told_person_id_people")),
        sa.PrimaryKeyConstraint("change_id", "person_id", name=op.f("pk_switch_told")),
    )
    op.create_index(
        "ix_switch_told_waiting",
        "switch_told",
        ["change_id", "person_id"],
        unique=False,
        postgresql_where="told_at IS NULL",
    )
    op.create_table(
        "withholding",
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=3), nullable=False),
        sa.Column("percent_above", sa.Numeric(precision=5, scale=3), nullable=False),
        sa.Column("over_yen", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_withholding_expert_id_experts")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_withholding_set_by_people")),
        sa.PrimaryKeyConstraint("expert_id", name=op.f("pk_withholding")),
    )
    op.create_table(
        "contracts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_revision", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("terms_version", sa.String(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("price_yen", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_expert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_sme_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_person_id", sa.Integer(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_contracts_company_id_companies")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_contracts_expert_id_experts")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_contracts_paper_id_papers")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_contracts_plan_id_plans")),
        sa.ForeignKeyConstraint(
            ["signed_by_person_id"], ["people.id"], name=op.f("fk_contracts_signed_by_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
    )
    op.create_index("ix_contracts_company_id", "contracts", ["company_id"], unique=False)
    op.create_index("ix_contracts_expert_id", "contracts", ["expert_id"], unique=False)
    op.create_index(
        "uq_contracts_plan_id",
        "contracts",
        ["plan_id"],
        unique=True,
        postgresql_where="state NOT IN ('expired', 'cancelled')",
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("expert_id", sa.BigInteger(), nullable=True),
        sa.Column("travel", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("yen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("source <> target", name=op.f("ck_ledger_it_moves")),
        sa.CheckConstraint("yen > 0", name=op.f("ck_ledger_something_moves")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_ledger_company_id_companies")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_ledger_expert_id_experts")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_ledger_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_company_id", "ledger", ["company_id", "id"], unique=False)
    op.create_index("ix_ledger_expert_id", "ledger", ["expert_id", "id"], unique=False)
    op.create_index("ix_ledger_plan_id", "ledger", ["plan_id", "id"], unique=False)
    op.create_table(
        "contract_changes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_sme", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_contract_changes_answered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_changes_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["papers.id"], name=op.f("fk_contract_changes_paper_id_papers")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_contract_changes_proposed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_changes")),
    )
    op.create_index(
        "ix_contract_changes_contract_id", "contract_changes", ["contract_id", "id"], unique=False
    )
    op.create_index(
        "uq_contract_changes_proposed",
        "contract_changes",
        ["contract_id"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("total_yen", sa.Integer(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.Column("dispute", sa.LargeBinary(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_reports_company_id_companies")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_reports_confirmed_by_people")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_reports_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_reports_expert_id_experts")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_reports_paper_id_papers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_reports_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_reports_number")),
    )
    op.create_index("ix_reports_company_id", "reports", ["company_id"], unique=False)
    op.create_index("ix_reports_expert_id", "reports", ["expert_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("code_word", sa.String(), nullable=False),
        sa.Column("word_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("word_tries", sa.Integer(), nullable=False),
        sa.Column("expert_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expert_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sme_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sme_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("billable_minutes", sa.Integer(), nullable=False),
        sa.Column("late_reason", sa.LargeBinary(), nullable=True),
        sa.Column("tasks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("attendees", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("flags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("dispute", sa.LargeBinary(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_sessions_answered_by_people")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_sessions_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_sessions_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_sessions_expert_id_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("number", name=op.f("uq_sessions_number")),
    )
    op.create_index("ix_sessions_company_id", "sessions", ["company_id", "start_at"], unique=False)
    op.create_index("ix_sessions_contract_id", "sessions", ["contract_id", "start_at"], unique=False)
    op.create_index("ix_sessions_expert_id", "sessions", ["expert_id", "start_at"], unique=False)
    op.create_index(
        "uq_sessions_running_expert",
        "sessions",
        ["expert_id"],
        unique=True,
        postgresql_where="state = 'running'",
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("length_minutes", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_evidence_added_by_people")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_evidence_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_evidence_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_evidence_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_contract_id", "evidence", ["contract_id", "id"], unique=False)
    op.create_index("ix_evidence_session_id", "evidence", ["session_id", "id"], unique=False)
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("total_yen", sa.Integer(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("share_yen", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("share_yen + honorarium_yen = total_yen", name=op.f("ck_invoices_parts_add_up")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_invoices_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_invoices_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_invoices_expert_id_experts")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_invoices_paper_id_papers")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_invoices_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
    )
    op.create_index("ix_invoices_company_id", "invoices", ["company_id"], unique=False)
    op.create_index(
        "uq_invoices_contract_id",
        "invoices",
        ["contract_id"],
        unique=True,
        postgresql_where="state <> 'cancelled'",
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("travel_yen", sa.Integer(), nullable=False),
        sa.Column("travel_km", sa.Integer(), nullable=True),
        sa.Column("travel_route", sa.LargeBinary(), nullable=True),
        sa.Column("bank", sa.LargeBinary(), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_approved_by", sa.Integer(), nullable=True),
        sa.Column("second_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded", sa.Boolean(), nullable=True),
        sa.Column("refund_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved_by <> second_approved_by", name=op.f("ck_claims_four_eyes")),
        sa.CheckConstraint(
            "honorarium_yen >= 0 AND travel_yen >= 0", name=op.f("ck_claims_nothing_below_zero")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_claims_approved_by_people")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_claims_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_claims_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_claims_expert_id_experts")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_claims_invoice_id_invoices")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_claims_report_id_reports")),
        sa.ForeignKeyConstraint(
            ["second_approved_by"], ["people.id"], name=op.f("fk_claims_second_approved_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_claims_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_claims_number")),
    )
    op.create_index("ix_claims_expert_id", "claims", ["expert_id"], unique=False)
    op.create_index("ix_claims_state", "claims", ["state"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("honorarium_yen", sa.Integer(), nullable=False),
        sa.Column("travel_yen", sa.Integer(), nullable=False),
        sa.Column("withheld_yen", sa.Integer(), nullable=False),
        sa.Column("net_yen", sa.Integer(), nullable=False),
        sa.Column("bank", sa.LargeBinary(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("notice_paper_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "honorarium_yen + travel_yen = withheld_yen + net_yen",
            name=op.f("ck_payments_gross_is_net_and_tax"),
        ),
        sa.CheckConstraint("net_yen > 0 AND withheld_yen >= 0", name=op.f("ck_payments_something_is_paid")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_payments_claim_id_claims")),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_payments_expert_id_experts")),
        sa.ForeignKeyConstraint(
            ["notice_paper_id"], ["papers.id"], name=op.f("fk_payments_notice_paper_id_papers")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payment_runs.id"], name=op.f("fk_payments_run_id_payment_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_expert_id", "payments", ["expert_id"], unique=False)
    op.create_index("ix_payments_run_id", "payments", ["run_id"], unique=False)
    op.create_index(
        "uq_payments_claim_id",
        "payments",
        ["claim_id"],
        unique=True,
        postgresql_where="state IN ('scheduled', 'paid')",
    )
    op.create_table(
        "reclaims",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("yen", sa.Integer(), nullable=False),
        sa.Column("repaid_yen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("proposed_by <> confirmed_by", name=op.f("ck_reclaims_four_eyes")),
        sa.CheckConstraint(
            "yen > 0 AND repaid_yen >= 0 AND repaid_yen <= yen",
            name=op.f("ck_reclaims_no_more_than_demanded"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_reclaims_claim_id_claims")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_reclaims_confirmed_by_people")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_reclaims_expert_id_experts")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_reclaims_paper_id_papers")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_reclaims_proposed_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reclaims")),
    )
    op.create_index("ix_reclaims_claim_id", "reclaims", ["claim_id"], unique=False)
    op.create_index("ix_reclaims_expert_id", "reclaims", ["expert_id"], unique=False)
    op.create_table(
        "repayments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reclaim_id", sa.BigInteger(), nullable=False),
        sa.Column("yen", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("yen > 0", name=op.f("ck_repayments_something_came_back")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_repayments_entered_by_people")),
        sa.ForeignKeyConstraint(
            ["reclaim_id"], ["reclaims.id"], name=op.f("fk_repayments_reclaim_id_reclaims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayments")),
    )
    op.create_index("ix_repayments_reclaim_id", "repayments", ["reclaim_id"], unique=False)
    op.add_column("reviews", sa.Column("first_by", sa.Integer(), nullable=True))
    op.add_column("reviews", sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reviews", sa.Column("checked", sa.LargeBinary(), nullable=True))
    op.create_foreign_key(op.f("fk_reviews_first_by_people"), "reviews", "people", ["first_by"], ["id"])
    op.execute(APPEND_ONLY)
    for table in ("audit", "audit_seals", "ledger"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
