//! What conditions may be about, for the builder.

use std::collections::HashMap;

use muster_db::segments as table;
use muster_domain::channel::Channel;
use muster_domain::criteria::{BehaviourKind, CustomerField, FieldKind};

use super::compile::attribute_fields;
use super::views::{FieldValue, SegmentField};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Values offered per field at most.
const MAX_VALUES: usize = 50;

/// Every field with its label, type, operators and known values: built-in ones, what customers did, custom attributes.
pub async fn fields(app: &App, ctx: &Ctx) -> AppResult<Vec<SegmentField>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let attributes = attribute_fields(&mut tx, ctx.ws).await?;
    let mut known: HashMap<String, Vec<FieldValue>> = HashMap::new();
    for row in table::known_values(&mut tx, ctx.ws).await? {
        let values = known.entry(row.field).or_default();
        if values.len() < MAX_VALUES {
            values.push(FieldValue { value: row.value, customers: row.customers });
        }
    }
    let channels = Channel::ALL.iter().map(|c| FieldValue { value: c.as_str().to_owned(), customers: 0 }).collect();
    known.insert(CustomerField::PreferredChannel.as_str().to_owned(), channels);
    let mut field = |name: String, label: String, kind: FieldKind, is_custom: bool| SegmentField {
        values: known.remove(&name).unwrap_or_default(),
        operators: kind.operators().to_vec(),
        name,
        label,
        kind,
        is_custom,
    };
    let mut fields: Vec<SegmentField> =
        CustomerField::ALL.iter().map(|f| field(f.as_str().into(), f.label().into(), f.kind(), false)).collect();
    fields.extend(
        BehaviourKind::ALL.iter().map(|b| field(b.as_str().into(), b.label().into(), FieldKind::Behaviour, false)),
    );
    for attribute in attributes {
        // One that is called like a built-in field goes by its long name.
        let is_taken =
            attribute.name.parse::<CustomerField>().is_ok() || attribute.name.parse::<BehaviourKind>().is_ok();
        let mut custom = field(attribute.name, attribute.label, attribute.kind.into(), true);
        if is_taken {
            custom.name = format!("attributes.{}", custom.name);
        }
        fields.push(custom);
    }
    Ok(fields)
}
