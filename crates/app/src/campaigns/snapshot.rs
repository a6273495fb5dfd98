//! What a campaign is at a version: kept with each edit, compared by approvals and by the history.

use serde_json::{Map, Value, json};

use super::view::CampaignView;

/// Everything about a campaign that an approval is about, by the names of the API.
pub(crate) fn snapshot(c: &CampaignView, plan: Option<Value>) -> Value {
    let segments = |role: &str| -> Vec<Value> {
        c.segments
            .iter()
            .filter(|s| s.role == role)
            .map(|s| json!({ "segmentId": s.segment_id, "name": s.name }))
            .collect()
    };
    let offers: Vec<Value> = c
        .offers
        .iter()
        .map(|o| json!({ "segmentId": o.segment_id, "offerId": o.offer_id, "name": o.name, "priority": o.priority, "intervalConfig": o.interval_config, "conditionConfig": o.condition_config }))
        .collect();
    let test = c.ab_test_config.as_ref().map(|t| {
        let variants: Vec<Value> =
            t.variants.iter().map(|v| json!({ "variantId": v.variant_id, "name": v.name, "subject": v.subject, "templateId": v.template_id, "weight": v.weight })).collect();
        json!({ "variants": variants, "winnerCriteria": t.winner_criteria, "testDurationHours": t.test_duration_hours, "testSamplePercent": t.test_sample_percent })
    });
    json!({
        "name": c.name,
        "description": c.description,
        "objective": c.objective,
        "channel": c.channel,
        "type": c.kind,
        "segments": segments("include"),
        "excludeSegments": segments("exclude"),
        "controlPercent": c.control_percent,
        "targetingType": c.targeting_type,
        "offers": offers,
        "templateId": c.template_id,
        "content": c.content,
        "plan": plan,
        "settings": c.settings,
        "abTestConfig": test,
        "scheduledAt": c.scheduled_at.map(muster_domain::time::rfc3339),
        "endAt": c.end_at.map(muster_domain::time::rfc3339),
        "timezone": c.timezone,
        "misfireRule": c.misfire_rule,
        "recurringSchedule": c.recurring_schedule,
        "deliveryMode": c.delivery_mode,
        "unknownPolicy": c.unknown_policy,
        "throttleConfig": c.throttle_config,
    })
}

/// The fields in which two snapshots differ, before and after.
pub(crate) fn differences(before: &Value, after: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let (mut old, mut new) = (Map::new(), Map::new());
    let Some(fields) = after.as_object() else { return (old, new) };
    for (name, value) in fields {
        let was = before.get(name).unwrap_or(&Value::Null);
        if was != value {
            old.insert(name.clone(), was.clone());
            new.insert(name.clone(), value.clone());
        }
    }
    (old, new)
}
