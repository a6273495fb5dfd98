//! A batch of rows becomes new customers, changes and rejections, in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use muster_db::attributes::{self, NewToken, NewValue};
use muster_db::customer_batch::{self, BatchRow, FindBy, FoundRow};
use muster_db::imports::NewError;
use muster_db::{Tx, imports};
use muster_domain::clock::Millis;
use muster_domain::customer::{CustomerDraft, first_moment, search_key};
use muster_domain::import::{Reason, Rejection, Row};
use muster_domain::money;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::options::{ImportKey, OnDuplicate};
use crate::AppResult;

/// A row of the file and what it was read as.
pub(super) struct Parsed {
    pub row: Row,
    pub result: Result<CustomerDraft, Rejection>,
}

/// How the batches of one import are applied.
pub(super) struct Applier {
    pub ws: WorkspaceId,
    pub import_id: Uuid,
    pub key: ImportKey,
    pub on_duplicate: OnDuplicate,
    pub dry_run: bool,
    /// Ids of the workspace's own fields, by name.
    pub definitions: HashMap<String, i64>,
    /// Name of the key's column, for messages.
    pub key_column: String,
    /// Keys that a dry run would have added, hashed: eight bytes a customer keep a million in bounds.
    pub would_be: HashSet<u64>,
    pub counts: Counts,
}

/// What has been counted so far.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub rows: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub reasons: BTreeMap<&'static str, i64>,
}

/// Who is to be written: somebody new, or somebody found.
struct Slot {
    draft: CustomerDraft,
    found: Option<FoundRow>,
}

impl Applier {
    /// Applies a batch within `tx`; counters move only when it is committed by the caller.
    pub async fn apply(&mut self, tx: &mut Tx, batch: Vec<Parsed>, now: Millis) -> AppResult<()> {
        self.counts.rows += batch.len() as i64;
        let existing = self.find(tx, &batch).await?;
        let mut errors: Vec<NewError> = Vec::new();
        let mut slots: Vec<Slot> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for parsed in batch {
            let outcome = match parsed.result {
                Ok(draft) => self.place(draft, parsed.row.line, &existing, &mut slots, &mut places),
                Err(rejection) => Err(rejection),
            };
            if let Err(rejection) = outcome {
                errors.push(self.reject(parsed.row, rejection));
            }
        }
        if !self.dry_run {
            self.write(tx, slots, now).await?;
        }
        imports::add_errors(tx, self.ws, self.import_id, &errors).await?;
        Ok(())
    }

    /// The customers whom the rows of a batch may mean, by key.
    async fn find(&self, tx: &mut Tx, batch: &[Parsed]) -> AppResult<HashMap<String, FoundRow>> {
        let mut keys: Vec<String> = batch.iter().filter_map(|p| self.key_of(p.result.as_ref().ok()?)).collect();
        keys.sort_unstable();
        keys.dedup();
        let by = match self.key {
            ImportKey::ExternalId => FindBy::ExternalId,
            ImportKey::Email => FindBy::Email,
            ImportKey::Phone => FindBy::Phone,
        };
        let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found = customer_batch::find(tx, self.ws, by, &asked).await?;
        Ok(found.into_iter().filter_map(|row| Some((keys.get(usize::try_from(row.n).ok()?)?.clone(), row))).collect())
    }

    fn key_of(&self, draft: &CustomerDraft) -> Option<String> {
        match self.key {
            ImportKey::ExternalId => draft.external_id.clone(),
            ImportKey::Email => draft.email.as_ref().map(ToString::to_string),
            ImportKey::Phone => draft.phone.as_ref().map(ToString::to_string),
        }
    }

    /// Decides what a good row is: new, a change, passed over, or refused after all.
    fn place(
        &mut self,
        draft: CustomerDraft,
        line: u64,
        existing: &HashMap<String, FoundRow>,
        slots: &mut Vec<Slot>,
        places: &mut HashMap<String, usize>,
    ) -> Result<(), Rejection> {
        let Some(key) = self.key_of(&draft) else {
            let message = format!(
                "the row has no {}, by which customers are recognised; fill it in, or choose another key",
                self.key
            );
            return Err(Rejection::single(line, &self.key_column, Reason::MissingKey, message));
        };
        let hash = hash_of(&key);
        let place = places.get(&key).copied();
        let found = existing.get(&key);
        if place.is_none() && found.is_none() && !self.would_be.contains(&hash) {
            if draft.email.is_none() && draft.phone.is_none() {
                let message = "a new customer needs an e-mail address or a phone number; add a column for one";
                return Err(Rejection::single(line, "", Reason::NoUsableAddress, message));
            }
            self.counts.imported += 1;
            places.insert(key, slots.len());
            slots.push(Slot { draft, found: None });
            if self.dry_run {
                self.would_be.insert(hash);
            }
            return Ok(());
        }
        match self.on_duplicate {
            OnDuplicate::Fail => {
                let message = format!(
                    "a customer with this {} is there already; remove the row, or import with update",
                    self.key
                );
                return Err(Rejection::single(line, &self.key_column, Reason::Duplicate, message));
            }
            OnDuplicate::Skip => {}
            OnDuplicate::Update => match place {
                Some(place) => slots[place].draft.absorb(draft),
                None => {
                    places.insert(key, slots.len());
                    slots.push(Slot { draft, found: found.cloned() });
                }
            },
        }
        self.counts.duplicates += 1;
        Ok(())
    }

    fn reject(&mut self, row: Row, rejection: Rejection) -> NewError {
        let first = &rejection.problems[0];
        self.counts.rejected += 1;
        *self.counts.reasons.entry(first.reason.code()).or_default() += 1;
        let message = match rejection.problems.as_slice() {
            [one] => one.message.clone(),
            all => all
                .iter()
                .map(|p| if p.column.is_empty() { p.message.clone() } else { format!("{}: {}", p.column, p.message) })
                .collect::<Vec<_>>()
                .join("; "),
        };
        let clean = |cell: String| cell.replace('\0', "");
        NewError {
            line: i64::try_from(rejection.line).unwrap_or(i64::MAX),
            column_name: first.column.clone(),
            reason: first.reason.code(),
            message,
            raw_row: row.cells.into_iter().map(clean).collect(),
        }
    }

    async fn write(&self, tx: &mut Tx, slots: Vec<Slot>, now: Millis) -> AppResult<()> {
        // In a run for good every slot without a find is new: a key that was added by an earlier batch is found.
        let (mut new, mut changed): (Vec<Slot>, Vec<Slot>) = slots.into_iter().partition(|slot| slot.found.is_none());
        let rows: Vec<BatchRow> = new.iter().enumerate().map(|(n, slot)| batch_row(n, slot)).collect();
        let ids = customer_batch::insert(tx, self.ws, &rows, now).await?;
        let changes: Vec<BatchRow> = changed.iter().enumerate().map(|(n, slot)| batch_row(n, slot)).collect();
        customer_batch::update(tx, self.ws, &changes, now).await?;
        let with_ids = ids
            .into_iter()
            .zip(new.iter_mut())
            .chain(changed.iter_mut().filter_map(|slot| Some((slot.found.as_ref()?.id, slot))));
        let (mut values, mut tokens) = (Vec::new(), BTreeMap::new());
        for (id, slot) in with_ids {
            for (name, value) in &slot.draft.attributes {
                values.extend(self.definitions.get(name).and_then(|attribute| NewValue::new(*attribute, id, value)));
            }
            // One device belongs to one person: the last row has it.
            tokens.extend(slot.draft.push_tokens.drain(..).map(|token| (token, id)));
        }
        if !values.is_empty() {
            attributes::put(tx, self.ws, &values).await?;
        }
        if !tokens.is_empty() {
            let tokens: Vec<NewToken> = tokens
                .into_iter()
                .map(|(token, customer_id)| NewToken { customer_id, token, platform: String::from("fcm") })
                .collect();
            attributes::put_tokens(tx, self.ws, &tokens, now).await?;
        }
        Ok(())
    }
}

fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

fn batch_row(n: usize, slot: &Slot) -> BatchRow {
    let d = &slot.draft;
    let renamed = d.first_name.is_some() || d.last_name.is_some();
    let (old_first, old_last) = slot.found.as_ref().map_or(("", ""), |f| (f.first_name.as_str(), f.last_name.as_str()));
    let (first, last) = (d.first_name.as_deref().unwrap_or(old_first), d.last_name.as_deref().unwrap_or(old_last));
    BatchRow {
        n: n as i64,
        id: slot.found.as_ref().map_or(0, |f| f.id),
        external_id: d.external_id.clone(),
        first_name: d.first_name.clone(),
        last_name: d.last_name.clone(),
        email: d.email.as_ref().map(ToString::to_string),
        phone: d.phone.as_ref().map(ToString::to_string),
        city: d.city.clone(),
        tier: d.tier.clone(),
        client_type: d.client_type.clone(),
        preferred_language: d.preferred_language.clone(),
        preferred_channel: d.preferred_channel.map(|c| c.to_string()),
        preferred_product: d.preferred_product.clone(),
        timezone: d.timezone.map(|zone| zone.name().to_owned()),
        // The parser lets only amounts through that fit.
        account_balance_e4: d.account_balance.and_then(money::to_e4),
        currency: d.currency.clone(),
        registration_date: d.registration_date.map(first_moment),
        first_purchase_date: d.first_purchase_date.map(first_moment),
        last_purchase_date: d.last_purchase_date.map(first_moment),
        last_order_at: d.last_order_at,
        is_active: d.is_active,
        opted_out: d.opted_out,
        search_name: renamed.then(|| search_key(&format!("{first} {last}"))),
        search_last_name: renamed.then(|| search_key(last)),
    }
}
