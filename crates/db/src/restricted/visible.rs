//! Which tables the SQL of jobs sees, and what it may change.

/// The tables of the contract, and those that they point to. Nothing about people's access, keys, providers and leases.
const TABLES: [&str; 32] = [
    "attribute_definitions",
    "campaign_responses",
    "campaign_runs",
    "campaign_segment_mappings",
    "campaign_segment_offer_mappings",
    "campaign_transitions",
    "campaign_variants",
    "campaigns",
    "cards",
    "contact_campaigns",
    "conversions",
    "customer_attributes",
    "customer_consents",
    "customers",
    "job_executions",
    "job_step_executions",
    "jobs",
    "message_events",
    "offer_creatives",
    "offer_products",
    "offer_redemptions",
    "offer_rewards",
    "offer_tracking_sources",
    "offers",
    "products",
    "reward_ledger",
    "rewards",
    "scheduled_actions",
    "segment_members",
    "segments",
    "suppressions",
    "templates",
];

/// Views of the schema that join tables of which not all are visible themselves.
const VIEWS: [&str; 7] = [
    "campaign_contact_status",
    "campaign_participants",
    "campaign_recipients",
    "campaign_stats",
    "job_tasks",
    "message_queue",
    "outbound_messages",
];

/// Columns that are nobody's business, wherever they stand.
const HIDDEN: [&str; 6] =
    ["tenant_id", "webhook_token_hash", "lease_token", "lease_expires_at", "workflow", "abort_requested"];

/// Columns of customers that may be changed. Addresses, names and consent have rules that SQL would go past.
pub const CUSTOMER_COLUMNS: [&str; 8] = [
    "city",
    "tier",
    "client_type",
    "preferred_language",
    "preferred_channel",
    "preferred_product",
    "timezone",
    "is_active",
];

/// What may be changed, for people.
pub const WRITABLE: &str = "customers of static segments can be added to and deleted from segment_members, and of customers \
     city, tier, client_type, preferred_language, preferred_channel, preferred_product, timezone and is_active can be updated";

/// Every name that a statement may use, in order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = TABLES.iter().chain(&VIEWS).copied().collect();
    names.sort_unstable();
    names
}

/// Whether this one is a view of the schema.
pub(super) fn is_view(name: &str) -> bool {
    VIEWS.contains(&name)
}

/// The columns of a table that are shown, quoted and parted by commas; the rest of a statement does not see.
pub(super) fn shown(columns: &[String]) -> String {
    let shown = columns.iter().filter(|name| !HIDDEN.contains(&name.as_str()));
    shown.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
