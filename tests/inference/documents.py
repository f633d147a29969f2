"""The documents that inference is tried on, and what a person sees in some of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mockserver import service, sources
from mockserver.service import Service

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs"
PATHS = {
    "petstore-separate-2.0" if path.name == "swagger.yaml" else path.stem: path
    for path in sorted((*FOLDER.glob("*"), *FOLDER.glob("*/spec/swagger.yaml")))
    if path.suffix in (".yaml", ".yml", ".json")
}
NAMES = sorted(PATHS)


@cache
def load(name: str) -> Service:
    """A vendor's document as it is served, with nothing else."""
    return service.load([service.ApiSource(name, sources.document(str(PATHS[name])), {})], rate_limits=False)


# What a person who reads the document would call a resource, by hand. The names are the mock's where it found them.
SEEN: dict[str, str] = {
    "intercom": """
        activity_logs admins articles attributes collections companies contacts content_import_sources conversations
        custom_object_instances data_attributes data_events data_export external_pages help_centers internal_articles
        news_items newsfeeds notes segments subscription_types tags teams ticket_states ticket_types tickets visitors
    """,
    "asana": """
        access_requests agents allocations attachments audit_log_events budgets custom_field_settings custom_fields
        custom_types enum_options events goal_relationships goals jobs memberships ooo_entries organization_exports
        portfolio_memberships portfolios project_briefs project_memberships project_portfolio_settings project_statuses
        project_templates projects rates reactions roles sections status_updates stories tags task_templates tasks
        team_memberships teams time_periods time_tracking_categories time_tracking_entries
        timesheet_approval_statuses user_task_lists users webhooks workspace_memberships workspaces
    """,
    "close": """
        association blocked_phone_number bulk_action_delete bulk_action_edit bulk_action_email
        bulk_action_sequence_subscription call comment comment_thread connected_account contact created custom
        custom_activity custom_field_activity custom_field_contact custom_field_custom_object_type custom_field_lead
        custom_field_opportunity custom_field_shared custom_object custom_object_type dialer email email_template
        emailthread event export form_submission group integration_link lead lead_merge meeting member membership note
        opportunity organization outcome phone_number pipeline playbook role saved_search scheduling_link send_as
        sequence sequence_subscription shared_scheduling_link sms sms_template status_change_lead
        status_change_opportunity status_lead status_opportunity task task_completed unsubscribe_email user webhook
        whatsapp_message
    """,
    "pipedrive-v1": """
        activityFields activityTypes boards callLogs channels comments currencies dealFields deals files filters
        followers goals groups leadFields leadLabels leadSources leads legacyTeams mailMessages mailThreads noteFields
        notes organizationFields organizationRelationships participants permissionSets personFields phases
        productFields projectTemplates projects roleAssignments roles tasks userProviderLinks users webhooks
    """,
    "box": """
        ai_agents app_item_associations collaboration_whitelist_entries collaboration_whitelist_exempt_targets
        collaborations collections comments device_pinners email_aliases events file_requests
        file_version_legal_holds file_version_retentions files folder_locks folders group_memberships groups
        invites legal_hold_policies legal_hold_policy_assignments levels metadata metadata_cascade_policies
        metadata_taxonomies metadata_templates nodes parts retention_policies retention_policy_assignments
        shield_information_barrier_reports shield_information_barrier_segment_members
        shield_information_barrier_segment_restrictions shield_information_barrier_segments
        shield_information_barriers sign_requests sign_templates slack storage_policies storage_policy_assignments
        task_assignments tasks teams terms_of_service_user_statuses terms_of_services upload_sessions users
        versions web_links webhooks workflows zip_downloads
    """,
}
