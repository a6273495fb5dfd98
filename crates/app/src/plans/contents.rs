//! What the nodes of a plan say in a run: fixed when the plan begins, like every content of a run.

use muster_db::Tx;
use muster_db::campaign_state::{self, InlineContent};
use muster_db::plan_versions::{self, MessageRow};
use muster_db::runs::{self, NewContent};
use muster_domain::channel::{CampaignChannel, Channel};
use muster_domain::plan::{Action, Plan, Send, SendContent};
use uuid::Uuid;

use crate::campaigns::InlineContent as Texts;
use crate::{App, AppError, AppResult, Ctx};

/// Adds the contents of a version of a plan to a run: each node that sends is an offer of its own number.
pub(crate) async fn fix(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    (campaign, run): (Uuid, i64),
    version: i64,
    plan: &Plan,
) -> AppResult<()> {
    let (mut content_no, mut offer_no) = plan_versions::last_content(tx, ctx.ws, run).await?;
    // That the run knows the version at all, also one that sends nothing.
    let mut messages = vec![MessageRow { plan_version: version, node_id: String::new(), offer_no: 0 }];
    for node in &plan.nodes {
        let Action::Send(send) = &node.action else { continue };
        offer_no += 1;
        let mut versions = Vec::new();
        match &send.content {
            SendContent::Inline { .. } => {
                versions.push((String::from("en"), inline(app, ctx, tx, campaign, send).await?));
            }
            SendContent::Offer { offer } => {
                let creatives = campaign_state::creatives(tx, ctx.ws, &[*offer]).await?;
                let own = creatives.into_iter().filter(|creative| creative.channel == send.channel);
                versions.extend(own.map(|creative| (creative.locale, creative.creative_version_id)));
            }
        }
        for (locale, creative_version_id) in versions {
            content_no += 1;
            let content = NewContent {
                content_no,
                offer_no,
                offer_id: match &send.content {
                    SendContent::Offer { offer } => Some(*offer),
                    SendContent::Inline { .. } => None,
                },
                variant_no: 0,
                channel: send.channel,
                locale,
                subject_override: None,
                creative_version_id,
            };
            runs::insert_content(tx, ctx.ws, run, &content).await?;
        }
        messages.push(MessageRow { plan_version: version, node_id: node.id.clone(), offer_no });
    }
    Ok(plan_versions::insert_messages(tx, ctx.ws, run, version, &messages).await?)
}

async fn inline(app: &App, ctx: &Ctx, tx: &mut Tx, campaign: Uuid, send: &Send) -> AppResult<i64> {
    let (texts, _) = texts_of(send).ok_or_else(|| AppError::internal("an offer has no text of its own"))?;
    let row = InlineContent {
        campaign_id: campaign,
        channel: send.channel.as_str(),
        subject: &texts.subject,
        preheader: "",
        text_body: &texts.text_body,
        html_body: &texts.html_body,
        now: app.now(),
    };
    Ok(campaign_state::insert_inline(tx, ctx.ws, &row).await?)
}

/// A node's own words as those of a message; none where an offer says them.
pub(super) fn texts_of(send: &Send) -> Option<(Texts, CampaignChannel)> {
    let SendContent::Inline { subject, body } = &send.content else { return None };
    let mut texts = Texts { subject: subject.clone().unwrap_or_default(), ..Texts::default() };
    match (send.channel, is_html(body)) {
        (Channel::Email, true) => texts.html_body.clone_from(body),
        (Channel::Email, false) => {
            texts.text_body.clone_from(body);
            // Whether a mail was opened is only seen of its HTML.
            texts.html_body = as_html(body);
        }
        _ => texts.text_body.clone_from(body),
    }
    Some((texts, send.channel.as_str().parse().unwrap_or(CampaignChannel::Email)))
}

fn is_html(body: &str) -> bool {
    let mut parts = body.split('<').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') && part.contains('>'))
}

/// A plain text as HTML: the same words and lines, and addresses that can be followed.
fn as_html(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(line_as_html).collect();
    format!("<p>{}</p>", lines.join("<br>\n").replace("<br>\n<br>\n", "</p>\n<p>"))
}

fn line_as_html(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let escaped = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let is_address =
            (word.starts_with("https://") || word.starts_with("http://")) && !word.contains(['"', '{', '<']);
        if !is_address {
            return escaped;
        }
        let address = escaped.trim_end_matches(['.', ',', ')', ';', '!', '?']);
        format!("<a href=\"{address}\">{address}</a>{}", &escaped[address.len()..])
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_a_mail_whose_links_can_be_followed() {
        let html = as_html("Hi {{ name }},\nread https://a.example/x?a=1&b=2.\n\n1 < 2");
        assert_eq!(
            html,
            "<p>Hi {{ name }},<br>\nread <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>.</p>\n<p>1 &lt; 2</p>"
        );
        assert!(!is_html("1 < 2 and 3 > 2") && is_html("<b>Hi</b>") && is_html("Hi<br>you"));
    }
}
