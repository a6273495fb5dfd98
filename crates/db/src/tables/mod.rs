//! One file per table: notes on the schema, statements, rows, functions.

pub mod absence_retries;
pub mod approvals;
pub mod attributes;
pub mod audience;
pub mod audit;
pub mod budgets;
pub mod campaign_metrics;
pub mod campaign_parts;
pub mod campaign_state;
pub mod campaign_versions;
pub mod campaigns;
pub mod card_entries;
pub mod cards;
pub mod consents;
pub mod contacts;
pub mod creatives;
pub mod customer_batch;
pub mod customer_erasure;
pub mod customers;
pub mod dead_letters;
pub mod deferred;
pub mod deliveries;
pub mod direct_messages;
pub mod domain_slots;
pub mod event_readers;
pub mod executions;
pub mod home;
pub mod idempotency_keys;
pub mod imports;
pub mod job_alert_list;
pub mod job_alerts;
pub mod job_built_in;
pub mod job_definitions;
pub mod job_late_starts;
pub mod job_leases;
pub mod job_lists;
pub mod job_logs;
pub mod job_moments;
pub mod job_plans;
pub mod job_queue;
pub mod job_retention;
pub mod job_tries;
pub mod job_upstream;
pub mod job_views;
pub mod leases;
pub mod links;
pub mod mailbox_messages;
pub mod mailboxes;
pub mod notes;
pub mod notifications;
pub mod offer_approvals;
pub mod offer_parts;
pub mod offers;
pub mod people;
pub mod plan_contacts;
pub mod plan_machine;
pub mod plan_versions;
pub mod policies;
pub mod products;
pub mod profiles;
pub mod providers;
pub mod reactions;
pub mod recipient_values;
pub mod recipients;
pub mod recounts;
pub mod redemption_codes;
pub mod redemptions;
pub mod responses;
pub mod restored;
pub mod rewards;
pub mod routing_rules;
pub mod run_events;
pub mod run_tests;
pub mod runs;
pub mod sandbox;
pub mod search;
pub mod secrets;
pub mod segments;
pub mod sending_nodes;
pub mod sent_messages;
pub mod sessions;
pub mod snapshots;
pub mod sql_scripts;
pub mod suppressions;
pub mod templates;
pub mod timeline;
pub mod workspaces;

use crate::sql::Sql;

/// Every registered statement with its name: a test prepares each on both engines.
pub fn statements() -> impl Iterator<Item = (&'static str, &'static Sql)> {
    [
        absence_retries::STATEMENTS,
        approvals::STATEMENTS,
        attributes::STATEMENTS,
        audience::STATEMENTS,
        audit::STATEMENTS,
        budgets::STATEMENTS,
        campaign_metrics::STATEMENTS,
        campaign_parts::STATEMENTS,
        campaign_state::STATEMENTS,
        campaign_versions::STATEMENTS,
        campaigns::STATEMENTS,
        card_entries::STATEMENTS,
        cards::STATEMENTS,
        consents::STATEMENTS,
        contacts::STATEMENTS,
        creatives::STATEMENTS,
        customer_batch::STATEMENTS,
        customer_erasure::STATEMENTS,
        customers::STATEMENTS,
        dead_letters::STATEMENTS,
        deferred::STATEMENTS,
        deliveries::STATEMENTS,
        direct_messages::STATEMENTS,
        event_readers::STATEMENTS,
        executions::STATEMENTS,
        home::STATEMENTS,
        idempotency_keys::STATEMENTS,
        imports::STATEMENTS,
        domain_slots::STATEMENTS,
        job_alert_list::STATEMENTS,
        job_alerts::STATEMENTS,
        job_built_in::STATEMENTS,
        job_definitions::STATEMENTS,
        job_late_starts::STATEMENTS,
        job_leases::STATEMENTS,
        job_lists::STATEMENTS,
        job_logs::STATEMENTS,
        job_moments::STATEMENTS,
        job_plans::STATEMENTS,
        job_queue::STATEMENTS,
        job_retention::STATEMENTS,
        job_tries::STATEMENTS,
        job_upstream::STATEMENTS,
        job_views::STATEMENTS,
        leases::STATEMENTS,
        notes::STATEMENTS,
        links::STATEMENTS,
        mailbox_messages::STATEMENTS,
        mailboxes::STATEMENTS,
        notifications::STATEMENTS,
        offer_approvals::STATEMENTS,
        offer_parts::STATEMENTS,
        offers::STATEMENTS,
        people::STATEMENTS,
        plan_contacts::STATEMENTS,
        plan_machine::STATEMENTS,
        plan_versions::STATEMENTS,
        policies::STATEMENTS,
        products::STATEMENTS,
        providers::STATEMENTS,
        reactions::STATEMENTS,
        recipient_values::STATEMENTS,
        recipients::STATEMENTS,
        recounts::STATEMENTS,
        redemption_codes::STATEMENTS,
        redemptions::STATEMENTS,
        responses::STATEMENTS,
        restored::STATEMENTS,
        rewards::STATEMENTS,
        routing_rules::STATEMENTS,
        run_events::STATEMENTS,
        run_tests::STATEMENTS,
        runs::STATEMENTS,
        sandbox::STATEMENTS,
        search::STATEMENTS,
        secrets::STATEMENTS,
        segments::STATEMENTS,
        sending_nodes::STATEMENTS,
        sent_messages::STATEMENTS,
        sessions::STATEMENTS,
        snapshots::STATEMENTS,
        sql_scripts::STATEMENTS,
        suppressions::STATEMENTS,
        templates::STATEMENTS,
        timeline::STATEMENTS,
        workspaces::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
