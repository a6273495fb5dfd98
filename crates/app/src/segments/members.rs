//! Who is in a segment, and the lists of static ones.

use std::collections::HashSet;

use muster_db::Tx;
use muster_db::segment_sql;
use muster_db::segments::{self as table, Naming, SegmentRow};
use muster_domain::phone::{Phone, Region};
use muster_domain::problem::Problem;
use muster_domain::segment::SegmentType;
use serde_json::json;
use uuid::Uuid;

use super::compile::compile_row;
use super::edit::find;
use super::views::{ListOutcome, Member, MemberList};
use crate::ctx::AuditObject;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Customers in one list at most; longer ones come in several.
pub(super) const MAX_AT_ONCE: usize = 50_000;
/// What was not found is shown up to here.
const MAX_SHOWN: usize = 1_000;

/// The people in a segment now, newest first.
pub async fn members(app: &App, ctx: &Ctx, id: Uuid, page: PageRequest) -> AppResult<Page<Member>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let segment = find(&mut tx, ctx, id).await?;
    let audience = compile_row(&mut tx, ctx.ws, &segment, app.now()).await?;
    let rows = segment_sql::members(&mut tx, ctx.ws, &audience, page.offset(), page.page_size).await?;
    let count = segment_sql::count(&mut tx, ctx.ws, &audience).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), page, count))
}

/// Puts customers on the list of a static segment.
pub async fn add_members(app: &App, ctx: &Ctx, id: Uuid, list: MemberList) -> AppResult<ListOutcome> {
    alter(app, ctx, id, list, true).await
}

/// Takes customers from the list of a static segment.
pub async fn remove_members(app: &App, ctx: &Ctx, id: Uuid, list: MemberList) -> AppResult<ListOutcome> {
    alter(app, ctx, id, list, false).await
}

async fn alter(app: &App, ctx: &Ctx, id: Uuid, list: MemberList, adds: bool) -> AppResult<ListOutcome> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let segment = open_list(&mut tx, ctx, id).await?;
    let (found, not_found) = resolve(&mut tx, ctx, list).await?;
    let changed = if adds {
        table::add_members(&mut tx, ctx.ws, id, &found, now).await?
    } else {
        table::remove_members(&mut tx, ctx.ws, id, &found).await?
    } as i64;
    let listed = table::count_members(&mut tx, ctx.ws, id).await?;
    if changed > 0 {
        let object =
            AuditObject::new("segment", id, &segment.name).after(&json!({ "changed": changed, "listed": listed }));
        let action = if adds { "segment.members_added" } else { "segment.members_removed" };
        ctx.audit(&mut tx, now, action, object).await?;
    }
    tx.commit().await?;
    app.live.publish(ctx.ws, "segments", json!({}));
    let not_found_count = not_found.len() as i64;
    let not_found = not_found.into_iter().take(MAX_SHOWN).collect();
    Ok(ListOutcome { changed, unchanged: found.len() as i64 - changed, not_found, not_found_count, listed })
}

async fn open_list(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<SegmentRow> {
    let segment = find(tx, ctx, id).await?;
    if segment.kind != SegmentType::Static {
        return Err(AppError::conflict(
            "not_static",
            "This segment finds its members by conditions. Only a static segment has a list.",
        ));
    }
    if segment.archived_at.is_some() {
        return Err(AppError::conflict("archived", "This segment is archived. Restore it before you change it."));
    }
    Ok(segment)
}

/// The customers a list names, each once, and what names nobody.
async fn resolve(tx: &mut Tx, ctx: &Ctx, mut list: MemberList) -> AppResult<(Vec<i64>, Vec<String>)> {
    let mut pasted: Vec<String> = Vec::new();
    for word in
        list.text.split(['\n', '\r', ',', ';', '\t']).map(|w| w.trim().trim_matches('"')).filter(|w| !w.is_empty())
    {
        match word {
            _ if word.contains('@') => list.emails.push(word.to_owned()),
            _ if word.starts_with('+') => list.phones.push(word.to_owned()),
            _ => pasted.push(word.to_owned()),
        }
    }
    list.external_ids.append(&mut pasted);
    let total = list.customer_ids.len() + list.external_ids.len() + list.emails.len() + list.phones.len();
    if total == 0 {
        return Err(AppError::problems(vec![Problem::new(
            "",
            "empty_list",
            "The list is empty: give customers by id, external id, email address or phone number.",
        )]));
    }
    if total > MAX_AT_ONCE {
        return Err(AppError::invalid(
            "too_many",
            format!("The list has {total} entries; give at most {MAX_AT_ONCE} at once."),
        ));
    }
    let known: HashSet<i64> = table::existing(tx, ctx.ws, &list.customer_ids).await?.into_iter().collect();
    let mut not_found: Vec<String> =
        list.customer_ids.iter().filter(|id| !known.contains(id)).map(ToString::to_string).collect();
    let mut found: HashSet<i64> = known;
    for (naming, words) in
        [(Naming::ExternalId, list.external_ids), (Naming::Email, list.emails), (Naming::Phone, list.phones)]
    {
        let keyed: Vec<(String, String)> = words.into_iter().map(|word| (key(naming, &word), word)).collect();
        let keys: Vec<String> = keyed.iter().map(|(key, _)| key.clone()).collect();
        let hits = table::find(tx, ctx.ws, naming, &keys).await?;
        let matched: HashSet<String> = hits.iter().map(|(_, word)| word.clone()).collect();
        found.extend(hits.iter().map(|(id, _)| *id));
        not_found.extend(keyed.into_iter().filter(|(key, _)| !matched.contains(key)).map(|(_, word)| word));
    }
    let mut found: Vec<i64> = found.into_iter().collect();
    found.sort_unstable();
    Ok((found, not_found))
}

/// A word as the column holds it. The region is that of numbers without `+`, which are not read as numbers here.
fn key(naming: Naming, word: &str) -> String {
    let word = word.trim();
    match naming {
        Naming::ExternalId => word.to_owned(),
        Naming::Email => word.to_lowercase(),
        Naming::Phone => {
            let international = "KE".parse::<Region>().ok().and_then(|region| Phone::parse(word, region).ok());
            international.map_or_else(|| word.to_owned(), |phone| phone.as_str().to_owned())
        }
    }
}
