//! Customers to look for.

use muster_db::attributes::{self, NewValue};
use muster_db::customers::{self, CustomerRow};
use muster_domain::clock::Clock;
use muster_domain::customer::AttributeValue;
use muster_domain::time::DAY;
use muster_tests::World;

/// A customer as a test needs one; days count back from now.
#[derive(Debug, Clone)]
pub struct Person {
    pub first_name: String,
    pub last_name: String,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_channel: Option<String>,
    pub balance_e4: i64,
    pub registered_days_ago: Option<i64>,
    pub first_bought_days_ago: Option<i64>,
    pub bought_days_ago: Option<i64>,
    pub ordered_days_ago: Option<i64>,
    pub is_active: bool,
    pub opted_out: bool,
    /// Definition and value.
    pub attributes: Vec<(i64, AttributeValue)>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            first_name: String::new(),
            last_name: String::new(),
            city: None,
            tier: None,
            client_type: None,
            preferred_channel: None,
            balance_e4: 0,
            registered_days_ago: None,
            first_bought_days_ago: None,
            bought_days_ago: None,
            ordered_days_ago: None,
            is_active: true,
            opted_out: false,
            attributes: Vec::new(),
        }
    }
}

/// Writes customers; person n has external id `P<n>`, number `+25470000000<n>`, and an address unless n is a multiple of 5 above 0.
pub async fn plant(world: &World, people: &[Person]) -> Vec<i64> {
    let now = world.clock.now();
    let ago = |days: Option<i64>| days.map(|days| now - days * DAY);
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    let mut ids = Vec::new();
    let mut values = Vec::new();
    for (n, p) in people.iter().enumerate() {
        let email = (n == 0 || n % 5 != 0).then(|| format!("{}{n}@example.com", p.first_name.to_lowercase()));
        let row = CustomerRow {
            id: 0,
            external_id: Some(format!("P{n}")),
            first_name: p.first_name.clone(),
            last_name: p.last_name.clone(),
            email,
            phone: Some(format!("+254700{n:06}")),
            city: p.city.clone(),
            tier: p.tier.clone(),
            client_type: p.client_type.clone(),
            preferred_language: None,
            preferred_channel: p.preferred_channel.clone(),
            preferred_product: None,
            timezone: None,
            account_balance_e4: p.balance_e4,
            currency: None,
            registration_date: ago(p.registered_days_ago),
            first_purchase_date: ago(p.first_bought_days_ago),
            last_purchase_date: ago(p.bought_days_ago),
            last_order_at: ago(p.ordered_days_ago),
            purchase_count: 0,
            is_active: p.is_active,
            opted_out: p.opted_out,
            erased_at: None,
            created_at: now,
            updated_at: now,
        };
        let id = customers::insert(&mut tx, world.ws, &row, now).await.unwrap();
        values.extend(p.attributes.iter().map(|(definition, value)| NewValue::new(*definition, id, value).unwrap()));
        ids.push(id);
    }
    attributes::put(&mut tx, world.ws, &values).await.unwrap();
    tx.commit().await.unwrap();
    ids
}
